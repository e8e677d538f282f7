import { after, dayMs, type Timestamp, timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { at, noDays, width, worstAt } from './days.ts'
import { dayOf, mostDays, unit, weightsAt } from './decay.ts'
import { countedTag, type Standing } from './standing.ts'

/** 0 to 1000, a whole number, and on how many tasks it rests. */
export type Score = { readonly permille: number; readonly tasks: number }

export const neutral = 500
/** Fewer tasks than these say nothing yet. */
export const leastTasks = 5
/** RP11: under this a provider is left alone for a day. */
export const blacklistPermille = 300
const blacklistMs = dayMs

/** A wrong result costs as much as twenty good ones bring: it is only found when it is looked for. */
const disputeWeight = 20
/** An agreement that its provider let down costs as much as five. */
const breakWeight = 5
/** Two made-up tasks, one of them good: with few tasks a score stays near the middle (Laplace's rule of succession). */
const priorGood = 1
const priorAll = 2

/** RP14: what somebody else says of it: `good` of `all`, both in parts of a task's weight (`unit`). */
export type Hearsay = { readonly good: number; readonly all: number }
const nothing: Hearsay = { good: 0, all: 0 }

export type Asked = {
  readonly now: Timestamp
  /** Of one runtime alone. */
  readonly tag?: string | undefined
  readonly hearsay?: Hearsay | undefined
}

/**
 * RP6: how good a provider somebody is now: good tasks beside each dispute and each break, weighed, all of them worn off by their age (RP9);
 * neutral under five tasks unless one of them was disputed.
 */
export function scoreOf(standing: Standing | undefined, { now, tag, hearsay = nothing }: Asked): Score {
  const sums = standing ? weighed(standing, now, tag) : noSums
  const bad = disputeWeight * sums.disputed + breakWeight * sums.breaks
  const permille = ratio(sums.completed + hearsay.good, sums.completed + bad + hearsay.all)
  const { tasks } = sums
  if (tasks + Math.floor(hearsay.all / unit) >= leastTasks) return { permille, tasks }
  return { permille: sums.disputed > 0 ? Math.min(neutral, permille) : neutral, tasks }
}

/** RP7: how good a payer somebody is now: agreements paid out of those paid, unpaid and broken; neutral before the first. */
export function payerScoreOf(standing: Standing | undefined, now: Timestamp): Score {
  const { paid, unpaid, debts, bills } = standing ? weighed(standing, now) : noSums
  return { permille: ratio(paid, paid + breakWeight * (unpaid + debts)), tasks: bills }
}

/**
 * RP11: until when this node leaves that provider alone: a day from the newest of what speaks against it, as long as its score is
 * under 300 after at least five tasks, or after one that was proven wrong. Undefined: it does not.
 */
export function blacklistedUntil(standing: Standing | undefined, now: Timestamp): Timestamp | undefined {
  if (!standing) return undefined
  const worst = newestWorst(standing)
  const until = after(worst, blacklistMs)
  if (until <= now || isForgiven(standing, worst)) return undefined
  const { permille, tasks } = scoreOf(standing, { now })
  const isKnown = tasks >= leastTasks || weighed(standing, now).disputed > 0
  return isKnown && permille < blacklistPermille ? until : undefined
}

function newestWorst({ all: { days } }: Standing): Timestamp {
  for (let row = days.length - width; row >= 0; row -= width) if (days[row + at.worst] !== 0) return worstAt(days, row)
  return timestamp(-blacklistMs)
}

type Sums = {
  readonly completed: number
  readonly paid: number
  /** What speaks against it: nothing of a day that is forgiven. */
  readonly disputed: number
  readonly breaks: number
  readonly unpaid: number
  readonly debts: number
  /** Not worn off: how much was seen. */
  readonly tasks: number
  readonly bills: number
}
const noSums: Sums = {
  completed: 0,
  paid: 0,
  disputed: 0,
  breaks: 0,
  unpaid: 0,
  debts: 0,
  tasks: 0,
  bills: 0,
}

/** One pass over rows of numbers, with sums that are no fields of anything: ten thousand peers of 56 days are read for one choice. */
function weighed(standing: Standing, now: Timestamp, tag?: string): Sums {
  const days = (tag === undefined ? standing.all : standing.byTag.get(countedTag(tag)))?.days ?? noDays
  const [weights, today] = [weightsAt(now), dayOf(now)]
  let [completed, withdrawn, paid, disputed, breaks, unpaid, debts, tasks, bills] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  for (let row = 0; row < days.length; row += width) {
    const weight = weights[Math.min(mostDays + 1, Math.max(0, today - days[row]!))]!
    if (weight === 0) continue
    completed += weight * days[row + at.completed]!
    withdrawn += weight * days[row + at.withdrawn]!
    paid += weight * days[row + at.paid]!
    tasks += days[row + at.completed]! + days[row + at.failed]!
    bills += days[row + at.paid]!
    if (days[row + at.worst] === 0 || isForgiven(standing, worstAt(days, row))) continue
    disputed += weight * days[row + at.disputed]!
    breaks += weight * days[row + at.breaks]!
    unpaid += weight * days[row + at.unpaid]!
    debts += weight * days[row + at.debts]!
    bills += days[row + at.unpaid]!
  }
  // What was withdrawn is newer than what it was of, and weighs no less.
  return { completed: Math.max(0, completed - withdrawn), paid, disputed, breaks, unpaid, debts, tasks, bills }
}

/** RP12: a day on which nothing bad came after the forgiving is clean; one on which something did counts whole. */
const isForgiven = ({ forgivenAt }: Standing, worstAt: Timestamp): boolean =>
  forgivenAt !== undefined && worstAt <= forgivenAt

/** What market/choose is given: the score of any DID, known or not. */
export const scoresFrom =
  (standings: ReadonlyMap<Did, Standing>, now: Timestamp) =>
  (did: Did): Score =>
    scoreOf(standings.get(did), { now })

function ratio(good: number, all: number): number {
  const [above, below] = [(good + priorGood * unit) * 1_000, all + priorAll * unit]
  // Both ways give the same whole number; the first is ten times as fast, and nearly always enough.
  if (Number.isSafeInteger(above) && Number.isSafeInteger(below * 1_000)) return Math.floor(above / below)
  return Number((BigInt(good + priorGood * unit) * 1_000n) / BigInt(below))
}
