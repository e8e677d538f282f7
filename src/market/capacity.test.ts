import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Capacity, noCapacity, release, remaining, reserve } from './capacity.ts'
import { aCid } from './market.examples.ts'

const whole: Capacity = { total: { threads: 4, memoryMb: 1_000 }, reserved: new Map() }
const taken = (capacity: Capacity, name: string, threads: number, memoryMb: number): Capacity => {
  const next = reserve(capacity, aCid(name), { threads, memoryMb })
  if (!next.ok) throw new Error(next.code)
  return next.value
}

describe('capacity', () => {
  it('[CP1] of two approvals that together want too much, the second is sold out', () => {
    const first = taken(whole, 'a', 3, 100)
    expect(reserve(first, aCid('b'), { threads: 2, memoryMb: 100 })).toEqual({
      ok: false,
      code: 'sold-out',
      facts: { threads: 2, freeThreads: 1, freeMemoryMb: 900 },
    })
    expect(reserve(first, aCid('b'), { threads: 1, memoryMb: 901 })).toMatchObject({ code: 'sold-out' })
    expect(remaining(taken(first, 'b', 1, 900))).toEqual({ threads: 0, memoryMb: 0 })
  })

  it('[CP1] the same agreement reserves once', () => {
    const once = taken(whole, 'a', 3, 100)
    expect(reserve(once, aCid('a'), { threads: 3, memoryMb: 100 })).toEqual({ ok: true, value: once })
  })

  it('[CP2] gives back what an ended agreement held, once', () => {
    const held = taken(taken(whole, 'a', 2, 100), 'b', 1, 50)
    const back = release(held, aCid('a'))
    expect(remaining(back)).toEqual({ threads: 3, memoryMb: 950 })
    expect(release(back, aCid('a'))).toBe(back)
    expect(release(whole, aCid('never'))).toBe(whole)
  })

  it('[CP1] nobody sells what there is not', () => {
    expect(reserve(noCapacity, aCid('a'), { threads: 1, memoryMb: 0 })).toMatchObject({ code: 'sold-out' })
  })

  const action = fc.record({
    isRelease: fc.boolean(),
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    threads: fc.nat(5),
    memoryMb: fc.nat(1_200),
  })
  it('[CP1] [CP2] never sells too much, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        let capacity = whole
        for (const { isRelease, name, threads, memoryMb } of actions) {
          if (isRelease) capacity = release(capacity, aCid(name))
          else {
            const next = reserve(capacity, aCid(name), { threads, memoryMb })
            if (next.ok) capacity = next.value
          }
          const held = [...capacity.reserved.values()]
          expect(held.reduce((sum, one) => sum + one.threads, 0)).toBeLessThanOrEqual(4)
          expect(held.reduce((sum, one) => sum + one.memoryMb, 0)).toBeLessThanOrEqual(1_000)
        }
      }),
    )
  })
})
