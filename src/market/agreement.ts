import { type EventOf, machine, type StateOf } from '../kernel/machine.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type {
  AgreementApproved,
  AgreementCancelled,
  AgreementCommitted,
  AgreementExpired,
  AgreementProposed,
  AgreementRejected,
  AgreementTerminated,
  Reason,
  Terms,
} from './messages.ts'
import { type AgreementRefusal, clockAllowsExpiry, eventFollowsTheLatest, mayCause } from './rules.ts'

/** AG1: the states of an agreement and what leads from one to the next. Three signatures lead to `approved`. */
export const agreementMachine = machine('proposal', {
  proposal: { send: 'pending', cancel: 'cancelled', expire: 'expired' },
  pending: { approve: 'approving', reject: 'rejected', cancel: 'cancelled', expire: 'expired' },
  approving: { commit: 'approved', revert: 'pending', cancel: 'cancelled', expire: 'expired' }, // the third signature is awaited
  approved: { terminate: 'terminated' },
  rejected: {},
  cancelled: {},
  expired: {},
  terminated: {},
})
export type AgreementState = StateOf<typeof agreementMachine>
export type AgreementStep = EventOf<typeof agreementMachine>

export type AgreementBody = BodyOf<
  | typeof AgreementProposed
  | typeof AgreementApproved
  | typeof AgreementCommitted
  | typeof AgreementRejected
  | typeof AgreementCancelled
  | typeof AgreementExpired
  | typeof AgreementTerminated
>

/** One reservation of a provider's resources for a requestor, and how it stands. Immutable: replaced whole. */
export type Agreement = {
  /** CID of the event that proposed it. */
  readonly id: Cid
  readonly state: AgreementState
  readonly requestor: Did
  readonly provider: Did
  readonly terms: Terms
  readonly demand: Cid
  readonly offer?: Cid | undefined
  readonly proposal: Cid
  readonly approveUntil: Timestamp
  /** The newest event of its chain; the next one names it. */
  readonly latest: Verified<AgreementBody>
  readonly approvedAt?: Timestamp | undefined
  /** Who ended it, and why. */
  readonly ended?: { readonly by: Did; readonly at: Timestamp; readonly reason?: Reason | undefined } | undefined
}

/** Which step of the machine an event is. */
export const stepOf: Record<AgreementBody['type'], AgreementStep> = {
  'market/agreement-proposed': 'send',
  'market/agreement-approved': 'approve',
  'market/agreement-committed': 'commit',
  'market/agreement-rejected': 'reject',
  'market/agreement-cancelled': 'cancel',
  'market/agreement-expired': 'expire',
  'market/agreement-terminated': 'terminate',
}

/**
 * Folds one event of an agreement; a refused event changes nothing.
 * @param agreement undefined before the event that proposes it
 */
export function evolveAgreement(
  agreement: Agreement | undefined,
  event: Verified<AgreementBody>,
): Result<Agreement, AgreementRefusal> {
  const { body } = event
  if (body.type === 'market/agreement-proposed')
    return agreement ? refuse('agreement-known') : ok(proposed(event, body))
  if (!agreement || body.agreement !== agreement.id) return refuse('agreement-unknown', { agreement: body.agreement })
  const step = stepOf[body.type]
  const state = agreementMachine.next(agreement.state, step)
  if (state === undefined) return refuse('agreement-out-of-order', { state: agreement.state, step })
  const allowed = [
    mayCause(agreement, step, body.author),
    eventFollowsTheLatest(agreement, body),
    clockAllowsExpiry(agreement, body),
  ]
  for (const rule of allowed) if (!rule.ok) return rule
  return ok(stepped(agreement, state, event))
}

export const isLive = (agreement: Agreement): boolean => !agreementMachine.isFinal(agreement.state)
/** The other party, as seen by `me`. */
export const counterpartyOf = (agreement: Agreement, me: Did): Did =>
  agreement.requestor === me ? agreement.provider : agreement.requestor

function proposed(event: Verified<AgreementBody>, body: BodyOf<typeof AgreementProposed>): Agreement {
  const { author: requestor, to: provider, terms, demand, offer, proposal, approveUntil } = body
  return {
    id: event.id,
    state: 'pending',
    requestor,
    provider,
    terms,
    demand,
    offer,
    proposal,
    approveUntil,
    latest: event,
  }
}

function stepped(agreement: Agreement, state: AgreementState, event: Verified<AgreementBody>): Agreement {
  const { author: by, issuedAt: at } = event.body
  const next: Agreement = { ...agreement, state, latest: event }
  if (state === 'approved') return { ...next, approvedAt: at }
  if (!agreementMachine.isFinal(state)) return next
  return { ...next, ended: { by, at, reason: 'reason' in event.body ? event.body.reason : undefined } }
}
