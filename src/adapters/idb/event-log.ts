import { unwrap } from 'idb'
import type { Cid } from '../../wire/cid.ts'
import type { EventLog, LogEntry, NewLogEntry } from '../storage.port.ts'
import type { LogRecord, SlotDatabase } from './database.ts'
import { guarded, written } from './failure.ts'
import { groupCommit } from './group-commit.ts'

type Snapshot = { readonly seq: number; readonly version: number; readonly state: unknown }
const strict = { durability: 'strict' } as const
/** Settings carry this prefix, so that none can collide with the snapshot. */
const settingKey = (key: string): string => `setting/${key}`
const snapshotKey = 'snapshot'

/** The log of one slot on IndexedDB. All its methods reject with StorageFailure. */
export function idbEventLog(database: SlotDatabase): EventLog {
  /** Number of the last entry; unknown at first and after a write that failed. Nobody else writes this slot's log. */
  let last: number | undefined

  const append = groupCommit<readonly NewLogEntry[], void>((batch) =>
    guarded('appending to the log', async () => {
      const entries = batch.flat()
      const from = last ?? (await database.transaction('log').store.openKeyCursor(null, 'prev'))?.key ?? 0
      last = undefined
      await added(unwrap(database), entries.map(recordOf), from)
      last = from + entries.length
      return batch.map(() => undefined)
    }),
  )

  return {
    append: (entries) => (entries.length === 0 ? Promise.resolve() : append(entries)),
    read: (after, most) =>
      guarded('reading the log', async () => {
        const records = await database.getAll('log', IDBKeyRange.lowerBound(after, true), most)
        return records.map((record, i) => entryOf(record, after + 1 + i))
      }),
    byId: (id) =>
      guarded('reading the log', async () => {
        const { store } = database.transaction('log')
        const seq = await store.index('id').getKey(id)
        const record = seq === undefined ? undefined : await store.get(seq)
        return record && entryOf(record, seq as number)
      }),
    readSnapshot: () =>
      guarded(
        'reading the snapshot',
        async () => (await database.get('settings', snapshotKey)) as Snapshot | undefined,
      ),
    writeSnapshot: (seq, version, state) => writeSetting(database, snapshotKey, { seq, version, state }),
    readSetting: (key) => guarded('reading settings', () => database.get('settings', settingKey(key))),
    writeSetting: (key, value) => writeSetting(database, settingKey(key), value),
  }
}

/**
 * Somebody waits for this before he speaks: all requests go to the disk at once with the word that none follows, and nothing
 * but the end of the transaction is listened for. `add`: a second writer of the same slot is refused and overwrites nothing.
 */
const added = (database: IDBDatabase, records: readonly LogRecord[], from: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction('log', 'readwrite', strict)
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    try {
      const store = transaction.objectStore('log')
      for (const [i, record] of records.entries()) store.add(record, from + i + 1)
      transaction.commit()
    } catch (error) {
      transaction.abort()
      reject(error)
    }
  })

async function writeSetting(database: SlotDatabase, key: string, value: unknown): Promise<void> {
  const begin = () => database.transaction('settings', 'readwrite', strict)
  await written(begin, 'storing settings', ({ store }) => store.put(value, key))
}

/** A view into a larger buffer is copied first, for the browser would store the whole buffer with it. */
const recordOf = ({ id, body, signature }: NewLogEntry): LogRecord => ({
  id,
  body: body.slice(),
  ...(signature === undefined ? {} : { signature: signature.slice() }),
})

const entryOf = ({ id, body, signature }: LogRecord, seq: number): LogEntry => ({
  seq,
  id: id as Cid,
  body,
  ...(signature === undefined ? {} : { signature }),
})
