import { describe, expect, it } from 'vitest'
import { seeded } from './rng.ts'

const draws = (rng: { u32(): number }, count: number): number[] => Array.from({ length: count }, () => rng.u32())

describe('seeded generator', () => {
  /** Source: sfc32 of PractRand, computed apart from this code with 32-bit arithmetic. */
  it.each([
    [0, [2266749544, 3859721991, 3128767472, 1553841669]],
    [1, [3359835970, 1182520828, 4267878529, 3063500945]],
    [0xffffffff, [3808816175, 4158527780, 3722100240, 3084069354]],
  ])('gives the known numbers for the seed %i', (seed, expected) => {
    expect(draws(seeded(seed), 4)).toEqual(expected)
  })

  it('forks so that what one consumer draws shifts nothing for the other', () => {
    const forked = (drawsOfFirst: number): number[] => {
      const parent = seeded(7)
      const [first, second] = [parent.fork(), parent.fork()]
      draws(first, drawsOfFirst)
      return [...draws(second, 3), ...draws(parent, 3)]
    }
    expect(forked(0)).toEqual(forked(1_000))
    const parent = seeded(7)
    expect(draws(parent.fork(), 3)).not.toEqual(draws(parent.fork(), 3))
  })

  it('stays below its bound and reaches every number, each about as often', () => {
    const rng = seeded(3)
    const counts = new Map<number, number>()
    for (let n = 0; n < 60_000; n++) {
      const drawn = rng.below(6)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5])
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400)
    expect(seeded(3).below(1)).toBe(0)
    expect(rng.below(2 ** 32)).toBeGreaterThanOrEqual(0)
  })

  it('is as likely as asked', () => {
    const rng = seeded(4)
    const hits = Array.from({ length: 50_000 }, () => rng.chance(50)).filter(Boolean).length
    expect(Math.abs(hits - 2_500)).toBeLessThan(250)
    expect(Array.from({ length: 1_000 }, () => rng.chance(0)).some(Boolean)).toBe(false)
    expect(Array.from({ length: 1_000 }, () => rng.chance(1_000)).every(Boolean)).toBe(true)
  })
})
