import type { IDBPTransaction } from 'idb'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import { type BlockStore, StorageFailure } from '../storage.port.ts'
import type { BlocksDatabase, BlocksSchema, TotalsRecord } from './database.ts'
import { guarded, written } from './failure.ts'
import { groupCommit } from './group-commit.ts'
import { groupRead } from './group-read.ts'

const defaultQuotaBytes = 512 * 1_048_576
/** Of what the browser would give this origin: the rest stays for logs, results and whatever else the person keeps. */
const quotaDivisor = 10
/** Reads remembered before their times are written: losing them in a closed tab only makes the order of dropping coarser. */
const mostTouched = 256
const totalsKey = 'totals'
const strict = { durability: 'strict' } as const
const stores = ['blocks', 'uses', 'pins', 'totals'] as const
type Write = { readonly cid: Cid; readonly bytes: Uint8Array }
type Put = Result<void, 'over-quota' | 'disk-full'>
type Transaction = IDBPTransaction<BlocksSchema, typeof stores, 'readwrite'>

/** 512 MiB, or a tenth of what the browser offers where that is less. */
export async function defaultQuota(): Promise<number> {
  const estimate = await globalThis.navigator?.storage?.estimate?.().catch(() => undefined)
  return Math.min(defaultQuotaBytes, Math.floor((estimate?.quota ?? Number.POSITIVE_INFINITY) / quotaDivisor))
}

/**
 * Blocks on IndexedDB, shared by all slots. Within the quota the least recently used unpinned block makes room.
 * Methods reject with StorageFailure, save that a full disk is an answer of `put`. @param now milliseconds
 */
export function idbBlockStore(database: BlocksDatabase, quotaBytes: number, now: () => number): BlockStore {
  const touched = new Map<string, number>()
  // A block that a power cut takes is fetched again; one that is needed is pinned, and that write flushes all before it.
  const begin = (): Transaction => database.transaction(stores, 'readwrite', { durability: 'relaxed' })

  function touch(cid: string): void {
    touched.set(cid, now())
    if (touched.size < mostTouched) return
    const times = [...touched]
    touched.clear()
    // nobody waits for it, and an order of use that is lost costs a block fetched once more
    written(begin, 'noting uses', (transaction) => noteUses(transaction, times)).catch(() => {})
  }

  const put = groupCommit<Write, Put>(async (batch) => {
    try {
      return await written(begin, 'storing blocks', async (transaction) => {
        await noteUses(transaction, [...touched])
        touched.clear()
        return await putAll(transaction, batch, { quotaBytes, usedAt: now() })
      })
    } catch (error) {
      if (!(error instanceof StorageFailure) || error.code !== 'disk-full') throw error
      return batch.map(({ bytes }) => refuse('disk-full', { sizeBytes: bytes.length }))
    }
  })

  const readers = <S extends 'blocks' | 'uses'>(name: S) => {
    const transaction = database.transaction(name)
    transaction.done.catch(() => {}) // whoever reads is told by the read itself
    return transaction.store
  }
  const read = groupRead((cids: readonly Cid[]) => {
    const store = readers('blocks')
    return cids.map((cid) => store.get(cid))
  })
  const find = groupRead((cids: readonly Cid[]) => {
    const store = readers('uses')
    return cids.map((cid) => store.getKey(cid))
  })

  const beginPins = () => database.transaction('pins', 'readwrite', strict)
  return {
    has: (cid) => guarded('looking for a block', async () => (await find(cid)) !== undefined),
    get: (cid) =>
      guarded('reading a block', async () => {
        const bytes = await read(cid)
        if (bytes) touch(cid)
        return bytes
      }),
    put: (cid, bytes) => put({ cid, bytes }),
    pin: async (cid, owner) => {
      await written(beginPins, 'pinning a block', ({ store }) => store.put({ owner, cid }, [owner, cid]))
    },
    unpin: (owner) =>
      written(beginPins, 'unpinning blocks', ({ store }) => store.delete(IDBKeyRange.bound([owner], [owner, []]))),
    usage: () =>
      guarded('reading usage', async () => {
        const { usedBytes, blocks } = (await database.get('totals', totalsKey)) ?? nothing
        return { usedBytes, quotaBytes, blocks }
      }),
  }
}

const nothing: TotalsRecord = { usedBytes: 0, blocks: 0 }

async function putAll(
  transaction: Transaction,
  batch: readonly Write[],
  { quotaBytes, usedAt }: { quotaBytes: number; usedAt: number },
): Promise<readonly Put[]> {
  const blocks = transaction.objectStore('blocks')
  const uses = transaction.objectStore('uses')
  const totals = transaction.objectStore('totals')
  const names = [...new Set(batch.map(({ cid }) => cid))]
  const [before, ...keys] = await Promise.all([totals.get(totalsKey), ...names.map((cid) => uses.getKey(cid))])
  const known = new Set<string | undefined>(keys)
  let { usedBytes, blocks: stored } = before ?? nothing

  /** Waited for a few at a time: one after the other each would cost a turn of the browser's, and many at once a long task. */
  const putting: Promise<unknown>[] = []
  const putOne = async ({ cid, bytes }: Write): Promise<Put> => {
    const sizeBytes = bytes.length
    const isKnown = known.has(cid)
    const victims = isKnown ? [] : await leastUsed(transaction, usedBytes + sizeBytes - quotaBytes)
    if (!victims) return refuse('over-quota', { sizeBytes, usedBytes, quotaBytes })
    putting.push(uses.put({ sizeBytes, usedAt }, cid))
    if (isKnown) return ok(undefined)
    for (const victim of victims) {
      await Promise.all([blocks.delete(victim.cid), uses.delete(victim.cid)])
      known.delete(victim.cid)
    }
    if (putting.length >= mostAtOnce) await Promise.all(putting.splice(0))
    putting.push(blocks.put(storable(bytes), cid))
    known.add(cid)
    usedBytes += sizeBytes - victims.reduce((sum, victim) => sum + victim.sizeBytes, 0)
    stored += 1 - victims.length
    return ok(undefined)
  }

  const answers: Put[] = []
  for (const write of batch) answers.push(await putOne(write))
  await Promise.all([...putting, totals.put({ usedBytes, blocks: stored }, totalsKey)])
  return answers
}

/** Two requests a block; the browser copies a block before `put` returns, in a millisecond. */
const mostAtOnce = 4

/** What a view may leave unused of its buffer, for the browser stores the whole buffer with it: the name around a block. */
const mostUnused = 1_024

/** A view into a much larger buffer is copied first. */
const storable = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer.byteLength - bytes.length <= mostUnused ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)

type Victim = { readonly cid: string; readonly sizeBytes: number }

/** Unpinned blocks of at least `wantedBytes` together, longest unused first; undefined where there are not enough. */
async function leastUsed(transaction: Transaction, wantedBytes: number): Promise<readonly Victim[] | undefined> {
  const pinned = transaction.objectStore('pins').index('cid')
  const victims: Victim[] = []
  let found = 0
  let cursor = wantedBytes > 0 ? await transaction.objectStore('uses').index('usedAt').openCursor() : null
  while (cursor && found < wantedBytes) {
    const cid = cursor.primaryKey
    if ((await pinned.getKey(cid)) === undefined) {
      victims.push({ cid, sizeBytes: cursor.value.sizeBytes })
      found += cursor.value.sizeBytes
    }
    cursor = await cursor.continue()
  }
  return found >= wantedBytes ? victims : undefined
}

async function noteUses(transaction: Transaction, times: readonly (readonly [string, number])[]): Promise<void> {
  const uses = transaction.objectStore('uses')
  for (const [cid, usedAt] of times) {
    const use = await uses.get(cid)
    if (use) await uses.put({ ...use, usedAt }, cid)
  }
}
