import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { cidOf } from '../../wire/cid.ts'
import { storageContract } from '../storage.contract.ts'
import { StorageFailure } from '../storage.port.ts'
import { storageFailure } from './failure.ts'
import { groupCommit } from './group-commit.ts'
import { openStorage } from './storage.ts'

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

describe('IndexedDB storage', () => {
  for (const { name, run } of storageContract)
    it(name, async () => {
      let time = 1_000_000
      await run({
        open: (quotaBytes) => openStorage({ slot: 0, quotaBytes, now: () => time }),
        pass: (durationMs) => {
          time += durationMs
        },
      })
    })

  it('keeps slots apart and shares blocks among them', async () => {
    const [zero, one] = await Promise.all([openStorage({ slot: 0 }), openStorage({ slot: 1 })])
    const bytes = new Uint8Array([1, 2, 3])
    const cid = cidOf(bytes, 'raw')
    await zero.log.append([{ id: cid, body: bytes }])
    await zero.blocks.put(cid, bytes)
    expect(await one.log.read(0, 9)).toEqual([])
    expect(await one.blocks.get(cid)).toEqual(bytes)
  })

  it('says that storage is blocked where there is none', async () => {
    const kept = globalThis.indexedDB
    // @ts-expect-error a browser that keeps no data has no factory
    globalThis.indexedDB = undefined
    await expect(openStorage({ slot: 0 })).rejects.toMatchObject({ code: 'storage-blocked' })
    globalThis.indexedDB = kept
  })

  it('says that storage is broken when the database was closed under it, and rejects nothing else', async () => {
    const { log, jobs, blocks, close } = await openStorage({ slot: 0 })
    close()
    const cid = cidOf(new Uint8Array([1]), 'raw')
    const broken = { name: 'StorageFailure', code: 'storage-broken' }
    await expect(log.append([{ id: cid, body: new Uint8Array([1]) }])).rejects.toMatchObject(broken)
    await expect(log.read(0, 1)).rejects.toMatchObject(broken)
    await expect(jobs.addResults(cid, [{ index: 0 } as never])).rejects.toMatchObject(broken)
    await expect(blocks.put(cid, new Uint8Array([1]))).rejects.toMatchObject(broken)
  })

  it('stores nothing of a batch of which one entry cannot be stored', async () => {
    const { log } = await openStorage({ slot: 0 })
    const good = { id: cidOf(new Uint8Array([1]), 'raw'), body: new Uint8Array([1]) }
    const bad = { id: (() => {}) as never, body: new Uint8Array([2]) }
    await expect(log.append([good, bad])).rejects.toBeInstanceOf(StorageFailure)
    expect(await log.read(0, 9)).toEqual([])
    await log.append([good])
    expect(await log.read(0, 9)).toHaveLength(1)
  })
})

describe('failures', () => {
  it('have the code that says what to do', () => {
    const code = (name: string) => storageFailure(new DOMException('x', name), 'trying').code
    expect(code('QuotaExceededError')).toBe('disk-full')
    expect(code('SecurityError')).toBe('storage-blocked')
    expect(code('AbortError')).toBe('storage-broken')
    expect(storageFailure('a string', 'trying').code).toBe('storage-broken')
  })
})

describe('group commit', () => {
  it('sends together what gathered while a batch was in flight', async () => {
    const batches: number[][] = []
    let land: () => void = () => {}
    const write = groupCommit<number, number>((batch) => {
      batches.push([...batch])
      return new Promise((resolve) => {
        land = () => resolve(batch.map((n) => n * 2))
      })
    })
    const first = write(1)
    const others = [write(2), write(3)]
    expect(batches).toEqual([[1]])
    land()
    expect(await first).toBe(2)
    expect(batches).toEqual([[1], [2, 3]])
    land()
    expect(await Promise.all(others)).toEqual([4, 6])
  })

  it('rejects a batch that failed and goes on with the next', async () => {
    let failing = true
    const write = groupCommit<number, number>(async (batch) => {
      if (failing) throw new Error('full')
      return batch
    })
    await expect(write(1)).rejects.toThrow('full')
    failing = false
    expect(await write(2)).toBe(2)
  })

  it('refuses to queue without end before a disk that does not answer', async () => {
    const write = groupCommit<number, number>(() => new Promise(() => {}))
    for (let n = 0; n <= 16_384; n++) void write(n)
    await expect(write(0)).rejects.toMatchObject({ code: 'storage-broken' })
  })
})
