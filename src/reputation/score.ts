import { type TerminationCode, terminationCodes } from './observation.ts'
import type { Counts, Standing } from './standing.ts'

/** 0 to 1000, a whole number, and on how many tasks it rests. */
export type Score = { readonly permille: number; readonly tasks: number }

const neutral = 500
/** Fewer tasks than these say nothing yet. */
const leastTasks = 5

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

/** RP5: how good a provider somebody is: good tasks out of all, each break weighed, neutral under five tasks. @param tag of one runtime alone */
export function scoreOf(standing: Standing | undefined, tag?: string): Score {
  const counts = tag === undefined ? standing?.all : standing?.byTag.get(tag)
  if (!counts) return { permille: neutral, tasks: 0 }
  const tasks = counts.completed + counts.failed
  if (tasks < leastTasks) return { permille: neutral, tasks }
  const bad = breakWeight * faults(counts)
  return { permille: ratio(BigInt(counts.completed), BigInt(tasks) + bad), tasks }
}

const ratio = (good: bigint, all: bigint): number => Number(((good + priorGood) * 1000n) / (all + priorAll))

function faults({ terminated }: Counts): bigint {
  const times = terminationCodes.filter((code) => providerFaults.has(code)).map((code) => BigInt(terminated[code]))
  return times.reduce((sum, one) => sum + one, 0n)
}
