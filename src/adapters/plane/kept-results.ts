import type { StoredResult } from '../storage.port.ts'
import type { SteadyTimers } from '../timer-worker.ts'
import { createFreshResults } from './fresh.ts'
import { createGathering, gathered } from './gathering.ts'

/** Where the results of one job are kept. */
export type ResultDisk = {
  /** Of a task it keeps the first result, until that is taken back. */
  add(results: readonly StoredResult[]): Promise<void>
  takeBack(indexes: readonly number[]): Promise<readonly StoredResult[]>
}

/**
 * A job's results: read from memory while the disk writes them. What is taken back is gone from the disk before anything that is added
 * behind it is written there.
 * @param last the last position that the disk has
 */
export function createKeptResults(last: number, disk: ResultDisk, timers: SteadyTimers) {
  const fresh = createFreshResults(last)
  let added: Promise<unknown> = Promise.resolve()
  let takenBack: Promise<unknown> = Promise.resolve()
  // Begun in the turn in which it is handed over: of what is taken back later it must not wait.
  const batches = createGathering<StoredResult>((results) => takenBack.then(() => disk.add(results)), {
    timers,
    ...gathered,
  })

  return {
    /** Shows them, and has them stored. Rejects where the disk does not take them. */
    add(results: readonly StoredResult[]): Promise<void> {
      fresh.add(results)
      const stored = batches.add(results)
      added = stored.catch(() => {})
      return stored
    },
    /** Nobody reads them any more. @returns those that there were */
    takeBack(indexes: readonly number[]): Promise<readonly StoredResult[]> {
      fresh.takeBack(indexes)
      batches.hurry()
      const taken = added.then(() => disk.takeBack(indexes))
      takenBack = Promise.all([takenBack, taken]).catch(() => {})
      return taken
    },
    behind: fresh.behind,
    forget: fresh.forget,
    hurry: batches.hurry,
  }
}
export type KeptResults = ReturnType<typeof createKeptResults>
