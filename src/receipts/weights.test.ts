import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestFaultPpm, isBelieved, moreNeeded, mostWeight, oddsOf, weightOf } from './weights.ts'

describe('the weight of an answer', () => {
  it.each([
    [0, 2],
    [11, 2],
    [12, 3],
    [24, 7],
    [1_000_000, mostWeight],
  ])('[WT1] after %i valid results', (track, weight) => {
    expect(weightOf(track)).toBe(weight)
  })

  it('[WT2] is that of the rule in fractions', () => {
    const weights = fc.array(fc.integer({ min: 2, max: 7 }), { maxLength: 20 })
    const faults = fc.integer({ min: 1, max: 500_000 })
    fc.assert(
      fc.property(weights, fc.array(weights, { maxLength: 3 }), faults, (group, rest, faultPpm) => {
        const odds = oddsOf(group)
        const others = rest.reduce((sum, one) => sum + oddsOf(one), 0n)
        const [million, fault] = [1_000_000n, BigInt(faultPpm)]
        // Wg · trust > (1 + ΣW) · (trust − 1), both sides times the fault.
        const isSo = odds * million > (1n + odds + others) * (million - fault)
        expect(isBelieved(odds, others, faultPpm)).toBe(isSo)
      }),
    )
  })

  it('[WT3] tells how many more are needed', () => {
    const nobody = { odds: 1n, others: 0n }
    expect([10_000, 1_000, 10].map((fault) => moreNeeded(nobody, 2, fault))).toEqual([7, 10, 17])
    expect([10_000, 1_000, 10].map((fault) => moreNeeded(nobody, 7, fault))).toEqual([3, 4, 6])
    expect(moreNeeded({ odds: 128n, others: 0n }, 2, 10_000)).toBe(0)
    expect(moreNeeded({ odds: 128n, others: 2n }, 2, 10_000)).toBe(2)
  })

  it('[WT4] tells what a crowd can give at best', () => {
    expect(bestFaultPpm([], 64)).toBe(500_001)
    expect(bestFaultPpm([0, 0], 64)).toBe(200_001)
    expect(bestFaultPpm([0, 0, 100], 2)).toBe(66_667)
    const tracks = fc.array(fc.nat({ max: 40 }), { maxLength: 20 })
    fc.assert(
      fc.property(tracks, (all) => {
        const odds = oddsOf(all.map(weightOf))
        const best = bestFaultPpm(all, 64)
        expect(isBelieved(odds, 0n, best)).toBe(true)
        expect(isBelieved(odds, 0n, best - 1)).toBe(false)
      }),
    )
  })
})
