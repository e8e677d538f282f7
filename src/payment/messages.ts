import { minuteMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import {
  amount,
  bigCount,
  cid,
  count,
  did,
  type Infer,
  list,
  moment,
  object,
  oneOf,
  optional,
  text,
} from '../wire/schema.ts'

// Everything of payment that crosses the wire, and two facts that stay at home. Money in micro-credits.

/** Activities of one agreement: 256 CIDs fill an invoice of 16 KiB. */
export const mostActivities = 256
const own = { version: 1, maxBytes: 1_024, perPeer: { count: 0, windowMs: minuteMs } } // never taken from a peer
const perPeer = { count: 120, windowMs: minuteMs } // a note a second, its answer, and as many again for what is brought twice
const small = { version: 1, maxBytes: 2_048, perPeer }

/** So much is set aside for a job, until then. */
export const Allocated = event('payment/allocated', { ...own, fields: { job: cid, total: amount, until: moment } })
/** What was not spent is free again. */
export const Released = event('payment/released', { ...own, fields: { job: cid, allocation: cid } })

/**
 * A promise to pay on the balance of two peers, cumulative over everything between them: the highest sequence counts, so
 * that a lost one costs nothing. Its signature is that of the event that carries it; the payer is the event's author.
 */
export const voucher = object({ payee: did, sequence: count(Number.MAX_SAFE_INTEGER), total: amount })
export type Voucher = Infer<typeof voucher>

export const rejectionCodes = [
  'UNSOLICITED_SERVICE',
  'BAD_SERVICE',
  'INCORRECT_AMOUNT',
  'REJECTED_BY_REQUESTOR_FILTER',
  'AGREEMENT_FINALIZED',
  'OVER_BUDGET',
] as const
export type RejectionCode = (typeof rejectionCodes)[number]

/** Units that anybody can count again, priced or not: as they stand in the receipt. */
const meters = { fuel: optional(bigCount), hostUnits: optional(bigCount) }

/** What an activity costs so far. `prev` names the activity's note before it. */
export const DebitNote = event('payment/debit-note', {
  ...small,
  fields: {
    agreement: cid,
    activity: cid,
    to: did,
    /** Cumulative for the activity. */
    totalDue: amount,
    /** In the order of the agreement's usage vector, in millionths of a unit. */
    usage: list(bigCount, 8),
    ...meters,
    /** A note with a date is payable by then; one without asks for an answer only. */
    paymentDueAt: optional(moment),
    /** The newest receipt that the sum rests on. */
    receipt: optional(cid),
  },
})

/** Accepting is paying: the voucher stands in it. `prev` names the note. */
export const DebitNoteAccepted = event('payment/debit-note-accepted', {
  ...small,
  fields: { agreement: cid, note: cid, total: amount, channel: voucher },
})

const rejection = {
  agreement: cid,
  code: oneOf(rejectionCodes),
  message: text(256),
  /** What would be accepted instead: never less than what was accepted before. */
  total: amount,
}
export const DebitNoteRejected = event('payment/debit-note-rejected', { ...small, fields: { ...rejection, note: cid } })

/** All that an agreement cost, after its end. A second one follows a rejected first, which `prev` names, and is lower. */
export const Invoice = event('payment/invoice', {
  version: 1,
  maxBytes: 20_480,
  perPeer,
  fields: { agreement: cid, to: did, activities: list(cid, mostActivities), amount, ...meters, paymentDueAt: moment },
})
export const InvoiceAccepted = event('payment/invoice-accepted', {
  ...small,
  fields: { agreement: cid, invoice: cid, total: amount, channel: voucher },
})
export const InvoiceRejected = event('payment/invoice-rejected', { ...small, fields: { ...rejection, invoice: cid } })

/** The payee has its money, by whatever driver. `prev` names the acceptance. */
export const Settled = event('payment/settled', {
  ...small,
  fields: {
    agreement: cid,
    invoice: cid,
    total: amount,
    platform: text(48),
    /** What the driver calls the transfer. */
    reference: optional(text(128)),
  },
})

export const paymentEvents = [
  Allocated,
  Released,
  DebitNote,
  DebitNoteAccepted,
  DebitNoteRejected,
  Invoice,
  InvoiceAccepted,
  InvoiceRejected,
  Settled,
] as const

export type AllocationBody = BodyOf<typeof Allocated | typeof Released>
export type NoteBody = BodyOf<typeof DebitNote>
export type NoteAnswerBody = BodyOf<typeof DebitNoteAccepted | typeof DebitNoteRejected>
export type InvoiceBody = BodyOf<typeof Invoice>
export type InvoiceAnswerBody = BodyOf<typeof InvoiceAccepted | typeof InvoiceRejected>
export type SettledBody = BodyOf<typeof Settled>
/** What two parties say to one another under an agreement. */
export type AccountBody = NoteBody | NoteAnswerBody | InvoiceBody | InvoiceAnswerBody | SettledBody
/** Both kinds of event that pay. */
export type PayingBody = BodyOf<typeof DebitNoteAccepted | typeof InvoiceAccepted>
export const isPaying = (body: AccountBody): body is PayingBody =>
  body.type === 'payment/debit-note-accepted' || body.type === 'payment/invoice-accepted'
