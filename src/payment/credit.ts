import { type Amount, least, maxAmount, minus, plus, times, zero } from '../kernel/amount.ts'
import { hourMs, type Timestamp } from '../kernel/time.ts'
import { intervalPrice } from '../market/offer-price.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import { type Account, exposure, isFree } from './account.ts'
import { type Channel, channelKey } from './channel.ts'

/** What a provider lends. Money in micro-credits. */
export type CreditPolicy = {
  /** Intervals that a DID without history may owe; 0 lends nothing to strangers. */
  readonly strangerIntervals: number
  /** All DIDs without history together, for a new DID costs nothing. */
  readonly strangersTogether: Amount
  /** Of what a DID has ever paid, so much is lent to it again: below 1000 nobody gains by paying first. */
  readonly earnedPermille: number
  readonly most: Amount
}

/** One interval each, ten credits to all strangers together, a quarter of what was paid, and never above a thousand. */
export const usualCredit: CreditPolicy = {
  strangerIntervals: 1,
  strangersTogether: 10_000_000n as Amount,
  earnedPermille: 250,
  most: 1_000_000_000n as Amount,
}

/** What a DID has settled with this node, and what it left unpaid. */
export type PaymentHistory = { readonly paid: Amount; readonly unpaid: Amount }

export const isStranger = ({ paid, unpaid }: PaymentHistory): boolean => paid === zero && unpaid === zero

export type CreditFacts = {
  readonly history: PaymentHistory
  /** What this requestor owes under its other agreements. */
  readonly owedElsewhere: Amount
  /** CR5: of one interval at full use. */
  readonly intervalCost: Amount
  /** What all other strangers owe at this moment, and what still counts of debts that they left (CR7). */
  readonly owedByOtherStrangers: Amount
}

/** CR1..CR4: up to where a requestor may owe under one agreement, in micro-credits; 0 lends nothing. */
export const creditLimit = (policy: CreditPolicy, facts: CreditFacts): Amount =>
  minus(lentInAll(policy, facts), facts.owedElsewhere)

function lentInAll(policy: CreditPolicy, { history, intervalCost, owedByOtherStrangers }: CreditFacts): Amount {
  if (history.unpaid > zero) return zero
  if (isStranger(history)) {
    const first = times(intervalCost, BigInt(policy.strangerIntervals))
    return least(least(first, policy.most), minus(policy.strangersTogether, owedByOtherStrangers))
  }
  const earned = (history.paid * BigInt(policy.earnedPermille)) / 1000n
  return least(plus(intervalCost, least(earned as Amount, maxAmount)), policy.most)
}

/** What a provider's books hold: accounts that are not closed, every channel by `channelKey`, and bad debts. */
export type Books = {
  readonly accounts: Iterable<Account>
  readonly channels: ReadonlyMap<string, Channel>
  /** What the requestor of the account in question never paid, in all. */
  readonly unpaid: Amount
  readonly now: Timestamp
  /** When this agreement ended; undefined while it lives. */
  endedAt(agreement: Cid): Timestamp | undefined
}

/**
 * CR7: an hour: names cost nothing, and a seller loses to them at most its limit an hour. Were their debts to count for as long as their
 * invoices are waited for, a handful of names could shut out everybody new for two days.
 */
const writtenOffMs = hourMs

/** CR7: what counts of a stranger's debt so long after its agreement ended: all of it at first, nothing after an hour. */
export function stillCounts(debt: Amount, endedAt: Timestamp | undefined, now: Timestamp): Amount {
  if (endedAt === undefined) return debt
  const leftMs = Math.min(writtenOffMs, Math.max(0, endedAt + writtenOffMs - now))
  return ((debt * BigInt(leftMs)) / BigInt(writtenOffMs)) as Amount
}

/** CR2, CR6: the facts of credit for one account. A channel remembers what was paid after its accounts are gone. */
export function creditFacts(account: Account, { accounts, channels, unpaid, now, endedAt }: Books): CreditFacts {
  const { agreement, requestor, provider, terms } = account
  const paidBy = (did: Did): Amount => channels.get(channelKey(did, provider))?.total ?? zero
  let [owedElsewhere, owedByOtherStrangers] = [zero, zero]
  for (const other of accounts) {
    if (other.provider !== provider || other.agreement === agreement) continue
    if (other.requestor === requestor) owedElsewhere = plus(owedElsewhere, exposure(other))
    else if (paidBy(other.requestor) === zero) {
      const counts = stillCounts(exposure(other), endedAt(other.agreement), now)
      owedByOtherStrangers = plus(owedByOtherStrangers, counts)
    }
  }
  const history = { paid: paidBy(requestor), unpaid }
  return { history, intervalCost: isFree(terms) ? zero : intervalPrice(terms), owedElsewhere, owedByOtherStrangers }
}
