import type { TaskCheck } from '../../sdk/api-checking.ts'
import type { Did } from '../../wire/schema.ts'

/** What came of checking a job's results, in figures. */
export type CheckTally = {
  /** Results that say how they were checked. */
  results: number
  /** Of them, those that others came to as well, or whose answer was known before. */
  agreed: number
  /** Those that rest on the word of one who is known to be right. */
  single: number
  /** Those that were to be compared, and nobody was there. */
  unverified: number
  /** Answers beyond the first of each task. */
  copies: number
  /** Who gave other answers than were found right, and how many. */
  readonly wrong: Map<Did, number>
}

export const noChecks = (): CheckTally => ({
  results: 0,
  agreed: 0,
  single: 0,
  unverified: 0,
  copies: 0,
  wrong: new Map(),
})

/** Adds what one result says. @param sign -1 takes it out again: its task was done anew */
export function noteCheck(tally: CheckTally, check: TaskCheck | undefined, sign: 1 | -1 = 1): void {
  if (!check) return
  const { how, agreed, wrong } = check
  tally.results += sign
  if (how === 'single') tally.single += sign
  else if (how === 'unverified') tally.unverified += sign
  else tally.agreed += sign
  tally.copies += sign * Math.max(0, agreed.length + wrong.length - 1)
  for (const provider of wrong) tally.wrong.set(provider, (tally.wrong.get(provider) ?? 0) + sign)
}
