import type { Did } from '../wire/schema.ts'
import { type TerminationCode, terminationCodes } from './observation.ts'
import type { Counts, Standing } from './standing.ts'

/** 0 to 1000, a whole number, and on how many tasks it rests. */
export type Score = { readonly permille: number; readonly tasks: number }

export const neutral = 500
/** Fewer tasks than these say nothing yet. */
export const leastTasks = 5

/** A wrong result costs as much as twenty failures: a failure is seen at once, a lie only when it is looked for. */
const disputeWeight = 20n
/** An agreement that its provider let down costs as much as five failures. */
const breakWeight = 5n
/** Two made-up tasks, one of them good: with few tasks a score stays near the middle (Laplace's rule of succession). */
const priorGood = 1n
const priorAll = 2n

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

/**
 * RP6: how good a provider somebody is: good tasks out of all, each dispute and each break weighed, neutral under five
 * tasks unless one of them was disputed. @param tag of one runtime alone
 */
export function scoreOf(standing: Standing | undefined, tag?: string): Score {
  const counts = tag === undefined ? standing?.all : standing?.byTag.get(tag)
  if (!counts) return { permille: neutral, tasks: 0 }
  const tasks = counts.completed + counts.failed
  const bad = disputeWeight * BigInt(counts.disputed) + breakWeight * faults(counts, providerFaults)
  const permille = ratio(BigInt(counts.completed), BigInt(tasks) + bad)
  if (tasks >= leastTasks) return { permille, tasks }
  return { permille: counts.disputed > 0 ? Math.min(neutral, permille) : neutral, tasks }
}

/** RP7: how good a payer somebody is: agreements paid out of those paid, unpaid and broken; neutral before the first. */
export function payerScoreOf(standing: Standing | undefined): Score {
  if (!standing) return { permille: neutral, tasks: 0 }
  const { paid, unpaid } = standing.all
  const bad = breakWeight * BigInt(unpaid) + faults(standing.all, requestorFaults)
  return { permille: ratio(BigInt(paid), BigInt(paid) + bad), tasks: paid + unpaid }
}

/** What market/choose is given: the score of any DID, known or not. */
export const scoresFrom =
  (standings: ReadonlyMap<Did, Standing>) =>
  (did: Did): Score =>
    scoreOf(standings.get(did))

const ratio = (good: bigint, all: bigint): number => Number(((good + priorGood) * 1000n) / (all + priorAll))

function faults({ terminated }: Counts, speakAgainst: ReadonlySet<TerminationCode>): bigint {
  const times = terminationCodes.filter((code) => speakAgainst.has(code)).map((code) => BigInt(terminated[code]))
  return times.reduce((sum, one) => sum + one, 0n)
}
