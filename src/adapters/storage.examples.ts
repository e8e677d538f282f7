import type { TaskInput } from '../activity/task.ts'
import { assert } from '../kernel/assert.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { BlockStore, EventLog, JobStore, NewLogEntry, StoredResult } from './storage.port.ts'

export type StorageUnderTest = { readonly log: EventLog; readonly jobs: JobStore; readonly blocks: BlockStore }

/** One storage with an empty disk at first; `open` again is what a reload sees. */
export type StorageWorld = {
  /** @param quotaBytes of blocks */
  open(quotaBytes?: number): Promise<StorageUnderTest>
  /** Makes the clock go on, where the adapter reads one. */
  pass(durationMs: number): void
}

export type StorageCase = { readonly name: string; run(world: StorageWorld): Promise<void> }

export const jobA = cidOf(new Uint8Array([1]), 'raw')
export const jobB = cidOf(new Uint8Array([2]), 'raw')

export function entry(n: number): NewLogEntry & { signature: Uint8Array<ArrayBuffer> } {
  const body = encode({ n })
  return { id: cidOf(body, 'dag-cbor'), body, signature: new Uint8Array(64).fill(n) }
}

export const task = (n: number): TaskInput => ({
  args: [String(n)],
  env: { N: String(n) },
  stdin: new Uint8Array([n % 256, 1]),
  files: { 'a/b.txt': new Uint8Array([n % 256]) },
})

export const result = (index: number, provider: string): StoredResult => ({
  index,
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array([index % 256]),
  stderr: new Uint8Array(0),
  files: { out: new Uint8Array([1, 2]) },
  commands: [
    {
      ...{ index: 0, type: 'run', status: 'ok', exitCode: 0, stdout: new Uint8Array([3]), stderr: new Uint8Array(0) },
      ...{ durationUs: 5, fuel: 700n, message: '' },
    },
  ],
  durationUs: 1_000,
  fuel: 700n,
  provider,
  receipt: jobB,
  proof: { position: index, leafCount: index + 1, siblings: new Uint8Array(32) },
})

export function block(n: number, sizeBytes: number): [Cid, Uint8Array<ArrayBuffer>] {
  const bytes = new Uint8Array(sizeBytes).fill(n)
  return [cidOf(bytes, 'raw'), bytes]
}

export function same(actual: unknown, expected: unknown): void {
  const [is, should] = [shown(actual), shown(expected)]
  assert(is === should, `expected ${should.slice(0, 300)}, got ${is.slice(0, 300)}`)
}

/** A value as text, with keys in order: equal text, equal value. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) => {
    if (field === undefined) return 'undefined'
    if (typeof field === 'bigint') return `${field}n`
    if (field instanceof Uint8Array) return `bytes ${field.length} ${cidOf(field, 'raw')}`
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
