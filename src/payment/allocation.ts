import { type Amount, minus, plus, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, earlier, hourMs, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { type Owed, state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { invoicePatienceMs } from './deadlines.ts'
import { type AllocationBody, Released } from './messages.ts'

/** One agreement's part of a budget: what may be spent on it, and what was. */
export type Share = { readonly reserved: Amount; readonly spent: Amount }

/** The budget of one job. Immutable: replaced whole. */
export type Allocation = {
  readonly id: Cid
  readonly owner: Did
  readonly job: Cid
  readonly total: Amount
  readonly until: Timestamp
  readonly shares: ReadonlyMap<Cid, Share>
  readonly isReleased: boolean
}

export type AllocationRefusal =
  | 'allocation-known'
  | 'allocation-unknown'
  | 'allocation-not-yours'
  | 'allocation-released'
  | 'allocation-expired'
  | 'over-budget'
  | 'too-many-agreements'

/** Agreements of one job: 64 providers at once, each replaced sixteen times. */
const mostShares = 1_024

/**
 * AL5: while an account is open, an allocation outlives its job by the day that its provider has for the invoice, and an hour in
 * which the agreement ends and the invoice is answered. A share of the duration would leave a short job seconds.
 */
export const allocationGraceMs = invoicePatienceMs + hourMs

export function evolveAllocation(
  allocation: Allocation | undefined,
  event: Verified<AllocationBody>,
): Result<Allocation, AllocationRefusal> {
  const { body } = event
  if (body.type === 'payment/allocated') {
    if (allocation) return refuse('allocation-known', { job: body.job })
    const { author: owner, job, total, until } = body
    return ok({ id: event.id, owner, job, total, until, shares: new Map(), isReleased: false })
  }
  if (!allocation || body.allocation !== allocation.id || body.job !== allocation.job) {
    return refuse('allocation-unknown', { allocation: body.allocation })
  }
  if (body.author !== allocation.owner) return refuse('allocation-not-yours', { author: body.author })
  return allocation.isReleased ? refuse('allocation-released') : ok({ ...allocation, isReleased: true })
}

export const spentOf = ({ shares }: Allocation): Amount => sumOf(shares, ({ spent }) => spent)
/** AL1: set aside and not yet spent. */
export const reservedOf = ({ shares }: Allocation): Amount =>
  sumOf(shares, ({ reserved, spent }) => minus(reserved, spent))
/** AL1: neither spent nor set aside. */
export const remainingOf = (allocation: Allocation): Amount =>
  minus(allocation.total, plus(spentOf(allocation), reservedOf(allocation)))

/** AL2: what may still be spent on an agreement: its own reserve and what nobody has reserved. */
export function roomFor(allocation: Allocation, agreement: Cid): Amount {
  if (allocation.isReleased) return zero
  const share = allocation.shares.get(agreement)
  return plus(remainingOf(allocation), share ? minus(share.reserved, share.spent) : zero)
}

/** AL2: sets `amount` aside for an agreement, in place of what was set aside for it before. */
export function reserve(
  allocation: Allocation,
  asked: { agreement: Cid; amount: Amount; now: Timestamp },
): Result<Allocation, AllocationRefusal> {
  const { agreement, amount, now } = asked
  if (allocation.isReleased) return refuse('allocation-released')
  if (now >= allocation.until) return refuse('allocation-expired', { until: allocation.until, now })
  const share = allocation.shares.get(agreement)
  if (!share && allocation.shares.size >= mostShares) return refuse('too-many-agreements', { most: mostShares })
  const spent = share?.spent ?? zero
  const room = roomFor(allocation, agreement)
  if (amount > plus(spent, room))
    return refuse('over-budget', { asked: amount, remaining: room, total: allocation.total })
  return ok(withShare(allocation, agreement, { reserved: amount, spent }))
}

/** AL3: an agreement has accepted `total` in all. Telling it twice spends once; it never falls. */
export function spend(
  allocation: Allocation,
  accepted: { agreement: Cid; total: Amount },
): Result<Allocation, AllocationRefusal> {
  const { agreement, total } = accepted
  const share = allocation.shares.get(agreement) ?? { reserved: zero, spent: zero }
  if (total <= share.spent) return ok(allocation)
  const room = roomFor(allocation, agreement)
  if (minus(total, share.spent) > room)
    return refuse('over-budget', { asked: total, remaining: room, total: allocation.total })
  return ok(withShare(allocation, agreement, { ...share, spent: total }))
}

/** AL4: an agreement that came to nothing, or is settled, keeps only what was spent on it. */
export function unreserve(allocation: Allocation, agreement: Cid): Allocation {
  const share = allocation.shares.get(agreement)
  return share ? withShare(allocation, agreement, { reserved: share.spent, spent: share.spent }) : allocation
}

export type AllocationFacts = {
  /** When the job ended; undefined while it runs. */
  readonly jobEndedAt?: Timestamp | undefined
  /** Whether an agreement of the job may still bring an invoice. */
  readonly hasOpenAccounts: boolean
}

/** AL5: releases once the job and all its accounts have ended, or the grace after the job, or after `until`. */
export function reactAllocation(
  allocation: Allocation,
  { jobEndedAt, hasOpenAccounts }: AllocationFacts,
  now: Timestamp,
): Owed[] {
  if (allocation.isReleased) return []
  const ended = earlier(jobEndedAt ?? allocation.until, allocation.until)
  const releaseAt = after(ended, allocationGraceMs)
  const isOver = jobEndedAt !== undefined && !hasOpenAccounts
  if (isOver || now >= releaseAt) {
    return [state(Released, { job: allocation.job, allocation: allocation.id }, allocation.id)]
  }
  return [{ type: 'wake', key: `allocation:${allocation.job}`, at: releaseAt }]
}

const withShare = (allocation: Allocation, agreement: Cid, share: Share): Allocation => ({
  ...allocation,
  shares: new Map(allocation.shares).set(agreement, share),
})

function sumOf(shares: ReadonlyMap<Cid, Share>, part: (share: Share) => Amount): Amount {
  let sum = zero
  for (const share of shares.values()) sum = plus(sum, part(share))
  return sum
}
