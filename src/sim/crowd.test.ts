import { describe, expect, it } from 'vitest'
import { estimateOf } from '../receipts/estimate.ts'
import { toPpm, wrongAccepted } from '../receipts/redundancy.ts'
import { type CrowdJob, runCrowd } from './crowd.ts'
import type { CrowdFigures } from './crowd-figures.ts'
import { type Copier, type Lying, lies } from './crowd-liars.ts'
import { type Crowd, createCrowd } from './crowd-sellers.ts'
import { upperBound95 } from './poisson.ts'

/** One seed for all: what holds, holds in this very run. */
const seed = 20
const providers = 100
const tasks = 20_000
const crowd = (more: Partial<Parameters<typeof createCrowd>[0]> = {}): Crowd =>
  createCrowd({ seed, providers, liars: 30, ...more })
const adaptive = { mode: 'adaptive' } as const

/** On dear tasks alone: after honest work on cheap ones, a fifth of the job is dear. */
function played(
  lying: Lying,
  policy: CrowdJob['policy'],
  { count = tasks, ...more }: { count?: number } & Pick<Partial<CrowdJob>, 'frame' | 'isPlaceless'> = {},
): CrowdFigures {
  const all = crowd()
  if (lying !== 'dear tasks') return runCrowd(all, { ...more, tasks: count, policy, lying })
  runCrowd(all, { ...more, tasks: (4 * count) / 5, policy, lying })
  return runCrowd(all, { ...more, tasks: count / 5, policy, lying, isDear: true, price: 16 })
}
const allWrong = ({ wrongAccepted, singleWrong, unverifiedWrong }: CrowdFigures): number =>
  wrongAccepted + singleWrong + unverifiedWrong
const unknown = Array.from({ length: providers }, () => 0)

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
      const said = estimateOf(adaptive, { tracks: unknown, tasks: figures.tasks, isDear: lying === 'dear tasks' })
      expect(upperBound95(allWrong(figures)) / figures.tasks).toBeLessThanOrEqual(said.faultPpm! / 1_000_000)
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
    } = played(lying, { mode: 'confidence', faultPpm: 10_000 }, { count: 8_000 })
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
    const { liarGain, caughtHonest } = played(lying, { mode: 'quorum', quorum: 2, copies: 2 }, { count: 8_000 })
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

describe('whoever copies the answers of others', () => {
  const copied = (policy: CrowdJob['policy'], copier: Copier): CrowdFigures =>
    runCrowd(crowd(), { tasks: 1_500, policy, lying: 'copying', copier })
  const policies: readonly CrowdJob['policy'][] = [
    { mode: 'quorum', quorum: 2, copies: 2 },
    { mode: 'quorum', quorum: 2, copies: 3 },
    { mode: 'confidence', faultPpm: 10_000 },
  ]

  it.each(policies)('is paid for nothing where answers are seen as they are given: $mode', (policy) => {
    const { liarGain, liarUnearned, caughtLiars } = copied(policy, { sees: 'at once', way: 'waits' })
    expect(liarGain).toBeGreaterThan(0)
    expect(liarUnearned).toBeGreaterThan(0)
    expect(caughtLiars).toBe(0)
  })

  it.each(policies)(
    '[CO2] [CO3] has waited in vain where nothing is shown before it has committed: $mode',
    (policy) => {
      const figures = copied(policy, { sees: 'after commits', way: 'waits' })
      expect([figures.liarUnearned, figures.liarProfit, allWrong(figures)]).toEqual([0, 0, 0])
      expect(figures.caughtHonest).toBe(0)
    },
  )

  it.each(policies)('[CO4] [CO8] is found out where it shows what it did not commit to: $mode', (policy) => {
    const figures = copied(policy, { sees: 'after commits', way: 'swaps' })
    expect([figures.liarUnearned, allWrong(figures)]).toEqual([0, 0])
    expect(figures.liarGain).toBeLessThan(0)
    expect([figures.caughtLiars, figures.caughtHonest]).toEqual([30, 0])
  })
})

describe('a witnessed job', () => {
  const policy = { mode: 'witnessed', witnesses: 2, samplePermille: 62 } as const

  it.each(lies)('leaves no more wrong results than is said before: %s', (lying) => {
    const figures = played(lying, policy, { frame: 20, count: 8_000 })
    const said = estimateOf(policy, { tracks: unknown, tasks: figures.tasks })
    expect(upperBound95(allWrong(figures)) / figures.tasks).toBeLessThanOrEqual(said.faultPpm! / 1_000_000)
    expect(figures.liarGain).toBeLessThan(0)
    expect(figures.caughtHonest).toBeLessThanOrEqual(3)
  })

  it.each([1, 64])('[WN1] costs what is said before, with %i tasks under each receipt', (frame) => {
    const { copiesPerTask } = runCrowd(crowd({ liars: 0 }), { tasks: 10_000, policy, lying: 'alone', frame })
    const said = estimateOf(policy, { tracks: unknown, tasks: 10_000 }).copiesPermille / 1_000
    expect(Math.abs(copiesPerTask - said)).toBeLessThan(0.04)
  })
})

describe('tasks whose answer is known', () => {
  it('[KN2] are a fifth of the checks, also of providers that have one task at a time', () => {
    const all = crowd({ liars: 0, track: 100 })
    const figures = runCrowd(all, { tasks, policy: adaptive, lying: 'alone', isPlaceless: true })
    expect(figures.copiesPerTask).toBeLessThanOrEqual(1.1)
    const checks = figures.copiesPerTask * (1 - figures.knownShare) - 1
    expect((figures.copiesPerTask * figures.knownShare) / checks).toBeGreaterThan(0.14)
    expect((figures.copiesPerTask * figures.knownShare) / checks).toBeLessThan(0.22)
    expect(figures.caughtHonest).toBe(0)
  })

  it.each(lies)('leave no more wrong results than is said without them: %s', (lying) => {
    const figures = played(lying, adaptive, { isPlaceless: true, count: 10_000 })
    const said = estimateOf(adaptive, { tracks: unknown, tasks: figures.tasks, isDear: lying === 'dear tasks' })
    expect(upperBound95(allWrong(figures)) / figures.tasks).toBeLessThanOrEqual(said.faultPpm! / 1_000_000)
    expect(figures.liarGain).toBeLessThan(0)
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
