import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Did } from '../wire/schema.ts'
import type { Agreement, AgreementBody, AgreementStep } from './agreement.ts'

export type AgreementRefusal =
  | 'agreement-known'
  | 'agreement-unknown'
  | 'agreement-out-of-order'
  | 'agreement-not-yours'
  | 'agreement-stale'
  | 'agreement-not-expired'

type Party = 'requestor' | 'provider'

/** AG2: who may cause each step. */
export const partiesOf: Record<AgreementStep, readonly Party[]> = {
  send: ['requestor'],
  approve: ['provider'],
  commit: ['requestor'],
  revert: ['provider'],
  reject: ['provider'],
  cancel: ['requestor'],
  expire: ['requestor', 'provider'],
  terminate: ['requestor', 'provider'],
}

export function mayCause(agreement: Agreement, step: AgreementStep, author: Did): Result<void, AgreementRefusal> {
  const allowed = partiesOf[step].some((party) => agreement[party] === author)
  return allowed ? ok(undefined) : refuse('agreement-not-yours', { step, author })
}

/** AG3: every event names the one before it, so that order is total and two successors prove a lie. */
export function eventFollowsTheLatest(agreement: Agreement, body: AgreementBody): Result<void, AgreementRefusal> {
  const follows = body.prev === agreement.latest.id
  return follows
    ? ok(undefined)
    : refuse('agreement-stale', { named: body.prev ?? 'none', latest: agreement.latest.id })
}

/** AG4: nobody declares a proposal expired before its time. */
export function clockAllowsExpiry(agreement: Agreement, body: AgreementBody): Result<void, AgreementRefusal> {
  if (body.type !== 'market/agreement-expired' || body.issuedAt >= agreement.approveUntil) return ok(undefined)
  return refuse('agreement-not-expired', { approveUntil: agreement.approveUntil, issuedAt: body.issuedAt })
}
