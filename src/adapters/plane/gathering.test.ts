import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { plainTimers } from '../timer-worker.ts'
import { createGathering } from './gathering.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function gathering(store: (items: readonly number[]) => Promise<void> = async () => {}) {
  const writes: (readonly number[])[] = []
  const noted = (items: readonly number[]): Promise<void> => {
    writes.push(items)
    return store(items)
  }
  return { writes, ...createGathering(noted, { timers: plainTimers(), waitMs: 20, most: 4 }) }
}

describe('what nobody waits for', () => {
  it('is stored at once after a pause, and then together with what comes soon, in order', async () => {
    const { writes, add } = gathering()
    const stored = [add([0]), add([1]), add([2, 3])]
    expect(writes).toEqual([[0]])
    vi.advanceTimersByTime(19)
    expect(writes).toEqual([[0]])
    vi.advanceTimersByTime(1)
    expect(writes).toEqual([[0], [1, 2, 3]])
    await Promise.all(stored)
    vi.advanceTimersByTime(20)
    void add([4])
    expect(writes).toEqual([[0], [1, 2, 3], [4]])
  })

  it('is stored at once when it has become much, or when somebody waits after all', () => {
    const { writes, add, hurry } = gathering()
    void add([0])
    void add([1, 2, 3])
    void add([4, 5])
    expect(writes).toEqual([[0], [1, 2, 3, 4, 5]])
    void add([6])
    hurry()
    hurry()
    expect(writes).toEqual([[0], [1, 2, 3, 4, 5], [6]])
    vi.advanceTimersByTime(100)
    expect(writes).toHaveLength(3)
  })

  it('fails together, and what comes after is tried by itself', async () => {
    let isFull = true
    const { add, hurry } = gathering(async () => {
      if (isFull) throw new Error('no room')
    })
    add([0]).catch(() => {})
    const lost = Promise.allSettled([add([1]), add([2])])
    hurry()
    expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    isFull = false
    const kept = add([3])
    hurry()
    await expect(kept).resolves.toBeUndefined()
  })
})
