import { expect, it } from 'vitest'
import { exampleDid } from '../../receipts/receipt.examples.ts'
import type { StoredResult } from '../storage.port.ts'
import { plainTimers } from '../timer-worker.ts'
import { createKeptResults } from './kept-results.ts'
import { goodResult } from './plane.fixture.ts'
import { storedResult } from './results.ts'

/** A disk that does nothing until it is let. */
function slowDisk() {
  const done: string[] = []
  const waiting: (() => void)[] = []
  const write = <T>(what: string, value: T) =>
    new Promise<T>((resolve) => {
      waiting.push(() => {
        done.push(what)
        resolve(value)
      })
    })
  const named = (results: readonly StoredResult[]) => results.map(({ index, provider }) => `${index} ${provider[0]}`)
  return {
    done,
    add: (results: readonly StoredResult[]) => write<void>(`add ${named(results)}`, undefined),
    takeBack: (indexes: readonly number[]) => write<readonly StoredResult[]>(`take back ${indexes}`, []),
    async go(): Promise<void> {
      for (const one of waiting.splice(0)) one()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const result = (index: number, who: string): StoredResult => ({
  ...storedResult(goodResult(index), exampleDid('P'), undefined),
  provider: who as StoredResult['provider'],
})

it('[SC15] what is taken back is gone from the disk before the task has its next result there, however slow that is', async () => {
  const disk = slowDisk()
  const kept = createKeptResults(0, disk, plainTimers())
  void kept.add([result(0, 'liar')])
  await disk.go()
  void kept.add([result(1, 'liar')])
  void kept.takeBack([0, 1])
  void kept.add([result(0, 'honest'), result(1, 'honest')])
  kept.hurry()
  expect(kept.behind(0, 9)?.map(({ result }) => `${result.index} ${result.provider}`)).toEqual(['0 honest', '1 honest'])
  for (let round = 0; round < 4; round++) await disk.go()
  expect(disk.done).toEqual(['add 0 l', 'add 1 l', 'take back 0,1', 'add 0 h,1 h'])
})
