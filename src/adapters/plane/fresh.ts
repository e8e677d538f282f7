import { sizeOfBytes } from '../../activity/frames.ts'
import type { TaskInput } from '../../activity/task.ts'
import type { StoredResult } from '../storage.port.ts'

/** A chunk of tasks on its way to the disk. */
export type GivenTasks = {
  /** Index of the first. */
  readonly from: number
  readonly tasks: readonly TaskInput[]
  /** Settles when the disk has them, or does not take them. Chunks settle in the order in which they were given. */
  readonly stored: Promise<void>
}
/** A result and its place in the order of completion, from 1. */
export type StoredRow = { readonly position: number; readonly result: StoredResult }

/** Stored chunks kept at most: of tasks that weigh nothing, as many as eight providers take at once. */
const mostChunks = 16
/** And so many bytes of them: four chunks of the largest. */
const mostTaskBytes = 4_194_304
/** Results kept at most: a reader that is further behind reads from the disk, which is then no slower. */
const mostRows = 1_024
const mostRowBytes = 4_194_304

/** Tasks that were given just now: handed out from memory while the disk writes them, and for a while after. */
export function createFreshTasks() {
  type Chunk = GivenTasks & { readonly sizeBytes: number; isStored: boolean }
  let chunks: Chunk[] = []
  let sizeBytes = 0
  let stored: Promise<void> = Promise.resolve()

  function trim(): void {
    while (chunks[0]?.isStored && (chunks.length > mostChunks || sizeBytes > mostTaskBytes))
      sizeBytes -= chunks.shift()?.sizeBytes ?? 0
  }

  return {
    add(given: GivenTasks): void {
      const size = given.tasks.reduce((sum, task) => sum + sizeOfBytes(task), 0)
      const chunk = { ...given, sizeBytes: size, isStored: false }
      chunks.push(chunk)
      sizeBytes += size
      stored = given.stored
      // A failure is heard by whoever gave the tasks, and by whoever waits to store their results.
      stored.then(
        () => {
          chunk.isStored = true
          trim()
        },
        () => {},
      )
    },
    at(index: number): TaskInput | undefined {
      const chunk = chunks.find(({ from, tasks }) => index >= from && index < from + tasks.length)
      return chunk?.tasks[index - chunk.from]
    },
    /** Settles when the disk has all that was given so far. */
    stored: (): Promise<void> => stored,
    forget(): void {
      chunks = []
      sizeBytes = 0
    },
  }
}

/**
 * Results that were verified just now, in order of completion: read from memory while the disk writes them, and for a while after.
 * @param stored the last position that the disk had before
 */
export function createFreshResults(stored: number) {
  let rows: StoredRow[] = []
  let sizeBytes = 0
  let last = stored
  /** Positions of what was taken back. */
  const gone = new Set<number>()

  return {
    add(results: readonly StoredResult[]): void {
      for (const result of results) {
        last += 1
        rows.push({ position: last, result })
        sizeBytes += sizeOfBytes(result)
      }
      while (rows.length > mostRows || (rows.length > 1 && sizeBytes > mostRowBytes)) {
        const { position, result } = rows.shift()!
        gone.delete(position)
        sizeBytes -= sizeOfBytes(result)
      }
    },
    /** At most `most` behind position `after`; undefined where only the disk can tell. */
    behind(after: number, most: number): readonly StoredRow[] | undefined {
      const first = last - rows.length
      if (after < first) return undefined
      const behind = rows.slice(after - first)
      return (gone.size > 0 ? behind.filter(({ position }) => !gone.has(position)) : behind).slice(0, most)
    },
    /** Nobody reads them any more. */
    takeBack(indexes: readonly number[]): void {
      for (const { position, result } of rows) if (indexes.includes(result.index)) gone.add(position)
    },
    forget(): void {
      rows = []
      sizeBytes = 0
      gone.clear()
    },
  }
}
