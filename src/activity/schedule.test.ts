import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../kernel/rng.ts'
import { aCid, aDid } from '../market/market.examples.ts'
import { createSchedule, type Schedule, type Verdict } from './schedule.ts'

const limits = { timeoutMs: 1_000, slackMs: 400 }
const [a, b, c] = [aDid('A'), aDid('B'), aDid('C')]
const lane = { a: aCid('a'), b: aCid('b'), c: aCid('c') }

/** A schedule of `total` stored tasks, sealed. */
function sealed(total: number): Schedule {
  const schedule = createSchedule(limits)
  schedule.extend(total)
  schedule.seal()
  return schedule
}

describe('a schedule', () => {
  it('[SC1] hands every task out once while nothing is lost', () => {
    const schedule = sealed(7)
    schedule.join(lane.a, a, 2, 0)
    schedule.join(lane.b, b, 2, 0)
    const taken = [...schedule.take(lane.a, 0), ...schedule.take(lane.b, 0)]
    expect(taken.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6])
    for (const index of taken) expect(schedule.answer(lane.a, index, 'ok', 1, 1).type).toBe('ended')
    expect(schedule.isOver()).toBe(true)
    expect(schedule.progress()).toMatchObject({ total: 7, done: 7, ok: 7, failed: 0 })
  })

  it('[SC1] takes the first answer, and no later one', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    expect(schedule.answer(lane.a, 0, 'failed', 1, 1).type).toBe('ended')
    expect(schedule.answer(lane.a, 0, 'ok', 1, 1).type).toBe('repeat')
    expect(schedule.answer(lane.a, 5, 'ok', 1, 1).type).toBe('repeat')
    expect(schedule.progress()).toMatchObject({ ok: 0, failed: 1, done: 1 })
  })

  it('[SC1] is not over before the list is sealed', () => {
    const schedule = createSchedule(limits)
    schedule.extend(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    schedule.answer(lane.a, 0, 'ok', 1, 1)
    expect(schedule.isOver()).toBe(false)
    schedule.seal()
    expect(schedule.isOver()).toBe(true)
  })

  it('[KN4] by chance hands a lane no more at once than it has done, but two a thread', () => {
    const schedule = createSchedule({ ...limits, chance: seeded(5) })
    schedule.extend(1_000)
    schedule.join(lane.a, a, 2, 0)
    const sizes: number[] = []
    for (let now = 0; now < 6; now++) {
      const taken = schedule.take(lane.a, now)
      sizes.push(taken.length)
      for (const index of taken) schedule.answer(lane.a, index, 'ok', 1, now)
    }
    expect(sizes).toEqual([4, 4, 8, 16, 32, 64])
  })

  it('[SC4] gives the tasks of whoever leaves to others first', () => {
    const schedule = sealed(20)
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    schedule.leave(lane.a)
    schedule.join(lane.b, b, 2, 0)
    expect(schedule.take(lane.b, 0)).toEqual([0, 1, 2, 3])
  })

  it('[SC4] gives back what a lane held when it joins anew', () => {
    const schedule = sealed(2)
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    schedule.join(lane.a, a, 1, 5)
    expect(schedule.progress().inFlight).toBe(0)
    expect(schedule.take(lane.a, 5)).toEqual([0, 1])
  })

  it('[SC4] takes everything from whoever is excluded, and hands nothing out to it again', () => {
    const schedule = sealed(4)
    schedule.join(lane.a, a, 2, 0)
    schedule.take(lane.a, 0)
    schedule.exclude(a, 'wrong')
    expect(schedule.progress().inFlight).toBe(0)
    expect(schedule.take(lane.a, 0)).toEqual([])
    schedule.join(lane.b, b, 2, 0)
    expect(schedule.take(lane.b, 0)).toEqual([0, 1, 2, 3])
  })

  it('[SC7] fails a task that trapped on two providers', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.take(lane.a, 0)
    expect(schedule.answer(lane.a, 0, 'trapped', 1, 1).type).toBe('again')
    expect(schedule.take(lane.b, 1)).toEqual([0])
    expect(schedule.answer(lane.b, 0, 'trapped', 1, 2).type).toBe('ended')
    expect(schedule.progress()).toMatchObject({ failed: 1, ok: 0 })
  })

  it('[SC7] does not let one provider trap a task to its end while another is there', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.take(lane.a, 0)
    schedule.answer(lane.a, 0, 'trapped', 1, 1)
    expect(schedule.take(lane.a, 1)).toEqual([])
    expect(schedule.take(lane.b, 1)).toEqual([0])
    expect(schedule.answer(lane.b, 0, 'ok', 1, 2).type).toBe('ended')
    expect(schedule.progress()).toMatchObject({ ok: 1 })
  })

  it('[SC7] fails a task that trapped twice where there is nobody else', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    expect(schedule.answer(lane.a, 0, 'trapped', 1, 1).type).toBe('again')
    expect(schedule.take(lane.a, 1)).toEqual([0])
    expect(schedule.answer(lane.a, 0, 'trapped', 1, 2).type).toBe('ended')
  })

  it('[SC7] counts nobody as another who is excluded or gone', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.exclude(b, 'wrong')
    schedule.take(lane.a, 0)
    schedule.answer(lane.a, 0, 'trapped', 1, 1)
    expect(schedule.take(lane.a, 1)).toEqual([0])
  })

  it('[SC3] gives a task up that nobody finished in five tries', () => {
    const schedule = sealed(1)
    schedule.join(lane.a, a, 1, 0)
    const outcomes = Array.from({ length: 5 }, (_, at) => {
      expect(schedule.take(lane.a, at)).toEqual([0])
      return schedule.answer(lane.a, 0, 'again', 1, at).type
    })
    expect(outcomes).toEqual(['again', 'again', 'again', 'again', 'ended'])
    expect(schedule.progress()).toMatchObject({ failed: 1, done: 1 })
  })

  it('[SC6] takes the tasks of whoever is past its time, and waits for a word of it', () => {
    const schedule = sealed(4)
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    expect(schedule.late(1_400)).toEqual([])
    expect(schedule.late(1_401).map(({ provider }) => provider)).toEqual([a])
    expect(schedule.take(lane.a, 1_402)).toEqual([])
    schedule.returns(lane.a, 1_500)
    expect(schedule.take(lane.a, 1_500)).toEqual([0, 1])
  })

  it('[SC6] counts from the last sign of life, and never while nothing is out', () => {
    const schedule = sealed(4)
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.late(1_000_000)).toEqual([])
    schedule.take(lane.a, 1_000_000)
    schedule.answer(lane.a, 0, 'ok', 1, 1_001_000)
    expect(schedule.late(1_002_400)).toEqual([])
    expect(schedule.late(1_002_401)).toHaveLength(1)
  })

  it('[SC2] excludes whoever missed three deadlines', () => {
    const schedule = sealed(4)
    schedule.join(lane.a, a, 1, 0)
    for (let missed = 1; missed <= 3; missed++) {
      expect(schedule.excluded.get(a)).toBeUndefined()
      schedule.take(lane.a, missed * 10_000)
      schedule.late(missed * 10_000 + 5_000)
      schedule.returns(lane.a, missed * 10_000 + 6_000)
    }
    expect(schedule.excluded.get(a)).toBe('late')
    expect(schedule.take(lane.a, 99_000)).toEqual([])
  })

  it('[SC1] [SC6] takes a late answer, and hands a task that came back twice to one lane only once', () => {
    const schedule = sealed(2)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    schedule.late(5_000)
    expect(schedule.answer(lane.a, 0, 'again', 1, 5_001).type).toBe('again')
    expect(schedule.take(lane.a, 5_002).toSorted()).toEqual([0, 1])
    expect(schedule.answer(lane.a, 0, 'again', 1, 5_003).type).toBe('again')
    expect(schedule.take(lane.a, 5_004)).toEqual([0])
    for (const index of [0, 1]) expect(schedule.answer(lane.a, index, 'ok', 1, 5_005).type).toBe('ended')
    expect(schedule.isOver()).toBe(true)
    expect(schedule.progress().inFlight).toBe(0)
  })

  it('[SC5] copies the task that somebody slow holds, near the end, to one more and no third', () => {
    const schedule = sealed(3)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.join(lane.c, c, 1, 0)
    expect(schedule.take(lane.a, 0, 1)).toEqual([0])
    for (const [fast, index] of [
      [lane.b, 1],
      [lane.c, 2],
    ] as const) {
      expect(schedule.take(fast, 0, 1)).toEqual([index])
      schedule.answer(fast, index, 'ok', 10, 10)
    }
    expect(schedule.take(lane.b, 120, 1)).toEqual([])
    expect(schedule.take(lane.b, 121, 1)).toEqual([0])
    expect(schedule.take(lane.c, 500, 1)).toEqual([])
    expect(schedule.take(lane.a, 500, 1)).toEqual([])
    expect(schedule.answer(lane.b, 0, 'ok', 10, 130).type).toBe('ended')
    expect(schedule.answer(lane.a, 0, 'ok', 900, 900).type).toBe('repeat')
    expect(schedule.progress()).toMatchObject({ ok: 3, done: 3, inFlight: 0 })
  })

  it('[SC5] copies nothing while the list may still grow', () => {
    const schedule = createSchedule(limits)
    schedule.extend(2)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.take(lane.a, 0, 1)
    schedule.take(lane.b, 0, 1)
    schedule.answer(lane.b, 1, 'ok', 10, 10)
    expect(schedule.take(lane.b, 9_999)).toEqual([])
  })

  it('[SC8] keeps two tasks a thread, and more where they take no time', () => {
    const schedule = sealed(100_000)
    schedule.join(lane.a, a, 3, 0)
    expect(schedule.take(lane.a, 0)).toHaveLength(6)
    schedule.answer(lane.a, 0, 'ok', 10, 10)
    expect(schedule.lanes.get(lane.a)?.inFlight.size).toBe(5)
    expect(schedule.take(lane.a, 10)).toHaveLength(210 - 5)
    schedule.join(lane.b, b, 64, 0)
    const [first] = schedule.take(lane.b, 0, 1)
    schedule.answer(lane.b, first!, 'ok', 0.1, 1)
    expect(schedule.take(lane.b, 1)).toHaveLength(512)
  })

  it('[SC8] leaves the others their part of the last tasks', () => {
    const schedule = sealed(20)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    const [first] = schedule.take(lane.a, 0)
    schedule.answer(lane.a, first!, 'ok', 1, 1)
    schedule.take(lane.a, 1)
    expect(schedule.lanes.get(lane.a)?.inFlight.size).toBe(5)
  })

  it('[SC10] gives a task that somebody types into to one provider, and no more of them than it has threads', () => {
    const schedule = createSchedule({ ...limits, isInteractive: true })
    schedule.extend(5)
    schedule.seal()
    schedule.join(lane.a, a, 2, 0)
    schedule.join(lane.b, b, 1, 0)
    expect([schedule.take(lane.a, 0), schedule.take(lane.b, 0)]).toEqual([[0, 1], [2]])
    expect(schedule.answer(lane.a, 0, 'ok', 10, 10).type).toBe('ended')
    expect(schedule.answer(lane.b, 2, 'trapped', 10, 10).type).toBe('ended')
    expect(schedule.take(lane.b, 10)).toEqual([3])
    schedule.take(lane.a, 10)
    schedule.answer(lane.b, 3, 'ok', 10, 20)
    // Task 1 has been out for long, and the list is over: nobody gets a copy of it.
    expect(schedule.take(lane.b, 900)).toEqual([])
    expect(schedule.progress()).toMatchObject({ ok: 2, failed: 1, inFlight: 2 })
  })

  it('[SC9] hands nothing out that an earlier life finished', () => {
    const schedule = createSchedule(limits)
    schedule.extend(5)
    schedule.restore([0, 2, 3], 1)
    schedule.seal()
    schedule.join(lane.a, a, 4, 0)
    expect(schedule.take(lane.a, 0)).toEqual([1, 4])
    expect(schedule.progress()).toMatchObject({ done: 3, ok: 2, failed: 1 })
  })
})

type Move = { readonly who: 0 | 1 | 2; readonly what: number; readonly pick: number; readonly waitMs: number }
const move = fc.record({
  who: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
  what: fc.nat(11),
  pick: fc.nat(1_000),
  waitMs: fc.constantFrom(0, 1, 50, 600, 2_000),
})
const parties = [
  [lane.a, a],
  [lane.b, b],
  [lane.c, c],
] as const

/** Plays anything that can happen, with every rule checked on the way; then lets whoever is left, and an honest newcomer, finish it. */
function play(total: number, moves: readonly Move[]): void {
  const schedule = createSchedule(limits)
  schedule.extend(Math.ceil(total / 2))
  const ended = new Map<number, number>()
  const given: [number, number][] = []
  let now = 0
  const answer = (who: 0 | 1 | 2, index: number, verdict: Verdict): void => {
    const told = schedule.answer(parties[who][0], index, verdict, 5, now).type
    if (told === 'ended') ended.set(index, (ended.get(index) ?? 0) + 1)
  }
  const verdicts: readonly Verdict[] = ['ok', 'ok', 'ok', 'failed', 'trapped', 'again']
  for (const { who, what, pick, waitMs } of moves) {
    now += waitMs
    const [activity, provider] = parties[who]
    if (what === 0) schedule.join(activity, provider, 1 + (pick % 3), now)
    else if (what === 1) schedule.leave(activity)
    else if (what === 2) schedule.late(now)
    else if (what === 3) schedule.returns(activity, now)
    else if (what === 4 && pick % 20 === 0) schedule.exclude(provider, 'wrong')
    else if (what === 5) schedule.extend(Math.min(total, pick % (total + 1)))
    else if (what <= 8) {
      for (const index of schedule.take(activity, now, 1 + (pick % 5))) given.push([who, index])
      const held = schedule.lanes.get(activity)
      if (held) expect(held.inFlight.size).toBeLessThanOrEqual(512)
    } else if (given.length > 0) {
      // Also an answer that came twice, or from somebody whose task was taken away.
      const [by, index] = given[pick % given.length]!
      answer(by as 0 | 1 | 2, index, verdicts[pick % verdicts.length]!)
    }
    const { done, ok, failed } = schedule.progress()
    expect(done).toBe(ok + failed)
    expect(done).toBe(ended.size)
  }
  schedule.extend(total)
  schedule.seal()
  schedule.join(aCid('newcomer'), aDid('N'), 2, now)
  for (let round = 0; round <= total && !schedule.isOver(); round++)
    for (const { activity, inFlight } of schedule.lanes.values()) {
      schedule.returns(activity, now)
      schedule.take(activity, now)
      for (const index of [...inFlight.keys()])
        if (schedule.answer(activity, index, 'ok', 5, now).type === 'ended')
          ended.set(index, (ended.get(index) ?? 0) + 1)
    }
  expect(schedule.isOver()).toBe(true)
  // Copies of what was finished elsewhere may still be out: their answers are repeats.
  for (const { activity, inFlight } of schedule.lanes.values())
    for (const index of [...inFlight.keys()]) expect(schedule.answer(activity, index, 'ok', 5, now).type).toBe('repeat')
  expect([...ended.keys()].toSorted((x, y) => x - y)).toEqual(Array.from({ length: total }, (_, index) => index))
  expect([...ended.values()].every((times) => times === 1)).toBe(true)
  expect(schedule.progress()).toMatchObject({ total, done: total, inFlight: 0 })
}

describe('any order of joining, taking, answering, leaving and being late', () => {
  it('[SC1] ends every task exactly once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(move, { minLength: 20, maxLength: 200, size: 'large' }),
        play,
      ),
      { numRuns: 300 },
    )
  })

  it('[SC1] [SC8] never holds more than its window, on a long run with one seed', () => {
    const rng = seeded(11)
    const schedule = sealed(5_000)
    for (const [activity, provider] of parties) schedule.join(activity, provider, 2, 0)
    for (let now = 0; !schedule.isOver() && now < 100_000; now++) {
      const [activity] = parties[rng.below(3)]!
      schedule.take(activity, now)
      const held = schedule.lanes.get(activity)!
      const pace = held.taskMs > 0 ? Math.ceil(1_400 / Math.max(held.taskMs, 0.05)) : 0
      expect(held.inFlight.size).toBeLessThanOrEqual(Math.min(512, Math.max(4, pace)))
      for (const index of [...held.inFlight.keys()].slice(0, 3)) schedule.answer(activity, index, 'ok', 50, now)
    }
    expect(schedule.progress()).toMatchObject({ done: 5_000, ok: 5_000 })
  })
})
