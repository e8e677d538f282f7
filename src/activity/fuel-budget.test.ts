import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aCid, aDid } from '../market/market.examples.ts'
import { createFuelBudget } from './fuel-budget.ts'
import { createSchedule, type Verdict } from './schedule.ts'

const [a, b] = [aDid('A'), aDid('B')]
const lane = { a: aCid('a'), b: aCid('b'), c: aCid('c') }
const limits = { timeoutMs: 1_000, slackMs: 400 }

/** Sealed tasks under a budget of ten tasks' limits. */
function budgeted(total: number, fuel = { perTask: 100n, most: 1_000n }) {
  const schedule = createSchedule({ ...limits, fuel })
  schedule.extend(total)
  schedule.seal()
  return schedule
}

describe('a budget of fuel', () => {
  it('[FB1] [SC12] lets out only what fits, and more as tasks use less than they might', () => {
    const schedule = budgeted(40, { perTask: 100n, most: 250n })
    schedule.join(lane.a, a, 4, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    schedule.answer(lane.a, 0, 'ok', 1, 1, { fuel: 30n })
    expect(schedule.take(lane.a, 1)).toEqual([2])
    expect(schedule.isOutOfFuel()).toBe(false)
  })

  it('[SC12] is out of fuel when nothing fits and nothing is out; what was done is kept', () => {
    const schedule = budgeted(5, { perTask: 100n, most: 200n })
    schedule.join(lane.a, a, 4, 0)
    for (const index of schedule.take(lane.a, 0)) {
      expect(schedule.isOutOfFuel()).toBe(false)
      schedule.answer(lane.a, index, 'ok', 1, 1, { fuel: 90n })
    }
    expect(schedule.take(lane.a, 1)).toEqual([])
    expect(schedule.isOutOfFuel()).toBe(true)
    expect(schedule.progress()).toMatchObject({ done: 2, ok: 2, fuelUsed: 180n })
  })

  it('[SC12] is not out of fuel when all is done, to the last unit', () => {
    const schedule = budgeted(2, { perTask: 100n, most: 200n })
    schedule.join(lane.a, a, 4, 0)
    for (const index of schedule.take(lane.a, 0)) schedule.answer(lane.a, index, 'ok', 1, 1, { fuel: 100n })
    expect(schedule.isOver()).toBe(true)
    expect(schedule.isOutOfFuel()).toBe(false)
  })

  it('[FB1] keeps aside what was taken from a provider, who may have done it and be paid', () => {
    const schedule = budgeted(2, { perTask: 100n, most: 200n })
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    schedule.leave(lane.a)
    schedule.join(lane.b, b, 1, 1)
    expect(schedule.take(lane.b, 1)).toEqual([])
    expect(schedule.isOutOfFuel()).toBe(false)
    // It comes back and is given the same tasks again: that is no more than it had.
    schedule.join(lane.a, a, 1, 2)
    expect(schedule.take(lane.a, 2)).toEqual([0, 1])
    schedule.leave(lane.a)
    schedule.budget?.forget(lane.a)
    expect(schedule.take(lane.b, 3)).toEqual([0, 1])
  })

  it('[FB2] counts failures, second copies and tries', () => {
    const schedule = budgeted(2)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    expect(schedule.answer(lane.a, 0, 'trapped', 1, 1, { fuel: 10n }).type).toBe('again')
    expect(schedule.answer(lane.a, 1, 'failed', 1, 1, { fuel: 20n }).type).toBe('ended')
    expect(schedule.take(lane.a, 1)).toEqual([0])
    schedule.leave(lane.a)
    schedule.join(lane.b, b, 1, 1)
    expect(schedule.take(lane.b, 1)).toEqual([0])
    expect(schedule.answer(lane.b, 0, 'ok', 1, 2, { fuel: 40n }).type).toBe('ended')
    expect(schedule.answer(lane.a, 0, 'ok', 1, 3, { fuel: 80n }).type).toBe('repeat')
    expect([schedule.budget?.used(), schedule.progress().fuelUsed]).toEqual([150n, 150n])
  })

  it('[FB3] does not bear what nobody gave away, beyond what is left', () => {
    const budget = createFuelBudget({ perTask: 100n, most: 250n })
    budget.reserve(lane.a, 0)
    budget.reserve(lane.b, 1)
    expect(budget.bears(lane.a, [{ index: 0, fuel: 100n }])).toBe(true)
    expect(budget.bears(lane.a, [{ index: 7, fuel: 50n }])).toBe(true)
    expect(budget.bears(lane.a, [{ index: 7, fuel: 51n }])).toBe(false)
    budget.spend(lane.a, 0, 100n)
    // The same once more takes of what the other may still use.
    expect(budget.bears(lane.a, [{ index: 0, fuel: 100n }])).toBe(false)
    expect(budget.bears(lane.b, [{ index: 1, fuel: 100n }])).toBe(true)
  })

  it('[FB4] knows after a reload what was used, and keeps aside what an earlier life may have given out', () => {
    const schedule = budgeted(9, { perTask: 100n, most: 900n })
    schedule.restore([0, 1], 0, 150n)
    schedule.budget?.restore([{ activity: lane.a, receipts: 150n, mayHold: 7 }])
    expect(schedule.progress().fuelUsed).toBe(150n)
    schedule.join(lane.b, b, 4, 0)
    expect(schedule.take(lane.b, 0)).toEqual([])
    // It brings one, and says that it is at another.
    expect(schedule.budget?.bears(lane.a, [{ index: 3, fuel: 100n }])).toBe(true)
    schedule.answer(lane.a, 3, 'ok', 1, 1, { fuel: 100n })
    schedule.budget?.learn(lane.a, [4])
    expect(schedule.budget?.owing()).toEqual([lane.a])
    expect(schedule.take(lane.b, 2).length).toBe(5)
    expect(schedule.budget?.fits()).toBe(false)
  })

  it('[FB4] bears what an earlier life gave out, also where more is supposed to be out than could be', () => {
    const budget = createFuelBudget({ perTask: 100n, most: 300n })
    budget.restore([
      { activity: lane.a, receipts: 50n, mayHold: 80 },
      { activity: lane.b, receipts: 0n, mayHold: 80 },
    ])
    expect([budget.fits(), budget.isSpent()]).toEqual([false, false])
    expect(budget.bears(lane.a, [{ index: 0, fuel: 100n }])).toBe(true)
    expect(budget.bears(lane.c, [{ index: 0, fuel: 100n }])).toBe(false)
    budget.learn(lane.b, [5])
    expect(
      budget.bears(lane.a, [
        { index: 0, fuel: 100n },
        { index: 1, fuel: 50n },
      ]),
    ).toBe(true)
    expect(
      budget.bears(lane.a, [
        { index: 0, fuel: 100n },
        { index: 1, fuel: 51n },
      ]),
    ).toBe(false)
  })

  it('[FB4] counts a receipt that came without its results, once', () => {
    const budget = createFuelBudget({ perTask: 100n, most: 300n })
    budget.restore([{ activity: lane.a, receipts: 50n, mayHold: 3 }])
    budget.spend(lane.a, 0, 30n)
    budget.learn(lane.a, [], 120n)
    expect(budget.used()).toBe(120n)
    budget.reserve(lane.a, 1)
    budget.spend(lane.a, 1, 20n)
    budget.forget(lane.a, 140n)
    expect([budget.used(), budget.owing()]).toEqual([140n, []])
  })

  it('[SC11] asks back what is held by the excluded and the silent, when nobody can go on without it', () => {
    const schedule = budgeted(4, { perTask: 100n, most: 200n })
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    schedule.join(lane.b, b, 1, 0)
    expect(schedule.heldUp(1)).toEqual([])
    expect(schedule.late(1_401)).toHaveLength(1)
    expect(schedule.heldUp(1_402)).toEqual([])
    expect(schedule.heldUp(2_801)).toEqual([lane.a])
    schedule.returns(lane.a, 2_802)
    expect(schedule.heldUp(2_803)).toEqual([])
    schedule.exclude(a, 'late')
    expect(schedule.heldUp(2_804)).toEqual([lane.a])
    schedule.budget?.forget(lane.a)
    expect(schedule.take(lane.b, 2_805)).toEqual([0, 1])
  })
})

const move = fc.record({
  who: fc.nat(2),
  what: fc.nat(11),
  pick: fc.nat(1_000),
  fuel: fc.bigInt({ min: 0n, max: 100n }),
  waitMs: fc.constantFrom(0, 1, 50, 600, 2_000),
})
type Move = { who: number; what: number; pick: number; fuel: bigint; waitMs: number }

/**
 * Anything happens to three providers that may tell, at any time, of each task that they were given, once for each time that they
 * were given it anew. Whatever they tell is paid.
 */
function play(total: number, most: bigint, moves: readonly Move[]): void {
  const perTask = 100n
  const schedule = budgeted(total, { perTask, most })
  const { budget } = schedule
  if (!budget) throw new Error('there is a budget')
  const parties = [
    [lane.a, aDid('A')],
    [lane.b, aDid('B')],
    [lane.c, aDid('C')],
  ] as const
  const untold = parties.map(() => new Set<number>())
  const verdicts: readonly Verdict[] = ['ok', 'ok', 'ok', 'failed', 'trapped', 'again']
  let paid = 0n
  let now = 0
  const tell = (who: number, index: number, verdict: Verdict, fuel: bigint): void => {
    expect(budget.bears(parties[who]![0], [{ index, fuel }])).toBe(true)
    untold[who]!.delete(index)
    paid += fuel
    schedule.answer(parties[who]![0], index, verdict, 5, now, { fuel })
  }
  for (const { who, what, pick, fuel, waitMs } of moves) {
    now += waitMs
    const [activity, provider] = parties[who]!
    if (what <= 1) schedule.join(activity, provider, 1 + (pick % 3), now)
    else if (what === 2) schedule.leave(activity)
    else if (what === 3) schedule.late(now)
    else if (what === 4) schedule.returns(activity, now)
    else if (what === 5) {
      // Its activity is over: nothing more is heard of it.
      schedule.leave(activity)
      budget.forget(activity)
      untold[who]!.clear()
    } else if (what <= 8) for (const index of schedule.take(activity, now, 1 + (pick % 5))) untold[who]!.add(index)
    else {
      const held = [...untold[who]!]
      if (held.length > 0) tell(who, held[pick % held.length]!, verdicts[pick % verdicts.length]!, fuel)
    }
    const mayCome = untold.reduce((sum, { size }) => sum + BigInt(size), 0n) * perTask
    expect(paid + mayCome).toBeLessThanOrEqual(most)
    expect([budget.used(), schedule.progress().fuelUsed]).toEqual([paid, paid])
  }
  // Whoever is left goes on: it ends with all done, or with nothing that fits.
  for (const [activity] of parties) {
    schedule.leave(activity)
    budget.forget(activity)
  }
  const [activity, provider] = [aCid('newcomer'), aDid('N')]
  schedule.join(activity, provider, 2, now)
  for (let round = 0; round <= 5 * total && !schedule.isOver() && !schedule.isOutOfFuel(); round++)
    for (const index of schedule.take(activity, now)) {
      paid += perTask
      schedule.answer(activity, index, 'ok', 5, now, { fuel: perTask })
    }
  expect(paid).toBeLessThanOrEqual(most)
  expect(schedule.isOver()).toBe(!schedule.isOutOfFuel())
}

describe('any order of loss, lateness, copies and tries', () => {
  it('[FB1] [FB2] never passes the budget, and comes to an end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.bigInt({ min: 100n, max: 6_000n }),
        fc.array(move, { minLength: 20, maxLength: 200, size: 'large' }),
        play,
      ),
      { numRuns: 300 },
    )
  })
})
