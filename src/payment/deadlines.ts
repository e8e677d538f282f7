import { zero } from '../kernel/amount.ts'
import { after, dayMs, minuteMs, type Timestamp } from '../kernel/time.ts'
import {
  type Account,
  type ActivityAccount,
  accruedOf,
  dueOf,
  type InvoiceDocument,
  isFree,
  type Note,
} from './account.ts'
import { isUnanswered } from './document.ts'
import { spareNotes } from './rules.ts'

/** An invoice and its answer are worth a day: a laptop that was closed in the evening is opened in the morning. */
export const invoicePatienceMs = dayMs
/** Shorter than this no answer comes through a relay that is just restarting. */
const leastPatienceMs = minuteMs

/** AC14: until when a note must have been answered, by the clock of whoever asks. */
export const answerDeadline = ({ terms }: Account, { seenAt }: Note): Timestamp =>
  after(seenAt, Math.max(terms.acceptTimeoutMs, leastPatienceMs))

/** AC14: half of that time a requestor waits for the receipts that a note rests on, before it says no. */
export const patienceEnds = ({ terms }: Account, seenAt: Timestamp): Timestamp =>
  after(seenAt, Math.max(terms.acceptTimeoutMs, leastPatienceMs) / 2)

export function invoiceDeadline({ event, seenAt }: InvoiceDocument): Timestamp {
  const { paymentDueAt } = event.body
  const patient = after(seenAt, invoicePatienceMs)
  return paymentDueAt > patient ? paymentDueAt : patient
}

/** AC8: when the provider may state the next note of an activity: an interval after the last, and not one too many. */
export function nextNoteAt({ terms, approvedAt }: Account, { notes, noteCount }: ActivityAccount): Timestamp {
  const { debitNoteIntervalMs } = terms
  const afterLast = after(notes.at(-1)?.seenAt ?? approvedAt, debitNoteIntervalMs)
  const inCount = after(approvedAt, (noteCount + 1 - spareNotes) * debitNoteIntervalMs)
  return afterLast > inCount ? afterLast : inCount
}

export const unanswered = ({ notes }: ActivityAccount): readonly Note[] =>
  notes.filter(({ status }) => isUnanswered(status))

/** Why a provider may end the agreement: the code of its termination. `since` is the deadline that passed. */
export type Breach = {
  readonly code: 'DebitNotesDeadline' | 'DebitNoteRejected' | 'InvoiceNotAccepted' | 'InvoiceRejected'
  readonly since: Timestamp
}

/** AC14: the first thing that the requestor failed to do by `now`, or undefined where it did all. */
export function breachOf(account: Account, now: Timestamp): Breach | undefined {
  const { invoice } = account
  if (isFree(account.terms)) return undefined
  if (invoice) return invoiceBreach(invoice, now)
  for (const activity of account.activities.values()) {
    const rejected = activity.notes.findLast(({ status }) => status === 'rejected')
    if (rejected) return { code: 'DebitNoteRejected', since: rejected.answeredAt ?? rejected.seenAt }
    const late = unanswered(activity).find((note) => now >= answerDeadline(account, note))
    if (late) return { code: 'DebitNotesDeadline', since: answerDeadline(account, late) }
  }
  return undefined
}

/** AC15: whether nothing more is to come: settled, nothing owed, refused for good, or waited for in vain for a day. */
export function isClosed(account: Account, endedAt: Timestamp | undefined, now: Timestamp): boolean {
  if (account.settled) return true
  if (endedAt === undefined) return false
  if (isFree(account.terms)) return true
  const { invoice } = account
  if (!invoice) return owesNothing(account) || now >= after(endedAt, invoicePatienceMs)
  return now >= after(invoiceDeadline(invoice), invoicePatienceMs)
}

const owesNothing = (account: Account): boolean => accruedOf(account) === zero && dueOf(account) === zero

function invoiceBreach(invoice: InvoiceDocument, now: Timestamp): Breach | undefined {
  if (invoice.status === 'rejected') return { code: 'InvoiceRejected', since: invoice.answeredAt ?? invoice.seenAt }
  const late = isUnanswered(invoice.status) && now >= invoiceDeadline(invoice)
  return late ? { code: 'InvoiceNotAccepted', since: invoiceDeadline(invoice) } : undefined
}
