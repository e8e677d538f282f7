import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { PreparedComponent } from '../../activity/component-prepare.ts'
import { StorageFailure } from '../storage.port.ts'
import { storageFailure } from './failure.ts'

/** Everything one identity slot remembers. Bulk lies in frames, since a record costs more than the bytes in it. */
export type SlotSchema = DBSchema & {
  log: { key: number; value: LogRecord; indexes: { id: string } }
  /** [job, one past the index of the frame's last task] → frame: the first key above [job, i] is the frame that holds i. */
  tasks: { key: [string, number]; value: FrameRecord }
  /** [job, position of the frame's last result] → frame, and the task indexes in it, read apart to resume a job. */
  results: { key: [string, number]; value: FrameRecord }
  done: { key: [string, number]; value: Uint32Array<ArrayBuffer> }
  /** [job, position] → the index of a result that was taken back. */
  taken: { key: [string, number]; value: number }
  /** [job, index, provider] → a frame of one: an answer of a task that has no result yet. */
  answers: { key: [string, number, string]; value: FrameRecord }
  settings: { key: string; value: unknown }
  keys: { key: string; value: CryptoKeyPair }
}
export type LogRecord = {
  readonly id: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly signature?: Uint8Array<ArrayBuffer>
}
/** `count` values as one DAG-CBOR list. */
export type FrameRecord = { readonly count: number; readonly bytes: Uint8Array<ArrayBuffer> }
export type SlotDatabase = IDBPDatabase<SlotSchema>

export type BlocksSchema = DBSchema & {
  blocks: { key: string; value: Uint8Array<ArrayBuffer> }
  uses: { key: string; value: UseRecord; indexes: { usedAt: number } }
  pins: { key: [string, string]; value: PinRecord; indexes: { cid: string } }
  totals: { key: string; value: TotalsRecord }
}
export type UseRecord = { readonly sizeBytes: number; readonly usedAt: number }
export type PinRecord = { readonly owner: string; readonly cid: string }
export type TotalsRecord = { readonly usedBytes: number; readonly blocks: number }
export type BlocksDatabase = IDBPDatabase<BlocksSchema>

export type PreparedSchema = DBSchema & {
  programs: { key: string; value: PreparedRecord; indexes: { usedAt: number } }
}
export type PreparedRecord = { readonly key: string; readonly usedAt: number; readonly program: PreparedComponent }
export type PreparedDatabase = IDBPDatabase<PreparedSchema>

/** Two with answers, and results that are taken back. */
const version = 2
/** Opening takes milliseconds; a browser that has not answered by then is holding the file for something else. */
const openMs = 10_000

/** @throws StorageFailure */
export const openSlotDatabase = (slot: number): Promise<SlotDatabase> =>
  opened<SlotSchema>(`tabmesh-${slot}`, (database, before) => {
    database.createObjectStore('answers')
    database.createObjectStore('taken')
    if (before > 0) return
    database.createObjectStore('log').createIndex('id', 'id')
    database.createObjectStore('tasks')
    database.createObjectStore('results')
    database.createObjectStore('done')
    database.createObjectStore('settings')
    database.createObjectStore('keys')
  })

/** @throws StorageFailure */
export const openBlocksDatabase = (): Promise<BlocksDatabase> =>
  opened<BlocksSchema>('tabmesh-blocks', (database, before) => {
    if (before > 0) return
    database.createObjectStore('blocks')
    database.createObjectStore('uses').createIndex('usedAt', 'usedAt')
    database.createObjectStore('pins').createIndex('cid', 'cid')
    database.createObjectStore('totals')
  })

/** @throws StorageFailure */
export const openPreparedDatabase = (): Promise<PreparedDatabase> =>
  opened<PreparedSchema>('tabmesh-prepared', (database, before) => {
    if (before > 0) return
    database.createObjectStore('programs', { keyPath: 'key' }).createIndex('usedAt', 'usedAt')
  })

async function opened<S extends DBSchema>(
  name: string,
  create: (database: IDBPDatabase<S>, before: number) => void,
): Promise<IDBPDatabase<S>> {
  if (globalThis.indexedDB === undefined) throw new StorageFailure('storage-blocked', 'There is no IndexedDB here')
  const opening = openDB<S>(name, version, {
    upgrade: create,
    // another tab wants to change the layout: it may, and this one reports its next write as failed
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StorageFailure('storage-blocked', `${name} did not open within ${openMs} ms`)),
      openMs,
    )
  })
  try {
    return await Promise.race([opening, late])
  } catch (error) {
    opening.then((database) => database.close()).catch(() => {})
    const blocked = error instanceof DOMException && error.name === 'InvalidStateError'
    if (blocked) throw new StorageFailure('storage-blocked', `This browser refuses to open ${name}`, { cause: error })
    throw storageFailure(error, `opening ${name}`)
  } finally {
    clearTimeout(timer)
  }
}
