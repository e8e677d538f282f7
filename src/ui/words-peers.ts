import type { PassedOver } from '../market/choose.ts'
import type { TerminationCode } from '../reputation/observation.ts'
import { between, elsewhere, market, say, theirs, type Words, yours } from './saying.ts'

/** Why somebody is not asked. */
export const choices: Record<PassedOver['why'], Words> = {
  'price-over-limit': say('It costs more than the budget pays.', market, 'Raise the budget, or wait for donated work.'),
  'reputation-too-low': say('Its reputation is too low for this job.', market, 'Lower the floor, or wait for others.'),
  'provider-blocked': say('You have blocked it.', yours, 'Take it off your list, or wait for others.'),
  'provider-not-listed': say('You ask only those on your list.', yours, 'Put it on your list, or wait for others.'),
  'provider-blacklisted': say(
    'Too much of what it did here was bad: it is left alone for a day.',
    theirs,
    'Wait for others, or forgive it.',
  ),
  'region-not-wanted': say('It is in another region.', market, 'Name more regions, or wait for others.'),
}

const unpaid = say('What it computed was not paid as agreed.', yours, 'Keep the tab open while others work for you.')
const overcharged = say('It asked for money more often than agreed.', theirs, elsewhere)

/** How an agreement ends. */
export const ends: Record<TerminationCode | 'InvoiceNotAccepted' | 'InvoiceRejected', Words> = {
  Success: say('The work is done.', market, 'Nothing to do.'),
  Shutdown: say('It stopped donating.', theirs, elsewhere),
  Expired: say('The agreed time is over.', market, 'Nothing to do.'),
  NoActivity: say('Nothing was left to run, for the agreed time or while others waited.', market, 'Nothing to do.'),
  InitializationError: say('It could not start the program.', theirs, elsewhere),
  DebitNotesDeadline: unpaid,
  DebitNoteRejected: unpaid,
  DebitNoteCancelled: unpaid,
  DebitNoteNotPaid: unpaid,
  InvoiceNotAccepted: unpaid,
  InvoiceRejected: unpaid,
  RequestorUnreachable: say('It heard nothing from this tab.', between, 'Keep the tab open while others work for you.'),
  ProviderUnreachable: say('It fell silent.', theirs, elsewhere),
  TooManyDebitNotes: overcharged,
  TooManyPayableDebitNotes: overcharged,
  WrongResult: say('A result of it was wrong.', theirs, elsewhere),
  Other: say('It ended the agreement.', theirs, elsewhere),
}

/** What people say of each other, and whom their lists keep out. */
export const opinions = {
  'module-blocked': say('It does not run this program.', theirs, 'Find other tabs.'),
  'signer-blocked': say('It does not run what this signer signs.', theirs, 'Find other tabs.'),
  'signer-not-listed': say(
    'It runs only what certain people signed.',
    theirs,
    'Have the program signed by one of them, or find other tabs.',
  ),
  'review-of-another': say('The review is of another receipt.', between, 'Name the receipt that it is about.'),
  'review-not-yours': say('Only the two parties of a receipt may review it.', between, 'Review whom you worked with.'),
  'review-of-oneself': say('Nobody reviews itself.', between, 'Nothing to do: it counts nowhere.'),
  'review-too-early': say('The review is older than its receipt.', yours, 'Set the clock of this device right.'),
  'review-ahead': say('The review is dated ahead.', between, 'Nothing to do, unless the clock here is wrong.'),
  'review-outdated': say('A newer review is there.', between, 'Nothing to do: the newer one counts.'),
  'entry-outdated': say('The list has a newer word on that name.', yours, 'Nothing to do: the newer one counts.'),
  'lists-full': say('The lists are full.', yours, 'Take somebody off first.'),
} satisfies Record<string, Words>
