import type { SteadyTimers } from '../timer-worker.ts'

/** What somebody will want stored, but nobody waits for. */
export type Gathering<T> = {
  /** Resolves when they are stored, and rejects where the disk does not take them. */
  add(items: readonly T[]): Promise<void>
  /** Now somebody waits: what was gathered is stored at once. */
  hurry(): void
}

/** Tasks, answers and results that come one by one wait so long for others, or for so many, before they are stored together. */
export const gathered = { waitMs: 50, most: 64 }

/**
 * Lets what comes one by one share a write: a write keeps the disk's thread from whoever waits for it, and costs as much for
 * one item as for many. What comes after a pause is stored at once: there is nothing to share a write with.
 * @param store begun for one batch after the other, in order; batches may be under way side by side
 */
export function createGathering<T>(
  store: (items: readonly T[]) => Promise<void>,
  { timers, waitMs, most }: { timers: SteadyTimers; waitMs: number; most: number },
): Gathering<T> {
  type Batch = PromiseWithResolvers<void> & { readonly items: T[] }
  let open: Batch | undefined
  /** Set for a while after a store: what comes in it waits for its end. */
  let endRest: (() => void) | undefined

  function hurry(): void {
    const batch = open
    if (!batch) return
    open = undefined
    endRest?.()
    endRest = timers.after(waitMs, rested)
    store(batch.items).then(batch.resolve, batch.reject)
  }
  function rested(): void {
    endRest = undefined
    hurry()
  }

  return {
    add(items) {
      open ??= { ...Promise.withResolvers<void>(), items: [] }
      const { promise } = open
      open.items.push(...items)
      if (!endRest || open.items.length >= most) hurry()
      return promise
    },
    hurry,
  }
}
