import type { BlockStore, EventLog, JobStore } from '../storage.port.ts'
import { defaultQuota, idbBlockStore } from './block-store.ts'
import { openBlocksDatabase, openSlotDatabase, type SlotDatabase } from './database.ts'
import { idbEventLog } from './event-log.ts'
import { idbJobStore } from './job-store.ts'

/** What one node keeps in this browser: its own log and jobs, and the blocks it shares with the other slots. */
export type Storage = {
  readonly log: EventLog
  readonly jobs: JobStore
  readonly blocks: BlockStore
  /** For the key store, which lies beside the log. */
  readonly slotDatabase: SlotDatabase
  close(): void
}

/**
 * Opens the databases of an identity slot, making them where there are none.
 * @throws StorageFailure storage-blocked where the browser keeps no data for this page
 */
export async function openStorage({
  slot,
  quotaBytes,
  now = Date.now,
}: {
  slot: number
  quotaBytes?: number | undefined
  now?: (() => number) | undefined
}): Promise<Storage> {
  const [slotDatabase, blocksDatabase] = await Promise.all([openSlotDatabase(slot), openBlocksDatabase()])
  return {
    log: idbEventLog(slotDatabase),
    jobs: idbJobStore(slotDatabase),
    blocks: idbBlockStore(blocksDatabase, quotaBytes ?? (await defaultQuota()), now),
    slotDatabase,
    close: () => {
      slotDatabase.close()
      blocksDatabase.close()
    },
  }
}
