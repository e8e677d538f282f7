import { later, type Timestamp, timestamp } from '../kernel/time.ts'
import { dayOf, forgottenBy } from './decay.ts'
import type { Observation, TerminationCode } from './observation.ts'

/** RP9: the deeds of one day of one peer: what a score is made of. */
export type Day = {
  readonly day: number
  readonly completed: number
  readonly failed: number
  readonly disputed: number
  /** Agreements that it let down as a provider, and as a requestor. */
  readonly breaks: number
  readonly debts: number
  readonly paid: number
  readonly unpaid: number
  /** The newest of what speaks against it; 0 where nothing does. */
  readonly worstAt: Timestamp
}

/** Fifty tasks a second for a whole day; with it all sums of a score stay whole numbers. */
export const mostADay = 2 ** 22 - 1

/** Codes of a termination that speak against the provider. */
const providerFaults: ReadonlySet<TerminationCode> = new Set([
  'InitializationError',
  'ProviderUnreachable',
  'TooManyDebitNotes',
  'TooManyPayableDebitNotes',
  'WrongResult',
])
/** Codes that speak against the requestor. */
const requestorFaults: ReadonlySet<TerminationCode> = new Set([
  'DebitNotesDeadline',
  'DebitNoteRejected',
  'DebitNoteCancelled',
  'DebitNoteNotPaid',
  'RequestorUnreachable',
])

/** RP5: adds to the day it was seen on; days that weigh nothing any more beside the newest are dropped, whichever came first. */
export function withDay(days: readonly Day[], seen: Observation): readonly Day[] {
  const day = dayOf(seen.at)
  const newest = days.at(-1)?.day ?? day
  if (day <= forgottenBy(newest)) return days
  const place = placeOf(days, day)
  const known = days[place]?.day === day ? days[place] : undefined
  const next = days.slice()
  next.splice(place, known ? 1 : 0, added(known ?? emptyDay(day), seen))
  return day > newest ? next.filter((one) => one.day > forgottenBy(day)) : next
}

/** Where that day stands or belongs; it is nearly always the last. */
function placeOf(days: readonly Day[], day: number): number {
  let place = days.length
  while (place > 0 && days[place - 1]!.day >= day) place -= 1
  return place
}

function added(known: Day, seen: Observation): Day {
  const { deeds, terminated } = seen
  const breaks = terminated && providerFaults.has(terminated) ? 1 : 0
  const debts = terminated && requestorFaults.has(terminated) ? 1 : 0
  const { failed = 0, disputed = 0, unpaid = 0 } = deeds
  const isBad = failed + disputed + unpaid + breaks + debts > 0
  return {
    day: known.day,
    completed: sum(known.completed, deeds.completed ?? 0),
    failed: sum(known.failed, failed),
    disputed: sum(known.disputed, disputed),
    breaks: sum(known.breaks, breaks),
    paid: sum(known.paid, deeds.paid ?? 0),
    unpaid: sum(known.unpaid, unpaid),
    debts: sum(known.debts, debts),
    worstAt: isBad ? later(known.worstAt, seen.at) : known.worstAt,
  }
}

const sum = (a: number, b: number): number => Math.min(a + b, mostADay)

const emptyDay = (day: number): Day => ({
  day,
  completed: 0,
  failed: 0,
  disputed: 0,
  breaks: 0,
  paid: 0,
  unpaid: 0,
  debts: 0,
  worstAt: timestamp(0),
})
