import { type Amount, minus, plus, zero } from '../kernel/amount.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import { freePlatform } from '../market/demand.ts'
import type { Terms } from '../market/messages.ts'
import type { ReceiptBody, Usage } from '../receipts/messages.ts'
import { type CostCode, costOf } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { DocumentStatus } from './document.ts'
import {
  type InvoiceAnswerBody,
  type InvoiceBody,
  mostActivities,
  type NoteAnswerBody,
  type NoteBody,
  type SettledBody,
} from './messages.ts'

/** A debit note or an invoice, how it stands, and when this node folded it by its own clock. */
export type Document<Body, Answer> = {
  readonly event: Verified<Body>
  readonly status: DocumentStatus
  readonly seenAt: Timestamp
  readonly answer?: Verified<Answer> | undefined
  readonly answeredAt?: Timestamp | undefined
}
export type Note = Document<NoteBody, NoteAnswerBody>
export type InvoiceDocument = Document<InvoiceBody, InvoiceAnswerBody>

/** What one activity of the agreement has cost so far. */
export type ActivityAccount = {
  readonly activity: Cid
  /** What its receipts, as far as this node has verified or written them, add up to. */
  readonly metered?:
    | { readonly usage: Usage; readonly receipt: Cid; readonly sequence: number; readonly isFinal: boolean }
    | undefined
  readonly accrued: Amount
  /** AC21: of that, what no check can take back any more: only of a job whose answers are checked. */
  readonly cleared: Amount
  /** The newest notes, oldest first. */
  readonly notes: readonly Note[]
  readonly noteCount: number
  /** Stated by the newest note. */
  readonly due: Amount
  readonly accepted: Amount
}

/** What is owed under one agreement. Both sides hold one. Immutable: replaced whole. */
export type Account = {
  readonly agreement: Cid
  readonly requestor: Did
  readonly provider: Did
  readonly terms: Terms
  /** By this node's own clock: intervals are counted from here. */
  readonly approvedAt: Timestamp
  readonly activities: ReadonlyMap<Cid, ActivityAccount>
  readonly invoice?: InvoiceDocument | undefined
  readonly settled?: { readonly event: Verified<SettledBody>; readonly seenAt: Timestamp } | undefined
  /** AC22: a result of its provider was found wrong. */
  readonly isBlamed?: boolean
}

export type Opening = Pick<Account, 'agreement' | 'requestor' | 'provider' | 'terms' | 'approvedAt'>

/** AC1: refused where the terms price another number of counters than they name, or counters without a meaning. */
export function openAccount(opening: Opening): Result<Account, CostCode> {
  const nothingUsed: Usage = { durationUs: 0, memoryBytes: 0, storageBytes: 0, bytesIn: 0, bytesOut: 0 }
  const priced = isFree(opening.terms) ? ok(zero) : costOf(opening.terms, nothingUsed)
  return priced.ok ? ok({ ...opening, activities: new Map() }) : priced
}

/** AC2: an agreement that prices nothing owes nothing, not even a note. */
export const isFree = ({ platform, coefficients }: Terms): boolean =>
  platform === freePlatform || coefficients.every((coefficient) => coefficient === 0n)

/**
 * AC3: takes up what a receipt says was used: the provider its own receipts, the requestor those it has verified. Older
 * receipts and those of other agreements change nothing.
 */
export function meter(account: Account, { id, body }: Verified<ReceiptBody>): Account {
  const { agreement, activity, usage, sequence, isFinal } = body
  const known = activityOf(account, activity)
  const isNewer = sequence > (known.metered?.sequence ?? -1)
  if (agreement !== account.agreement || isFree(account.terms) || !isNewer) return account
  const cost = accrued(account.terms, usage)
  if (!cost.ok || isFull(account, activity)) return account // beyond what an invoice can say: the last sum stands
  const highest = cost.value > known.accrued ? cost.value : known.accrued
  return withActivity(account, { ...known, metered: { usage, receipt: id, sequence, isFinal }, accrued: highest })
}

/** A counter over several activities; undefined where nobody counted. */
export const counted = (
  activities: Iterable<ActivityAccount | undefined>,
  counter: 'fuel' | 'hostUnits',
): bigint | undefined => {
  let sum: bigint | undefined
  for (const one of activities) {
    const used = one?.metered?.usage[counter]
    if (used !== undefined) sum = (sum ?? 0n) + used
  }
  return sum
}

/** What so much usage of one activity costs, in micro-credits: the linear model of market/price.ts. */
export const accrued = (terms: Terms, usage: Usage): Result<Amount, CostCode> =>
  isFree(terms) ? ok(zero) : costOf(terms, usage)

export const accruedOf = ({ activities }: Account): Amount => sumOf(activities, (one) => one.accrued)
export const dueOf = ({ activities }: Account): Amount => sumOf(activities, (one) => one.due)
/** AC4: what the requestor has accepted, and thereby paid, in all: it never falls. */
export function acceptedOf({ invoice, activities }: Account): Amount {
  const byNotes = sumOf(activities, (one) => one.accepted)
  const answer = invoice?.answer?.body
  return answer?.type === 'payment/invoice-accepted' && answer.total > byNotes ? answer.total : byNotes
}

/** AC5: what was computed and not yet accepted, in micro-credits. */
export const exposure = (account: Account): Amount => minus(accruedOf(account), acceptedOf(account))

/** AC5: what may still be accepted: nothing as long as its invoice stands rejected. */
export const owedOf = (account: Account): Amount => (account.invoice?.status === 'rejected' ? zero : exposure(account))

/** AC5: whether the provider may compute on: always where it is free, never where the limit is 0. */
export const mayGoOn = (account: Account, creditLimit: Amount): boolean =>
  isFree(account.terms) || exposure(account) < creditLimit

/** What wakes an account, and names it in a map. */
export const accountKey = (agreement: Cid): string => `account:${agreement}`

/** No invoice could name one more. */
export const isFull = ({ activities }: Account, activity: Cid): boolean =>
  !activities.has(activity) && activities.size >= mostActivities

/** Whether an event was folded before: what is brought twice is no offence. */
export function hasFolded({ activities, invoice, settled }: Account, id: Cid): boolean {
  if ([invoice?.event.id, invoice?.answer?.id, settled?.event.id].includes(id)) return true
  return [...activities.values()].some(({ notes }) => notes.some((one) => one.event.id === id || one.answer?.id === id))
}

/** The account of an activity, new where it is not yet known. */
export const activityOf = ({ activities }: Account, activity: Cid): ActivityAccount =>
  activities.get(activity) ?? {
    activity,
    accrued: zero,
    cleared: zero,
    notes: [],
    noteCount: 0,
    due: zero,
    accepted: zero,
  }

export const withActivity = (account: Account, one: ActivityAccount): Account => ({
  ...account,
  activities: new Map(account.activities).set(one.activity, one),
})

function sumOf(activities: ReadonlyMap<Cid, ActivityAccount>, part: (one: ActivityAccount) => Amount): Amount {
  let sum = zero
  for (const one of activities.values()) sum = plus(sum, part(one))
  return sum
}
