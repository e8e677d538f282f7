import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import type { StoredResult } from '../adapters/storage.port.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'

/** A result by its place in the whole stage, whichever attempt brought it. */
export type StageRow = { readonly index: number; readonly result: StoredResult }

/** What an attempt runs again: tasks of the one before by their index in it, and behind them what that one was not given. */
export type Again = { readonly failed: Uint32Array; readonly stored: number }

/** Results read at a time: of the largest, 112 MB. */
const rowsPerRead = 16
/** Between two results that are wanted so many may lie that are not, before a second read is cheaper. */
const mostBetween = 16
const resultsPerScan = 64
/** What was computed is stored within milliseconds of the end; a disk that takes longer has lost it. */
const storingMs = 5_000

type Ports = Pick<Parts, 'jobs' | 'log' | 'node'> & { readonly requestor: RequestorPlane }

/** Reads what the attempts of a stage brought, together. */
export function createStageResults({ jobs: disk, log, node, requestor }: Ports) {
  /** WF5: what an attempt runs again is settled once, before its first task, and never told otherwise. */
  async function again(attempt: Cid, before: Cid): Promise<Again> {
    const known = (await log.readSetting(settingOf(attempt))) as Again | undefined
    if (known) return known
    const settled = { failed: Uint32Array.from(await failedOf(before)), stored: await disk.taskCount(before) }
    await log.writeSetting(settingOf(attempt), settled)
    return settled
  }

  /** Tasks without a good result. */
  async function failedOf(job: Cid): Promise<number[]> {
    const good = new Set<number>()
    for (let position = 0; ; ) {
      const rows = await disk.results(job, position, resultsPerScan)
      for (const { result } of rows) if (result.status === 'ok') good.add(result.index)
      if (rows.length === 0) break
      position += rows.length
    }
    const stored = await disk.taskCount(job)
    return Array.from({ length: stored }, (_, index) => index).filter((index) => !good.has(index))
  }

  /** What the attempts before the last did well. */
  async function doneBefore(attempts: readonly Cid[]): Promise<number> {
    let count = 0
    for (const [n, job] of attempts.slice(0, -1).entries()) {
      const { failed, stored } = await again(attempts[n + 1]!, job)
      count += stored - failed.length
    }
    return count
  }

  type Place = { readonly index: number; readonly job: Cid; readonly position: number }

  async function placesOf(attempts: readonly Cid[]): Promise<Place[]> {
    const places: Place[] = []
    let whole = (index: number): number => index
    for (const [n, job] of attempts.entries()) {
      const next = attempts[n + 1]
      const settled = next && (await again(next, job))
      const failed = new Set(settled?.failed)
      await areStored(job)
      for (const [at, index] of (await disk.doneIndexes(job)).entries())
        if (!failed.has(index)) places.push({ index: whole(index), job, position: at + 1 })
      const before = whole
      if (settled) whole = (index) => before(settled.failed[index] ?? settled.stored + index - settled.failed.length)
    }
    return places.sort((a, b) => a.index - b.index)
  }

  /** The last results of a job may still be on their way to the disk when it ends. */
  async function areStored(job: Cid): Promise<void> {
    const known = node.jobs.get(job)
    const areAll = async () => (await disk.doneIndexes(job)).length >= (known?.progress.done ?? 0)
    if (known?.outcome !== 'Completed' || (await areAll())) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(end, storingMs)
      const unlisten = requestor.onResults((told) => {
        if (told === job) void areAll().then((are) => are && end())
      })
      function end(): void {
        clearTimeout(timer)
        unlisten()
        resolve()
      }
    })
  }

  /** Reads neighbours together, and what lies far apart alone. */
  async function read(places: readonly Place[]): Promise<Map<string, StoredResult>> {
    const found = new Map<string, StoredResult>()
    const sorted = places.toSorted((a, b) => (a.job < b.job ? -1 : a.job > b.job ? 1 : a.position - b.position))
    for (let from = 0; from < sorted.length; ) {
      const first = sorted[from]!
      let to = from
      while (sorted[to + 1]?.job === first.job && sorted[to + 1]!.position - sorted[to]!.position <= mostBetween) to++
      const rows = await disk.results(first.job, first.position - 1, sorted[to]!.position - first.position + 1)
      for (const { position, result } of rows) found.set(`${first.job}/${position}`, result)
      from = to + 1
    }
    return found
  }

  return {
    again,
    doneBefore,
    /** Results of a stage by index, a few at a time. @param attempts its jobs, the newest last, none of them running */
    async *of(attempts: readonly Cid[]): AsyncGenerator<StageRow> {
      const places = await placesOf(attempts)
      for (let from = 0; from < places.length; from += rowsPerRead) {
        const some = places.slice(from, from + rowsPerRead)
        const found = await read(some)
        for (const { index, job, position } of some) {
          const result = found.get(`${job}/${position}`)
          if (result) yield { index, result }
        }
      }
    },
    /** What was settled for the attempts of a workflow that is forgotten goes with it. */
    async forget(attempts: readonly Cid[]): Promise<void> {
      for (const job of attempts) await log.writeSetting(settingOf(job), undefined)
    },
  }
}

const settingOf = (attempt: Cid): string => `again:${attempt}`
