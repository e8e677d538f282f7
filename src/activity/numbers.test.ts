import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createNumbers, mostNumbers } from './numbers.ts'

const numbers = createNumbers(new Uint8Array(32).fill(7))
/** After a reload: the same key. */
const reloaded = createNumbers(new Uint8Array(32).fill(7))
const aTask = fc.record({ index: fc.nat(10_000_000), isKnown: fc.boolean() })

it('[KN1] a number stands for one task, and gives it back to whoever has the key', () => {
  fc.assert(
    fc.property(aTask, (task) => {
      const number = numbers.numberOf(task)
      expect(number).toBeLessThan(mostNumbers)
      expect(numbers.read(number)).toEqual(task)
      expect(reloaded.read(number)).toEqual(task)
    }),
  )
  const other = createNumbers(new Uint8Array(32).fill(8))
  const some = Array.from({ length: 100 }, (_, index) => ({ index, isKnown: false }))
  expect(some.map((task) => other.numberOf(task))).not.toEqual(some.map((task) => numbers.numberOf(task)))
})

it('[KN1] says nothing of order: what follows another is as often before as behind it', () => {
  const all = Array.from({ length: 4_000 }, (_, index) => numbers.numberOf({ index, isKnown: index % 7 === 0 }))
  expect(new Set(all).size).toBe(all.length)
  const rises = all.filter((number, at) => at > 0 && number > all[at - 1]!).length
  expect(Math.abs(rises - 2_000)).toBeLessThan(130)
  const upper = all.filter((number) => number >= mostNumbers / 2).length
  expect(Math.abs(upper - 2_000)).toBeLessThan(130)
})
