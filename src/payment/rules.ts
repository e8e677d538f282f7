import { type Amount, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import { activityPrice } from '../market/price.ts'
import { usageVectorOf } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf } from '../wire/event.ts'
import {
  type Account,
  type ActivityAccount,
  acceptedOf,
  counted,
  type InvoiceDocument,
  isFree,
  isFull,
  type Note,
} from './account.ts'
import { type DocumentStatus, isUnanswered } from './document.ts'
import {
  type AccountBody,
  type DebitNoteRejected,
  type InvoiceAnswerBody,
  type InvoiceBody,
  type InvoiceRejected,
  mostActivities,
  type NoteAnswerBody,
  type NoteBody,
  type PayingBody,
  type SettledBody,
} from './messages.ts'

export type AccountRefusal =
  | 'agreement-is-free'
  | 'account-unknown'
  | 'account-not-yours'
  | 'too-many-activities'
  | 'account-invoiced'
  | 'notes-not-agreed'
  | 'note-stale'
  | 'note-due-fell'
  | 'note-usage-differs'
  | 'note-too-soon'
  | 'note-unknown'
  | 'document-answered'
  | 'acceptance-differs'
  | 'rejection-takes-back'
  | 'invoice-known'
  | 'invoice-below-accepted'
  | 'invoice-not-lower'
  | 'invoice-incomplete'
  | 'invoice-usage-differs'
  | 'invoice-unknown'
  | 'nothing-to-settle'

type Ruling<T = void> = Result<T, AccountRefusal>
const fine = ok(undefined)

export const isPriced = ({ terms, agreement }: Account): Ruling =>
  isFree(terms) ? refuse('agreement-is-free', { agreement }) : fine

export function concernsTheAccount({ agreement, requestor }: Account, body: AccountBody): Ruling {
  if (body.agreement !== agreement) return refuse('account-unknown', { agreement: body.agreement })
  const addressee = 'to' in body ? body.to : requestor
  return addressee === requestor ? fine : refuse('account-not-yours', { to: addressee, requestor })
}

/** AC6: who may state what. */
export const partyOf: Record<AccountBody['type'], 'provider' | 'requestor'> = {
  'payment/debit-note': 'provider',
  'payment/debit-note-accepted': 'requestor',
  'payment/debit-note-rejected': 'requestor',
  'payment/invoice': 'provider',
  'payment/invoice-accepted': 'requestor',
  'payment/invoice-rejected': 'requestor',
  'payment/settled': 'provider',
}

export function mayState(account: Account, { type, author }: AccountBody): Ruling {
  const allowed = account[partyOf[type]]
  return author === allowed ? fine : refuse('account-not-yours', { type, author, allowed })
}

export const activitiesAreFew = (account: Account, activity: Cid): Ruling =>
  isFull(account, activity) ? refuse('too-many-activities', { most: mostActivities }) : fine

/** AC7: notes of an activity form a chain, their sums never fall, and none comes after the invoice. */
export function noteFollowsTheLatest({ invoice }: Account, { notes, due }: ActivityAccount, body: NoteBody): Ruling {
  if (invoice) return refuse('account-invoiced', { invoice: invoice.event.id })
  const latest = notes.at(-1)?.event.id
  if (body.prev !== latest) return refuse('note-stale', { named: body.prev ?? 'none', latest: latest ?? 'none' })
  return body.totalDue >= due ? fine : refuse('note-due-fell', { before: due, now: body.totalDue })
}

/** AC20: what a note asks for is the price of the usage that it tells, and that is the usage of the receipt that it names. */
export function noteIsPricedByItsUsage({ terms }: Account, { metered }: ActivityAccount, body: NoteBody): Ruling {
  const { usage, totalDue, receipt, fuel, hostUnits } = body
  const [coefficients, fixed] = [terms.coefficients.slice(0, -1), terms.coefficients.at(-1) ?? zero]
  const price = activityPrice({ coefficients, fixed }, usage)
  if (!price.ok || price.value !== totalDue)
    return refuse('note-usage-differs', { told: totalDue, found: price.ok ? price.value : price.code })
  if (metered === undefined || metered.receipt !== receipt) return fine
  const counted = usageVectorOf(terms.usageVector, metered.usage)
  const differs = !counted.ok || counted.value.some((one, at) => one !== usage[at])
  if (differs || fuel !== metered.usage.fuel || hostUnits !== metered.usage.hostUnits)
    return refuse('note-usage-differs', { receipt, fuel: fuel ?? 'none', counted: metered.usage.fuel ?? 'none' })
  return fine
}

/** Beyond one an interval: the rounding of a just begun interval, and one that was held up on its way. */
export const spareNotes = 2

/**
 * AC8: no more notes than intervals have passed since the agreement was approved, by the receiver's own clock, and two to
 * spare. Counted so, a note that was held up does not make the next one come too soon.
 */
export function notesAreNotTooMany(
  { terms, approvedAt }: Account,
  { noteCount }: ActivityAccount,
  at: Timestamp,
): Ruling {
  const { debitNoteIntervalMs } = terms
  if (debitNoteIntervalMs === 0) return refuse('notes-not-agreed')
  const most = Math.floor(Math.max(0, at - approvedAt) / debitNoteIntervalMs) + spareNotes
  return noteCount < most ? fine : refuse('note-too-soon', { notes: noteCount + 1, most, debitNoteIntervalMs })
}

export function findNote(account: Account, body: NoteAnswerBody): Ruling<{ activity: ActivityAccount; note: Note }> {
  for (const activity of account.activities.values()) {
    const note = activity.notes.find(({ event }) => event.id === body.note)
    if (note && body.prev === note.event.id) return ok({ activity, note })
  }
  return refuse('note-unknown', { note: body.note, prev: body.prev ?? 'none' })
}

export function findInvoice(
  { invoice }: Account,
  { invoice: named, prev }: InvoiceAnswerBody,
): Ruling<InvoiceDocument> {
  if (invoice && invoice.event.id === named && prev === named) return ok(invoice)
  return refuse('invoice-unknown', { invoice: named, prev: prev ?? 'none' })
}

/** AC9: a document is answered once. */
export const mayBeAnswered = (status: DocumentStatus, { type }: AccountBody): Ruling =>
  isUnanswered(status) ? fine : refuse('document-answered', { status, type })

/** AC10: accepted is what was asked, to the micro-credit, by a voucher for this provider. */
export function acceptanceIsExact({ provider }: Account, asked: Amount, { total, channel }: PayingBody): Ruling {
  if (total === asked && channel.payee === provider && channel.total >= total) return fine
  return refuse('acceptance-differs', { asked, total, payee: channel.payee, voucher: channel.total })
}

/** AC11: a rejection does not take back what was accepted before. */
export const rejectionKeepsWhatWasAccepted = (
  accepted: Amount,
  { total }: BodyOf<typeof DebitNoteRejected | typeof InvoiceRejected>,
): Ruling => (total >= accepted ? fine : refuse('rejection-takes-back', { accepted, total }))

/** AC12: an invoice is for every noted activity, once each; not below what was accepted; and a second one is lower. */
export function invoiceCoversAll(account: Account, { activities, amount, prev }: InvoiceBody): Ruling {
  const { invoice } = account
  const before = invoice?.event
  if (invoice && invoice.status !== 'rejected') return refuse('invoice-known', { invoice: invoice.event.id })
  if (prev !== before?.id) return refuse('invoice-known', { prev: prev ?? 'none', before: before?.id ?? 'none' })
  if (before && amount >= before.body.amount) return refuse('invoice-not-lower', { before: before.body.amount, amount })
  const accepted = acceptedOf(account)
  if (amount < accepted) return refuse('invoice-below-accepted', { amount, accepted })
  const listed = new Set(activities)
  const missing = [...account.activities.values()].find((one) => one.noteCount > 0 && !listed.has(one.activity))
  if (missing) return refuse('invoice-incomplete', { activity: missing.activity })
  return listed.size === activities.length ? fine : refuse('invoice-incomplete', { activities: activities.length })
}

/** AC20: an invoice counts what the last receipts of its activities do, where all of them are here. */
export function invoiceCountsItsReceipts(account: Account, { activities, fuel, hostUnits }: InvoiceBody): Ruling {
  const all = activities.map((activity) => account.activities.get(activity))
  if (!all.every((one) => one?.metered?.isFinal)) return fine
  for (const [counter, told] of [
    ['fuel', fuel],
    ['hostUnits', hostUnits],
  ] as const) {
    const found = counted(all, counter)
    if (told !== found)
      return refuse('invoice-usage-differs', { counter, told: told ?? 'none', found: found ?? 'none' })
  }
  return fine
}

/** AC13: what is settled is what was accepted, and once. */
export function settlesWhatWasAccepted({ invoice }: Account, body: SettledBody): Ruling<InvoiceDocument> {
  const accepted = invoice?.answer
  const isAccepted = invoice?.status === 'accepted' || invoice?.status === 'failed'
  if (!invoice || !accepted || !isAccepted) return refuse('nothing-to-settle', { invoice: body.invoice })
  const same = body.invoice === invoice.event.id && body.prev === accepted.id && body.total === accepted.body.total
  return same ? ok(invoice) : refuse('nothing-to-settle', { invoice: body.invoice, total: body.total })
}
