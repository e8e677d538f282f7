import { describe, expect, it } from 'vitest'
import { estimateOf } from '../receipts/estimate.ts'
import { toPpm, wrongAccepted } from '../receipts/redundancy.ts'
import { type Crowd, type CrowdFigures, createCrowd, runCrowd } from './crowd.ts'
import { type Lying, lies } from './crowd-liars.ts'
import { upperBound95 } from './poisson.ts'

/** One seed for all: what holds, holds in this very run. */
const seed = 20
const providers = 100
const tasks = 20_000
const crowd = (more: Partial<Parameters<typeof createCrowd>[0]> = {}): Crowd =>
  createCrowd({ seed, providers, liars: 30, ...more })
const adaptive = { mode: 'adaptive' } as const

/** On dear tasks alone: after honest work on cheap ones, a fifth of the job is dear. */
function played(lying: Lying, policy: Parameters<typeof runCrowd>[1]['policy'], count = tasks): CrowdFigures {
  const all = crowd()
  if (lying !== 'dear tasks') return runCrowd(all, { tasks: count, policy, lying })
  runCrowd(all, { tasks: (4 * count) / 5, policy, lying })
  return runCrowd(all, { tasks: count / 5, policy, lying, isDear: true, price: 16 })
}

describe('the bound of what was seen', () => {
  it('is that of the tables', () => {
    const tables = [2.9957, 4.7439, 6.2958, 7.7537, 9.1535, 10.513]
    for (const [seen, bound] of tables.entries()) expect(upperBound95(seen)).toBeCloseTo(bound, 3)
    expect(upperBound95(100)).toBeCloseTo(118.08, 1)
    expect(upperBound95(10_000)).toBeGreaterThan(10_160)
    expect(upperBound95(10_000)).toBeLessThan(10_170)
  })
})

describe('a crowd of whom three in ten lie', () => {
  it.each(lies)(
    'gains nothing under adaptive checking, and leaves no more wrong results than is said before: %s',
    (lying) => {
      const figures = played(lying, adaptive)
      expect(figures.liarGain).toBeLessThan(0)
      expect(figures.liarProfit).toBeLessThan(figures.honestProfit)
      expect(figures.caughtHonest).toBeLessThanOrEqual(3)
      expect(figures.copiesPerTask).toBeLessThan(1.5)
      const tracks = Array.from({ length: providers }, () => 0)
      const said = estimateOf(adaptive, { tracks, tasks: figures.tasks, isDear: lying === 'dear tasks' })
      const wrong = figures.wrongAccepted + figures.singleWrong + figures.unverifiedWrong
      expect(upperBound95(wrong) / figures.tasks).toBeLessThanOrEqual(said.faultPpm! / 1_000_000)
    },
  )

  it.each(lies)('leaves no more wrong results than the confidence says: %s', (lying) => {
    const {
      accepted,
      single,
      unverified,
      wrongAccepted: wrong,
      singleWrong,
      liarGain,
    } = played(lying, { mode: 'confidence', faultPpm: 10_000 }, 8_000)
    const all = accepted + single
    expect(upperBound95(wrong + singleWrong) / all).toBeLessThanOrEqual(0.01)
    expect(unverified / (all + unverified)).toBeLessThan(0.01)
    expect(liarGain).toBeLessThan(0)
  })

  it('holds its confidence also while liars stay, unknown like everybody', () => {
    const policy = { mode: 'confidence', faultPpm: 10_000 } as const
    const figures = runCrowd(crowd({ isEven: true }), { tasks: 4_000, policy, lying: 'together', isForgiving: true })
    expect(figures.wrongAccepted).toBeGreaterThan(0)
    expect(upperBound95(figures.wrongAccepted) / figures.accepted).toBeLessThanOrEqual(0.01)
    expect(figures.copiesPerTask).toBeGreaterThan(7)
  })

  it.each([
    { quorum: 2, copies: 3 },
    { quorum: 3, copies: 5 },
    { quorum: 2, copies: 2 },
  ])(
    'accepts wrong results of $quorum of $copies as often as the closed form says, and none of liars on their own',
    (rule) => {
      const policy = { mode: 'quorum', ...rule } as const
      const together = runCrowd(crowd({ isEven: true }), { tasks, policy, lying: 'together', isForgiving: true })
      const expected = toPpm(wrongAccepted(rule, { liars: 30, providers })) / 1_000_000
      // Four standard deviations.
      const slack = 4 * Math.sqrt((expected * (1 - expected)) / tasks)
      expect(Math.abs(together.wrongAccepted / tasks - expected)).toBeLessThan(slack)
      const alone = runCrowd(crowd(), { tasks, policy, lying: 'alone', isForgiving: true })
      expect(alone.wrongAccepted).toBe(0)
    },
  )

  it.each(lies)('gains nothing under a quorum of two of two: %s', (lying) => {
    const { liarGain, caughtHonest } = played(lying, { mode: 'quorum', quorum: 2, copies: 2 }, 8_000)
    expect(liarGain).toBeLessThan(0)
    expect(caughtHonest).toBeLessThanOrEqual(5)
  })

  it('lets those of one owner confirm nothing of each other', () => {
    const sybils = runCrowd(crowd({ owned: 30 }), { tasks, policy: adaptive, lying: 'together' })
    expect(sybils.wrongAccepted).toBe(0)
    expect(sybils.liarGain).toBeLessThan(0)
    expect(sybils.liarUnearned).toBe(0)
    expect(sybils.caughtHonest).toBe(0)
  })
})

describe('an honest crowd', () => {
  it('that is known costs a tenth more at most, and nobody of it is found wrong', () => {
    const figures = runCrowd(crowd({ liars: 0, track: 100 }), { tasks, policy: adaptive, lying: 'alone' })
    expect(figures.copiesPerTask).toBeLessThanOrEqual(1.1)
    expect(figures.caughtHonest).toBe(0)
    expect(figures.unverified).toBe(0)
  })

  it('costs nothing where results are taken as they come', () => {
    const figures = runCrowd(crowd({ liars: 0 }), { tasks, policy: { mode: 'once' }, lying: 'alone' })
    expect(figures.copiesPerTask).toBeLessThan(1.01)
  })
})
