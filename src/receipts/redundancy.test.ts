import { describe, expect, it } from 'vitest'
import { estimateOf } from './estimate.ts'
import { checkPpm, toPpm, wrongAccepted, wrongAcceptedAlone } from './redundancy.ts'

const crowd = { liars: 300, providers: 1_000 }

describe('how often a task is checked', () => {
  it.each([
    ['a track of nine', { track: 9, held: 500, isDear: false }, 1_000_000],
    ['nothing held back', { track: 5_000, held: 0, isDear: false }, 1_000_000],
    ['one task held back', { track: 5_000, held: 1, isDear: false }, 1_000_000],
    ['the second task of a job', { track: 5_000, held: 2, isDear: false }, 750_000],
    ['ten valid results', { track: 10, held: 60, isDear: false }, 100_000],
    ['a thousand', { track: 1_000, held: 60, isDear: false }, 50_000],
    ['a thousand, where a task is dear', { track: 1_000, held: 60, isDear: true }, 100_000],
  ])('[RD1] [RD2] after %s', (_, standing, ppm) => {
    expect(checkPpm(standing)).toBe(ppm)
  })

  it('[RD2] never falls when a track is shorter or less is held back', () => {
    for (let track = 0; track < 40; track++)
      for (let held = 0; held < 70; held++) {
        const here = checkPpm({ track, held, isDear: false })
        expect(here).toBeGreaterThanOrEqual(checkPpm({ track: track + 1, held, isDear: false }))
        expect(here).toBeGreaterThanOrEqual(checkPpm({ track, held: held + 1, isDear: false }))
      }
  })
})

describe('k of n equal answers', () => {
  it('[RD3] are wrong as often as a count over all orders says', () => {
    expect(toPpm(wrongAccepted({ quorum: 1, copies: 1 }, crowd))).toBe(300_000)
    // Three of a thousand, of whom two or three lie: nothing is left to dispute.
    const twoOfThree = wrongAccepted({ quorum: 2, copies: 3 }, crowd)
    expect(toPpm(twoOfThree)).toBe(215_748)
    expect(wrongAccepted({ quorum: 2, copies: 5 }, crowd).part * twoOfThree.of).toBe(
      wrongAccepted({ quorum: 2, copies: 5 }, crowd).of * twoOfThree.part,
    )
    // Both lie: 89,790 ppm. One of them does: three more lies than truths come first in 73 of 1,000.
    expect(toPpm(wrongAccepted({ quorum: 2, copies: 2 }, crowd))).toBe(120_917)
  })

  it('[RD3] are never wrong without as many liars, and always among liars alone', () => {
    expect(wrongAccepted({ quorum: 3, copies: 5 }, { liars: 2, providers: 9 }).part).toBe(0n)
    const { part, of } = wrongAccepted({ quorum: 2, copies: 3 }, { liars: 3, providers: 3 })
    expect(part).toBe(of)
  })

  it('[RD4] are never wrong where liars do not agree', () => {
    expect(toPpm(wrongAcceptedAlone({ quorum: 2 }, crowd))).toBe(0)
    expect(toPpm(wrongAcceptedAlone({ quorum: 1 }, crowd))).toBe(300_000)
  })
})

const unknown = { tracks: Array.from({ length: 30 }, () => 0), tasks: 30_000 }
const known = { tracks: Array.from({ length: 30 }, () => 100), tasks: 30_000 }

describe('what a policy costs, before it starts', () => {
  it('[RD5] is one copy, or one and the witnesses', () => {
    expect(estimateOf({ mode: 'once' }, unknown)).toEqual({ copiesPermille: 1_000 })
    expect(estimateOf({ mode: 'witnessed', witnesses: 3, samplePermille: 50 }, unknown).copiesPermille).toBe(1_150)
  })

  it('[RD5] is at most a tenth more where the crowd is known', () => {
    expect(estimateOf({ mode: 'adaptive' }, known).copiesPermille).toBeLessThanOrEqual(1_100)
    expect(estimateOf({ mode: 'adaptive' }, unknown).copiesPermille).toBeGreaterThan(1_050)
    expect(estimateOf({ mode: 'adaptive' }, { ...unknown, tasks: 30 })).toEqual({
      copiesPermille: 2_000,
      faultPpm: 250_000,
    })
    expect(estimateOf({ mode: 'adaptive' }, { tracks: [5], tasks: 30 })).toEqual({ copiesPermille: 1_000 })
  })

  it('[RD5] [KN2] has the known tasks in it, a fifth of the checks of whoever is not always checked', () => {
    // 55 of a thousand are checked; the fault is that of those alone.
    expect(estimateOf({ mode: 'adaptive' }, known)).toEqual({ copiesPermille: 1_000 + 55 + 11, faultPpm: 4_546 })
  })

  it('[RD5] is all copies of a quorum, with the fault that a third of liars leaves', () => {
    expect(estimateOf({ mode: 'quorum', quorum: 2, copies: 3 }, unknown)).toEqual({
      copiesPermille: 3_000,
      faultPpm: 251_232,
    })
    expect(estimateOf({ mode: 'quorum', quorum: 3, copies: 3 }, { tracks: [0, 0], tasks: 1 }).faultPpm).toBeUndefined()
  })

  it('[RD5] is less for a confidence the better the crowd is known, and refused with the best it can', () => {
    expect(estimateOf({ mode: 'confidence', faultPpm: 1_000 }, unknown)).toEqual({
      copiesPermille: 10_000,
      faultPpm: 1_000,
    })
    expect(estimateOf({ mode: 'confidence', faultPpm: 1_000 }, known).copiesPermille).toBe(4_000)
    const few = { tracks: [0, 0, 0], tasks: 10 }
    expect(estimateOf({ mode: 'confidence', faultPpm: 1_000 }, few).bestFaultPpm).toBe(111_112)
  })
})
