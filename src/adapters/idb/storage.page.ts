import { cidOf } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import { storageContract } from '../storage.contract.ts'
import type { StoredResult } from '../storage.port.ts'
import { openStorage, type Storage } from './storage.ts'

export type Report = {
  readonly failures: readonly string[]
  readonly passed: number
  /** Milliseconds, or a rate where the name ends in PerSecond. */
  readonly figures: Readonly<Record<string, number>>
}

/** The storage contract and a few figures, run inside a real browser by storage.browser-check.ts. */
export async function checkStorage(): Promise<Report> {
  const failures: string[] = []
  let slot = 1
  for (const { name, run } of storageContract) {
    slot++
    await forget('tabmesh-blocks')
    const opened: Storage[] = []
    let time = 1_000_000
    const open = async (quotaBytes?: number): Promise<Storage> => {
      for (const storage of opened.splice(0)) storage.close()
      const storage = await openStorage({ slot, quotaBytes, now: () => time })
      opened.push(storage)
      return storage
    }
    const pass = (durationMs: number): void => {
      time += durationMs
    }
    await run({ open, pass }).catch((error: unknown) => failures.push(`${name}: ${error}`))
    for (const storage of opened) storage.close()
  }
  return { failures, passed: storageContract.length - failures.length, figures: await measure() }
}

async function measure(): Promise<Report['figures']> {
  await forget('tabmesh-blocks')
  const { log, jobs, blocks, close } = await openStorage({ slot: 0 })
  const job = cidOf(new Uint8Array([1]), 'raw')

  const single: number[] = []
  for (let n = 0; n < 300; n++) single.push(await timed(() => log.append([entry(n)])))
  const together = await timed(() => Promise.all(Array.from({ length: 1_700 }, (_, n) => log.append([entry(300 + n)]))))
  const read = await timed(() => log.read(0, 2_000))
  for (let n = 0; n < 49; n++) await log.append(Array.from({ length: 2_000 }, (_, i) => entry(2_000 * (n + 1) + i)))
  const cold = await timed(async () => {
    for (let after = 0; after < 100_000; after += 2_000) await log.read(after, 2_000)
  })

  const frames = Array.from({ length: 200 }, (_, n) => Array.from({ length: 64 }, (_, i) => result(n * 64 + i)))
  const oneByOne = await timed(async () => {
    for (const frame of frames.slice(0, 100)) await jobs.addResults(job, frame)
  })
  const inFlight = await timed(() => Promise.all(frames.slice(100).map((frame) => jobs.addResults(job, frame))))
  const readResults = await timed(() => jobs.results(job, 0, 2_000))
  const done = await timed(() => jobs.doneIndexes(job))

  const task = { args: ['a'], env: {}, stdin: new Uint8Array(200), files: {} }
  const addTasks = await timed(async () => {
    for (let n = 0; n < 40; n++) await jobs.addTasks(job, Array(256).fill(task))
  })
  const readTasks = await timed(async () => {
    for (let from = 0; from < 10_240; from += 64)
      await jobs.tasks(
        job,
        Array.from({ length: 64 }, (_, i) => from + i),
      )
  })

  const file = Array.from({ length: 256 }, (_, n) => new Uint8Array(262_144).fill(n))
  const named = file.map((bytes) => [cidOf(bytes, 'raw'), bytes] as const)
  const putBlocks = await timed(() => Promise.all(named.map(([cid, bytes]) => blocks.put(cid, bytes))))
  const getBlocks = await timed(() => Promise.all(named.map(([cid]) => blocks.get(cid))))
  const oneBlock: number[] = []
  for (const [cid] of named.slice(0, 50)) oneBlock.push(await timed(() => blocks.get(cid)))
  close()
  return {
    'append one entry, median': middle(single),
    'append one entry, p99': single.toSorted((a, b) => a - b)[Math.floor(single.length * 0.99)] ?? 0,
    'append 1,700 entries in concurrent calls': together,
    'read 2,000 entries': read,
    'read 100,000 entries by 2,000': cold,
    'frames of 64 results, one at a time, perSecond': 100_000 / oneByOne,
    'frames of 64 results, concurrent, perSecond': 100_000 / inFlight,
    'read 2,000 results': readResults,
    'finished indexes of 12,800': done,
    'store 10,240 tasks in calls of 256': addTasks,
    'read 10,240 tasks in calls of 64': readTasks,
    'blocks of 256 KiB, put, MB perSecond': (64 * 1_000) / putBlocks,
    'blocks of 256 KiB, get, MB perSecond': (64 * 1_000) / getBlocks,
    'get one block, median': middle(oneBlock),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

function entry(n: number) {
  const body = encode({ type: 'check/entry', n, filler: new Uint8Array(300).fill(n) })
  return { id: cidOf(body, 'dag-cbor'), body, signature: new Uint8Array(64) }
}

const result = (index: number): StoredResult => ({
  index,
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array(200).fill(index),
  stderr: new Uint8Array(0),
  files: {},
  durationUs: 1_000,
  provider: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
  receipt: cidOf(new Uint8Array([2]), 'raw'),
})

const forget = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
