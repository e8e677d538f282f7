import { machine, type StateOf } from '../kernel/machine.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Proposal, ProposalRejected, Reason } from './messages.ts'
import { isSettled } from './property.ts'

/** PR1: a thread of proposals. Two consecutive ones that say the same agree it; the side that rejected may take it up again. */
export const negotiationMachine = machine('open', {
  open: { counter: 'open', agree: 'agreed', reject: 'rejected', expire: 'expired' },
  agreed: { reject: 'rejected', expire: 'expired' },
  rejected: { reopen: 'open' },
  expired: {},
})
export type NegotiationState = StateOf<typeof negotiationMachine>

export type ProposalBody = BodyOf<typeof Proposal>
export type NegotiationBody = ProposalBody | BodyOf<typeof ProposalRejected>
export type NegotiationRefusal =
  | 'negotiation-unknown'
  | 'negotiation-known'
  | 'negotiation-stale'
  | 'negotiation-not-yours'
  | 'negotiation-over'
  | 'negotiation-too-long'

/** One thread between a requestor and a provider about one demand. */
export type Negotiation = {
  /** CID of the first proposal. */
  readonly id: Cid
  readonly state: NegotiationState
  /** Who spoke first, and to whom. */
  readonly opener: Did
  readonly other: Did
  readonly demand: Cid
  readonly offer?: Cid | undefined
  readonly rounds: number
  readonly latest: Verified<ProposalBody>
  readonly previous?: Verified<ProposalBody> | undefined
  readonly rejected?: { readonly by: Did; readonly reason: Reason } | undefined
}

/** PR2: a thread that found no end in ten turns will not find one. */
export const mostRounds = 10

/** Folds one turn of a thread; a refused one changes nothing. */
export function evolveNegotiation(
  thread: Negotiation | undefined,
  event: Verified<NegotiationBody>,
): Result<Negotiation, NegotiationRefusal> {
  const { body } = event
  if (body.type === 'market/proposal-rejected') return rejected(thread, body)
  const proposal = event as Verified<ProposalBody>
  if (body.thread === undefined) return thread ? refuse('negotiation-known') : ok(opened(proposal))
  if (!thread || body.thread !== thread.id) return refuse('negotiation-unknown', { thread: body.thread })
  return answered(thread, proposal)
}

function opened(event: Verified<ProposalBody>): Negotiation {
  const { author: opener, to: other, demand, offer } = event.body
  return { id: event.id, state: negotiationMachine.initial, opener, other, demand, offer, rounds: 1, latest: event }
}

function answered(thread: Negotiation, event: Verified<ProposalBody>): Result<Negotiation, NegotiationRefusal> {
  const { author, prev, to } = event.body
  // PR3: turns alternate, and only the side that rejected may speak again in a rejected thread.
  const turn = thread.state === 'rejected' ? thread.rejected?.by : thread.latest.body.to
  const listener = author === thread.opener ? thread.other : thread.opener
  if (author !== turn || to !== listener) return refuse('negotiation-not-yours', { author, to })
  if (prev !== thread.latest.id) return refuse('negotiation-stale', { named: prev ?? 'none', latest: thread.latest.id })
  if (thread.rounds >= mostRounds) return refuse('negotiation-too-long', { rounds: thread.rounds, mostRounds })
  const agrees = isSettled(thread.latest.body.properties, event.body.properties)
  const state = negotiationMachine.next(
    thread.state,
    thread.state === 'rejected' ? 'reopen' : agrees ? 'agree' : 'counter',
  )
  if (state === undefined) return refuse('negotiation-over', { state: thread.state })
  return ok({
    ...thread,
    state,
    rounds: thread.rounds + 1,
    latest: event,
    previous: thread.latest,
    rejected: undefined,
  })
}

function rejected(
  thread: Negotiation | undefined,
  body: BodyOf<typeof ProposalRejected>,
): Result<Negotiation, NegotiationRefusal> {
  if (!thread || body.thread !== thread.id) return refuse('negotiation-unknown', { thread: body.thread })
  if (body.author !== thread.opener && body.author !== thread.other)
    return refuse('negotiation-not-yours', { author: body.author })
  const state = negotiationMachine.next(thread.state, 'reject')
  if (state === undefined) return refuse('negotiation-over', { state: thread.state })
  return ok({ ...thread, state, rejected: { by: body.author, reason: body.reason } })
}
