import { earlier, later, type Timestamp } from '../kernel/time.ts'
import type { AgreementTerminated } from '../market/messages.ts'
import type { Account } from '../payment/account.ts'
import type { SettledBody } from '../payment/messages.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'

/**
 * What can be said of a peer's conduct, as counts. `completed` to `withdrawn` are tasks, the others documents and agreements; `withdrawn` are
 * completed ones that count no longer (RP16).
 */
export const deeds = ['completed', 'failed', 'verified', 'disputed', 'withdrawn', 'paid', 'unpaid'] as const
export type Deed = (typeof deeds)[number]

/** Codes of a termination (B3.5 of Golem's rules and two of our own); any other counts as `Other`. */
export const terminationCodes = [
  'Success',
  'Shutdown',
  'Expired',
  'NoActivity',
  'InitializationError',
  'DebitNotesDeadline',
  'DebitNoteRejected',
  'DebitNoteCancelled',
  'DebitNoteNotPaid',
  'RequestorUnreachable',
  'ProviderUnreachable',
  'TooManyDebitNotes',
  'TooManyPayableDebitNotes',
  'WrongResult',
  'Other',
] as const
export type TerminationCode = (typeof terminationCodes)[number]

/** One thing seen of one peer: a fact reduced to what reputation counts. Each fact is told once. */
export type Observation = {
  readonly about: Did
  readonly at: Timestamp
  /** The runtime that it was about, where there was one. */
  readonly tag?: string | undefined
  readonly deeds: Partial<Readonly<Record<Deed, number>>>
  readonly terminated?: TerminationCode | undefined
  /** Of a check: how dear its tasks were (RP13). */
  readonly priceClass?: number | undefined
}

/** What bounds the time that somebody writes on its own events: an agreement's life, as its requestor states it. */
export type Window = { readonly from: Timestamp; readonly until: Timestamp }
const within = (at: Timestamp, { from, until }: Window): Timestamp => later(from, earlier(at, until))

/** What an observation of somebody else's event is told: the agreement's runtime, and how long that may last. */
export type Under = { readonly tag: string; readonly window: Window }

/** RP1: a frame's good and failed tasks count for whoever computed it, at no other time than its agreement lived. */
export const ofReceipt = ({ body }: Verified<ReceiptBody>, { tag, window }: Under): Observation => ({
  about: body.author,
  at: within(body.issuedAt, window),
  tag,
  deeds: { completed: body.okCount, failed: body.failedCount },
})

/** RP2: tasks that were computed again, here or elsewhere: those that came out alike and those that did not. */
export const ofCheck = (
  provider: Did,
  checked: {
    at: Timestamp
    tag: string
    priceClass?: number | undefined
    verified: number
    disputed: number
    withdrawn?: number
  },
): Observation => ({
  about: provider,
  at: checked.at,
  tag: checked.tag,
  deeds: { verified: checked.verified, disputed: checked.disputed, withdrawn: checked.withdrawn ?? 0 },
  priceClass: checked.priceClass ?? 0,
})

/** RP2: who signed two receipts for one place is disputed once, whatever it says. */
export const ofLie = ({ body }: Verified<ReceiptBody>, { tag, window }: Under): Observation =>
  ofCheck(body.author, { at: within(body.issuedAt, window), tag, verified: 0, disputed: 1 })

/** RP3: a settled agreement is one paid for its requestor. */
export const ofSettled = ({ body }: Verified<SettledBody>, { requestor }: Account): Observation => ({
  about: requestor,
  at: body.issuedAt,
  deeds: { paid: 1 },
})

/** RP3: an account that closed without its money is one unpaid. @param at when its last deadline passed */
export const ofUnpaid = ({ requestor }: Account, at: Timestamp): Observation => ({
  about: requestor,
  at,
  deeds: { unpaid: 1 },
})

/** RP4: a termination counts by its code for `about`: the party whose conduct the code speaks of. */
export const ofTermination = (
  { body }: Verified<BodyOf<typeof AgreementTerminated>>,
  about: Under & { did: Did },
): Observation => ({
  about: about.did,
  at: within(body.issuedAt, about.window),
  tag: about.tag,
  deeds: {},
  terminated: terminationCodes.find((code) => code === body.reason.code) ?? 'Other',
})
