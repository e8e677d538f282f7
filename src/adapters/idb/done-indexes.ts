import type { Cid } from '../../wire/cid.ts'
import type { JobStore, StoredResult } from '../storage.port.ts'
import type { SlotDatabase } from './database.ts'
import { written } from './failure.ts'
import { resultsIn } from './frame-record.ts'

const strict = { durability: 'strict' } as const

/** Indexes that have a result, and the place of the last that ever was stored, from 1. */
export type Done = { readonly indexes: Set<number>; last: number }

type Place = [string, number]
type Lists = {
  getAllKeys(range: IDBKeyRange): Promise<Place[]>
  getAll(range: IDBKeyRange): Promise<Uint32Array[]>
}
type Taken = { getAllKeys(range: IDBKeyRange): Promise<Place[]> }

export async function readDone(job: Cid, { done, taken }: { done: Lists; taken: Taken }): Promise<Done> {
  const [keys, lists, gone] = await Promise.all([
    done.getAllKeys(jobRange(job)),
    done.getAll(jobRange(job)),
    takenPlaces(taken, job),
  ])
  const indexes = new Set<number>()
  for (const [i, [, last]] of keys.entries())
    for (const [place, index] of placesIn(lists[i]!, last)) if (!gone.has(place)) indexes.add(index)
  return { indexes, last: keys.at(-1)?.[1] ?? 0 }
}

/** Places whose results were taken back. */
export const takenPlaces = async (taken: Taken, job: Cid): Promise<ReadonlySet<number>> =>
  new Set((await taken.getAllKeys(jobRange(job))).map(([, place]) => place))

/** Writes down where the results of these indexes lie; what lies there stays, and is not read any more. */
export const takesBack =
  (database: SlotDatabase): JobStore['takeBack'] =>
  async (job, indexes) => {
    const wanted = new Set(indexes)
    const results: StoredResult[] = []
    await written(
      () => database.transaction(['done', 'taken', 'results'], 'readwrite', strict),
      'taking results back',
      async (transaction) => {
        const done = transaction.objectStore('done')
        const taken = transaction.objectStore('taken')
        const [keys, lists] = await Promise.all([done.getAllKeys(jobRange(job)), done.getAll(jobRange(job))])
        const gone = await takenPlaces(taken, job)
        for (const [i, [, last]] of keys.entries()) {
          const found = [...placesIn(lists[i]!, last)].filter(([place, index]) => wanted.has(index) && !gone.has(place))
          if (found.length === 0) continue
          for (const [place, index] of found) void taken.put(index, [job, place])
          const frame = await transaction.objectStore('results').get([job, last])
          if (frame) results.push(...resultsIn(frame).filter(({ index }) => found.some(([, one]) => one === index)))
        }
      },
    )
    return results
  }

function* placesIn(list: Uint32Array, last: number): Generator<[place: number, index: number]> {
  for (const [n, index] of list.entries()) yield [last - list.length + 1 + n, index]
}

export const jobRange = (job: Cid): IDBKeyRange => IDBKeyRange.bound([job, 0], [job, Number.POSITIVE_INFINITY])
