import { type LogRecord, openSlotDatabase } from '../src/adapters/idb/database.ts'
import { events } from '../src/node/registry.ts'
import { ExecutionReceipt, type ReceiptBody } from '../src/receipts/messages.ts'
import { type Cid, cidOf } from '../src/wire/cid.ts'
import { reopen } from '../src/wire/gate.ts'

/** Entries a transaction: enough that the disk is not asked for each. */
const together = 2_000

export type LogPage = {
  /** Continues the chain of receipts that the slot's log ends with until the log has so many entries. */
  fill(slot: number, entries: number): Promise<void>
  /** Forgets the snapshot, so that the next start folds everything. */
  forgetSnapshot(slot: number): Promise<void>
  count(slot: number): Promise<{ entries: number; snapshotAt: number | undefined }>
}

declare global {
  var logPage: LogPage | undefined
}

globalThis.logPage = {
  async fill(slot, entries) {
    const database = await openSlotDatabase(slot)
    let seq = (await database.transaction('log').store.openKeyCursor(null, 'prev'))?.key ?? 0
    let last = await lastReceipt(slot)
    while (seq < entries) {
      const { store, done } = database.transaction('log', 'readwrite')
      for (let i = 0; i < together && seq < entries; i++) {
        const next = following(last)
        last = { id: next.id, body: next.body }
        // ours and signed: what a log of one's own receipts consists of
        const record: LogRecord = { id: next.id, body: next.bytes, signature: new Uint8Array(64) }
        void store.add(record, ++seq)
      }
      await done
    }
    database.close()
  },
  async forgetSnapshot(slot) {
    const database = await openSlotDatabase(slot)
    await database.delete('settings', 'snapshot')
    database.close()
  },
  async count(slot) {
    const database = await openSlotDatabase(slot)
    const snapshot = (await database.get('settings', 'snapshot')) as { seq: number } | undefined
    const entries = await database.count('log')
    database.close()
    return { entries, snapshotAt: snapshot?.seq }
  },
}

type Receipt = { readonly id: Cid; readonly body: ReceiptBody }

async function lastReceipt(slot: number): Promise<Receipt> {
  const database = await openSlotDatabase(slot)
  let cursor = await database.transaction('log').store.openCursor(null, 'prev')
  for (; cursor; cursor = await cursor.continue()) {
    const event = reopen(events, cursor.value.body)
    if (event.ok && event.value.body.type === ExecutionReceipt.type) {
      const body = event.value.body as ReceiptBody
      database.close()
      return { id: cidOf(cursor.value.body, 'dag-cbor'), body }
    }
  }
  throw new Error('the log has no receipt to go on from')
}

/** The receipt after this one: a frame of one more task. */
function following({ id, body }: Receipt) {
  const { type: _type, version: _version, author, issuedAt, prev: _prev, ...fields } = body
  const usage = { ...fields.usage, durationUs: fields.usage.durationUs + 1_000 }
  const counts = { taskCount: 1, okCount: 1, failedCount: 0 }
  return ExecutionReceipt.author(
    { author, issuedAt, prev: id },
    { ...fields, ...counts, sequence: fields.sequence + 1, usage },
  )
}
