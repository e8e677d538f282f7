import { describe, expect, it } from 'vitest'
import type { TaskRequest } from './api.ts'
import { drain } from './task-source.ts'

/** A disk that stores nothing before a test says so, and notes when somebody waits for it. */
function disk() {
  const waiting: PromiseWithResolvers<void>[] = []
  const chunks: number[] = []
  let hurries = 0
  return {
    chunks,
    hurries: () => hurries,
    store(chunk: readonly unknown[]): Promise<void> {
      chunks.push(chunk.length)
      const one = Promise.withResolvers<void>()
      waiting.push(one)
      return one.promise
    },
    hurry() {
      hurries += 1
    },
    land() {
      for (const { resolve } of waiting.splice(0)) resolve()
    },
    fail() {
      for (const { reject } of waiting.splice(0)) reject(new Error('no room'))
    },
  }
}
/** Everything that can happen without the disk or the source has happened. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
function* many(count: number): Generator<TaskRequest> {
  for (let i = 0; i < count; i++) yield {}
}
/** Gives each task only when asked by the test. */
function slow() {
  let give = Promise.withResolvers<boolean>()
  async function* source(): AsyncGenerator<TaskRequest> {
    while (await give.promise) {
      give = Promise.withResolvers()
      yield {}
    }
  }
  return { source: source(), give: (isMore: boolean) => give.resolve(isMore) }
}

describe('tasks of a source', () => {
  it('go on one by one where it is slow, without waiting for the disk', async () => {
    const it = disk()
    const { source, give } = slow()
    const drained = drain(source, it)
    for (let i = 0; i < 20; i++) {
      give(true)
      await turns()
    }
    expect([it.chunks, it.hurries()]).toEqual([Array(20).fill(1), 0])
    give(false)
    await turns()
    expect(it.hurries()).toBeGreaterThan(0) // now somebody waits for them
    it.land()
    expect(await drained).toMatchObject({ ok: true })
  })

  it('are asked for no more while a thousand are on their way to the disk', async () => {
    const it = disk()
    const drained = drain(many(3_000), it)
    await turns()
    expect(it.chunks).toEqual([256, 256, 256, 256, 256])
    expect(it.hurries()).toBe(1)
    it.land()
    await turns()
    expect(it.chunks.length).toBeGreaterThan(5)
    for (let i = 0; i < 10; i++) {
      it.land()
      await turns()
    }
    expect(await drained).toMatchObject({ ok: true })
    expect(it.chunks.reduce((sum, count) => sum + count, 0)).toBe(3_000)
  })

  it('that the disk does not take end it as the disk said', async () => {
    const it = disk()
    const drained = drain(many(10), it)
    await turns()
    it.fail()
    await expect(drained).rejects.toThrow('no room')
  })
})
