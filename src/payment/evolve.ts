import { minus } from '../kernel/amount.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Account, acceptedOf, activityOf, type Note, withActivity } from './account.ts'
import { type Channel, type ChannelRefusal, evolveChannel } from './channel.ts'
import { type DocumentStatus, documentMachine } from './document.ts'
import {
  type AccountBody,
  type InvoiceAnswerBody,
  type InvoiceBody,
  isPaying,
  type NoteAnswerBody,
  type NoteBody,
  type SettledBody,
} from './messages.ts'
import {
  type AccountRefusal,
  acceptanceIsExact,
  activitiesAreFew,
  concernsTheAccount,
  findInvoice,
  findNote,
  invoiceCountsItsReceipts,
  invoiceCoversAll,
  isPriced,
  mayBeAnswered,
  mayState,
  noteFollowsTheLatest,
  noteIsPricedByItsUsage,
  notesAreNotTooMany,
  rejectionKeepsWhatWasAccepted,
  settlesWhatWasAccepted,
} from './rules.ts'

/** When this node folds an event by its own clock, and as whom. */
export type Seen = { readonly at: Timestamp; readonly me: Did }

/** A document remembers its last sixteen notes: older ones were answered or overtaken long ago. */
const recentNotes = 16

/** Folds one event between the two parties of an agreement; a refused event changes nothing. */
export function evolveAccount(
  account: Account,
  event: Verified<AccountBody>,
  seen: Seen,
): Result<Account, AccountRefusal> {
  const { body } = event
  for (const rule of [isPriced(account), concernsTheAccount(account, body), mayState(account, body)]) {
    if (!rule.ok) return rule
  }
  switch (body.type) {
    case 'payment/debit-note':
      return noted(account, event as Verified<NoteBody>, seen)
    case 'payment/debit-note-accepted':
    case 'payment/debit-note-rejected':
      return noteAnswered(account, event as Verified<NoteAnswerBody>, seen)
    case 'payment/invoice':
      return invoiced(account, event as Verified<InvoiceBody>, seen)
    case 'payment/invoice-accepted':
    case 'payment/invoice-rejected':
      return invoiceAnswered(account, event as Verified<InvoiceAnswerBody>, seen)
    case 'payment/settled':
      return settled(account, event as Verified<SettledBody>, seen)
  }
}

/** Account and channel after an event: both, or a refusal and neither. What does not pay leaves the channel as it is. */
export function evolvePayment(
  { account, channel }: { account: Account; channel: Channel },
  event: Verified<AccountBody>,
  seen: Seen,
): Result<{ account: Account; channel: Channel }, AccountRefusal | ChannelRefusal> {
  const next = evolveAccount(account, event, seen)
  if (!next.ok) return next
  if (!isPaying(event.body)) return ok({ account: next.value, channel })
  const added = minus(acceptedOf(next.value), acceptedOf(account))
  const paid = evolveChannel(channel, event as Verified<typeof event.body>, added)
  return paid.ok ? ok({ account: next.value, channel: paid.value }) : paid
}

function noted(account: Account, event: Verified<NoteBody>, { at, me }: Seen): Result<Account, AccountRefusal> {
  const { body } = event
  const before = activityOf(account, body.activity)
  const rules = [
    activitiesAreFew(account, body.activity),
    noteFollowsTheLatest(account, before, body),
    noteIsPricedByItsUsage(account, before, body),
    notesAreNotTooMany(account, before, at),
  ]
  for (const rule of rules) if (!rule.ok) return rule
  const notes = [...before.notes, { event, status: firstStatus(body.author, me), seenAt: at }].slice(-recentNotes)
  return ok(withActivity(account, { ...before, notes, noteCount: before.noteCount + 1, due: body.totalDue }))
}

function noteAnswered(
  account: Account,
  event: Verified<NoteAnswerBody>,
  { at }: Seen,
): Result<Account, AccountRefusal> {
  const { body } = event
  const found = findNote(account, body)
  if (!found.ok) return found
  const { activity, note } = found.value
  const accepts = body.type === 'payment/debit-note-accepted'
  const rules = [
    mayBeAnswered(note.status, body),
    accepts
      ? acceptanceIsExact(account, note.event.body.totalDue, body)
      : rejectionKeepsWhatWasAccepted(activity.accepted, body),
  ]
  for (const rule of rules) if (!rule.ok) return rule
  const answer: Answer = { event, at, step: accepts ? 'accept' : 'reject' }
  const notes = activity.notes.map((one) => (one === note ? answered(one, answer) : overtaken(one, note, answer)))
  const accepted = accepts ? body.total : activity.accepted
  return ok(withActivity(account, { ...activity, notes, accepted }))
}

function invoiced(account: Account, event: Verified<InvoiceBody>, { at, me }: Seen): Result<Account, AccountRefusal> {
  const rules = [invoiceCoversAll(account, event.body), invoiceCountsItsReceipts(account, event.body)]
  for (const rule of rules) if (!rule.ok) return rule
  return ok({ ...account, invoice: { event, status: firstStatus(event.body.author, me), seenAt: at } })
}

function invoiceAnswered(
  account: Account,
  event: Verified<InvoiceAnswerBody>,
  { at }: Seen,
): Result<Account, AccountRefusal> {
  const { body } = event
  const found = findInvoice(account, body)
  if (!found.ok) return found
  const accepts = body.type === 'payment/invoice-accepted'
  const rules = [
    mayBeAnswered(found.value.status, body),
    accepts
      ? acceptanceIsExact(account, found.value.event.body.amount, body)
      : rejectionKeepsWhatWasAccepted(acceptedOf(account), body),
  ]
  for (const rule of rules) if (!rule.ok) return rule
  const status = stepped(found.value.status, accepts ? 'accept' : 'reject')
  return ok({ ...account, invoice: { ...found.value, status, answer: event, answeredAt: at } })
}

function settled(account: Account, event: Verified<SettledBody>, { at }: Seen): Result<Account, AccountRefusal> {
  const found = settlesWhatWasAccepted(account, event.body)
  if (!found.ok) return found
  const status = stepped(found.value.status, 'settle')
  return ok({ ...account, invoice: { ...found.value, status }, settled: { event, seenAt: at } })
}

type Answer = { readonly event: Verified<NoteAnswerBody>; readonly at: Timestamp; readonly step: 'accept' | 'reject' }

const answered = (note: Note, { event, at, step }: Answer): Note => ({
  ...note,
  status: stepped(note.status, step),
  answer: event,
  answeredAt: at,
})

/** AC9: accepting a sum accepts every note that asked for no more. */
const overtaken = (note: Note, { event }: Note, { step }: Answer): Note =>
  step === 'accept' && note.event.body.totalDue <= event.body.totalDue
    ? { ...note, status: stepped(note.status, 'accept') }
    : note

const stepped = (status: DocumentStatus, step: 'accept' | 'reject' | 'settle'): DocumentStatus =>
  documentMachine.next(status, step) ?? status

const firstStatus = (author: Did, me: Did): DocumentStatus => (author === me ? 'issued' : 'received')
