import type { JobStore, StoredResult } from '../adapters/storage.port.ts'
import { setBounded } from '../kernel/bound.ts'
import type { Cid } from '../wire/cid.ts'

/** Read together: results of the largest size are half a gigabyte otherwise. */
const rowsPerRead = 64
/** Jobs whose places are remembered: a person looks at one at a time. */
const mostJobs = 4

export type StoredFrames = {
  ofTask(job: Cid, index: number): Promise<StoredResult | undefined>
  /** One after the other, in the order in which they were stored. */
  ofReceipt(job: Cid, receipt: Cid): AsyncIterable<StoredResult>
}

type Places = { last: number; readonly ofIndex: Map<number, number>; readonly ofReceipt: Map<Cid, number[]> }

/** Finds stored results by task or by receipt. A job's results are read through once; what came since is read when it is asked for. */
export function storedFrames(disk: Pick<JobStore, 'results'>): StoredFrames {
  const jobs = new Map<Cid, Places>()
  const reading = new Map<Cid, Promise<Places>>()

  async function read(job: Cid): Promise<Places> {
    const places = jobs.get(job) ?? { last: 0, ofIndex: new Map(), ofReceipt: new Map() }
    for (;;) {
      const rows = await disk.results(job, places.last, rowsPerRead)
      if (rows.length === 0) break
      for (const { position, result } of rows) {
        places.last = position
        places.ofIndex.set(result.index, position)
        if (!result.receipt) continue
        const known = places.ofReceipt.get(result.receipt)
        if (known) known.push(position)
        else places.ofReceipt.set(result.receipt, [position])
      }
    }
    setBounded(jobs, job, places, mostJobs)
    return places
  }

  /** Two that ask at once read once. */
  function placesOf(job: Cid): Promise<Places> {
    const under = reading.get(job)
    if (under) return under
    const begun = read(job).finally(() => reading.delete(job))
    reading.set(job, begun)
    return begun
  }

  async function at(job: Cid, position: number): Promise<StoredResult | undefined> {
    const [row] = await disk.results(job, position - 1, 1)
    return row?.result
  }

  return {
    async ofTask(job: Cid, index: number): Promise<StoredResult | undefined> {
      const position = (await placesOf(job)).ofIndex.get(index)
      return position === undefined ? undefined : at(job, position)
    },
    async *ofReceipt(job: Cid, receipt: Cid): AsyncGenerator<StoredResult> {
      for (const position of (await placesOf(job)).ofReceipt.get(receipt) ?? []) {
        const result = await at(job, position)
        if (result) yield result
      }
    },
  }
}
