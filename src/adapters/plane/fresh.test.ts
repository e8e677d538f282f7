import { describe, expect, it } from 'vitest'
import type { TaskInput } from '../../activity/task.ts'
import type { StoredResult } from '../storage.port.ts'
import { createFreshResults, createFreshTasks } from './fresh.ts'

const task = (sizeBytes = 0): TaskInput => ({ args: [], env: {}, stdin: new Uint8Array(sizeBytes), files: {} })
const result = (index: number, sizeBytes = 0): StoredResult => ({
  index,
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array(sizeBytes),
  stderr: new Uint8Array(0),
  files: {},
  durationUs: 1,
  provider: 'somebody',
})
const results = (from: number, count: number, sizeBytes = 0): StoredResult[] =>
  Array.from({ length: count }, (_, n) => result(from + n, sizeBytes))
const mebibyte = 1_048_576

describe('tasks that were given just now', () => {
  it('are read from memory by their index, and nothing else is', () => {
    const fresh = createFreshTasks()
    const tasks = [task(1), task(2), task(3)]
    fresh.add({ from: 10, tasks, stored: new Promise(() => {}) })
    expect([9, 10, 12, 13].map((index) => fresh.at(index)?.stdin.length)).toEqual([undefined, 1, 3, undefined])
    fresh.forget()
    expect(fresh.at(10)).toBeUndefined()
  })

  it('stay until the disk has them, however many they are; then the oldest make room', async () => {
    const fresh = createFreshTasks()
    const stored: (() => void)[] = []
    for (let chunk = 0; chunk < 20; chunk++) {
      const written = new Promise<void>((resolve) => stored.push(resolve))
      fresh.add({ from: chunk, tasks: [task()], stored: written })
    }
    const held = () =>
      Array.from({ length: 20 }, (_, index) => fresh.at(index)).filter((one) => one !== undefined).length
    expect(held()).toBe(20)
    for (const done of stored) done()
    await fresh.stored()
    expect(held()).toBe(16)
    expect(fresh.at(19)).toBeDefined()
  })

  it('weigh no more than four mebibytes once they are stored', async () => {
    const fresh = createFreshTasks()
    for (let from = 0; from < 6; from++) fresh.add({ from, tasks: [task(mebibyte)], stored: Promise.resolve() })
    await fresh.stored()
    expect([0, 1, 2, 3, 4, 5].map((index) => fresh.at(index) !== undefined)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ])
  })

  it('that the disk did not take are told to whoever waits for them', async () => {
    const fresh = createFreshTasks()
    fresh.add({ from: 0, tasks: [task()], stored: Promise.reject(new Error('no room')) })
    await expect(fresh.stored()).rejects.toThrow('no room')
    expect(fresh.at(0)).toBeDefined()
  })
})

describe('results that came just now', () => {
  it('stand at their place in the order of completion, behind those that were stored before', () => {
    const fresh = createFreshResults(5)
    fresh.add(results(40, 3))
    expect(fresh.behind(5, 10)?.map((row) => [row.position, row.result.index])).toEqual([
      [6, 40],
      [7, 41],
      [8, 42],
    ])
    expect(fresh.behind(6, 1)?.map(({ position }) => position)).toEqual([7])
    expect(fresh.behind(8, 10)).toEqual([])
  })

  it('are the disk’s to tell where they are no longer, or never were, in memory', () => {
    const fresh = createFreshResults(5)
    fresh.add(results(0, 1_030))
    expect(fresh.behind(4, 1)).toBeUndefined()
    expect(fresh.behind(5, 1)).toBeUndefined()
    expect(fresh.behind(11, 1)?.map(({ position }) => position)).toEqual([12])
    fresh.forget()
    expect(fresh.behind(11, 1)).toBeUndefined()
    expect(fresh.behind(1_035, 1)).toEqual([])
  })

  it('weigh no more than four mebibytes, but the newest is always here', () => {
    const fresh = createFreshResults(0)
    fresh.add(results(0, 6, mebibyte))
    expect(fresh.behind(2, 10)).toBeUndefined()
    expect(fresh.behind(3, 10)).toHaveLength(3)
    fresh.add([result(6, 5 * mebibyte)])
    expect(fresh.behind(6, 10)).toHaveLength(1)
  })

  it('are read by nobody once they are taken back', () => {
    const fresh = createFreshResults(0)
    fresh.add(results(0, 4))
    fresh.takeBack([0, 2])
    fresh.add(results(2, 1))
    expect(fresh.behind(0, 2)?.map((row) => [row.position, row.result.index])).toEqual([
      [2, 1],
      [4, 3],
    ])
    expect(fresh.behind(4, 9)?.map((row) => [row.position, row.result.index])).toEqual([[5, 2]])
  })
})
