import type { Timestamp } from '../kernel/time.ts'
import type { AgreementTerminated } from '../market/messages.ts'
import type { Account } from '../payment/account.ts'
import type { SettledBody } from '../payment/messages.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'

/** What can be said of a peer's conduct, as counts. `completed` to `disputed` are tasks, the others documents and agreements. */
export const deeds = ['completed', 'failed', 'verified', 'disputed', 'paid', 'unpaid'] as const
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
}

/** RP1: a frame's good and failed tasks count for whoever computed it. @param tag the agreement's runtime */
export const ofReceipt = ({ body }: Verified<ReceiptBody>, tag: string): Observation => ({
  about: body.author,
  at: body.issuedAt,
  tag,
  deeds: { completed: body.okCount, failed: body.failedCount },
})

/** RP2: tasks that were computed again, here or elsewhere: those that came out alike and those that did not. */
export const ofCheck = (
  provider: Did,
  checked: { at: Timestamp; tag: string; verified: number; disputed: number },
): Observation => ({
  about: provider,
  at: checked.at,
  tag: checked.tag,
  deeds: { verified: checked.verified, disputed: checked.disputed },
})

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
  about: { did: Did; tag: string },
): Observation => ({
  about: about.did,
  at: body.issuedAt,
  tag: about.tag,
  deeds: {},
  terminated: terminationCodes.find((code) => code === body.reason.code) ?? 'Other',
})
