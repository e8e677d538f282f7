import { dayMs, type Timestamp, timestamp } from '../kernel/time.ts'
import { dayOf, forgottenBy } from './decay.ts'
import type { Observation, TerminationCode } from './observation.ts'

/**
 * RP9: the deeds of a peer by the day, oldest first: rows of numbers one after the other, for there may be ten thousand peers of 56 days each, all of which
 * are read for one choice.
 */
export type Days = Uint32Array
export const noDays: Days = new Uint32Array(0)

/** What stands where in a row. */
export const at = {
  day: 0,
  completed: 1,
  failed: 2,
  disputed: 3,
  /** Agreements that it let down as a provider, and as a requestor. */
  breaks: 4,
  debts: 5,
  paid: 6,
  unpaid: 7,
  /** When the newest of what speaks against it was: milliseconds of its day and one more; 0 where nothing does. */
  worst: 8,
  /** Of what was completed, on whichever day: it does not count. */
  withdrawn: 9,
} as const
export const width = 10

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
export function withDay(days: Days, seen: Observation): Days {
  const day = dayOf(seen.at)
  const newest = days.length > 0 ? days[days.length - width]! : day
  if (day <= forgottenBy(newest)) return days
  const place = placeOf(days, day)
  const isKnown = days[place] === day
  const from = firstAfter(days, forgottenBy(Math.max(day, newest)))
  const next = isKnown && from === 0 ? days.slice() : withRoom(days, { from, place, more: isKnown ? 0 : width })
  add(next, place - from, seen)
  return next
}

function withRoom(days: Days, { from, place, more }: { from: number; place: number; more: number }): Days {
  const next = new Uint32Array(days.length - from + more)
  next.set(days.subarray(from, place))
  next.set(days.subarray(place), place - from + more)
  return next
}

/** Where that day stands or belongs; it is nearly always the last. */
function placeOf(days: Days, day: number): number {
  let place = days.length
  while (place > 0 && days[place - width]! >= day) place -= width
  return place
}

function firstAfter(days: Days, forgotten: number): number {
  let from = 0
  while (from < days.length && days[from]! <= forgotten) from += width
  return from
}

/** @param row where the numbers of that day begin */
function add(days: Days, row: number, { at: seenAt, deeds, terminated }: Observation): void {
  const day = dayOf(seenAt)
  days[row + at.day] = day
  const { completed = 0, failed = 0, disputed = 0, withdrawn = 0, paid = 0, unpaid = 0 } = deeds
  const breaks = terminated && providerFaults.has(terminated) ? 1 : 0
  const debts = terminated && requestorFaults.has(terminated) ? 1 : 0
  const sum = (part: number, more: number): void => {
    days[row + part] = Math.min(days[row + part]! + more, mostADay)
  }
  sum(at.completed, completed)
  sum(at.failed, failed)
  sum(at.disputed, disputed)
  sum(at.withdrawn, withdrawn)
  sum(at.breaks, breaks)
  sum(at.debts, debts)
  sum(at.paid, paid)
  sum(at.unpaid, unpaid)
  if (disputed + unpaid + breaks + debts > 0)
    days[row + at.worst] = Math.max(days[row + at.worst]!, seenAt - day * dayMs + 1)
}

/** When the newest bad deed of a row was; before all time where there is none. */
export function worstAt(days: Days, row: number): Timestamp {
  const worst = days[row + at.worst]!
  return timestamp(worst === 0 ? -1 : days[row]! * dayMs + worst - 1)
}
