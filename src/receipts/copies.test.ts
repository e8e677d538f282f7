import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Checked } from '../activity/checking.ts'
import type { Answered } from '../activity/rulings.ts'
import { createSchedule, type Schedule } from '../activity/schedule.ts'
import { seeded } from '../kernel/rng.ts'
import { aCid, aDid } from '../market/market.examples.ts'
import type { Did } from '../wire/schema.ts'
import { createChecking, type Providers } from './checking.ts'
import type { Redundancy } from './redundancy.ts'

const limits = { timeoutMs: 1_000, slackMs: 400 }
const letters = ['A', 'B', 'C', 'D', 'E']
const [a, b, c] = letters.map(aDid) as [Did, Did, Did]
const lane = { a: aCid('A'), b: aCid('B'), c: aCid('C') }
const adaptive: Redundancy = { mode: 'adaptive' }
const twoOfTwo: Redundancy = { mode: 'quorum', quorum: 2, copies: 2 }

function sealed(total: number, policy: Redundancy, providers: Partial<Providers> = {}): Schedule {
  const known: Providers = {
    trackOf: () => 100,
    marksOf: () => [],
    heldTasks: () => 60,
    isDear: false,
    rng: { below: () => 999_999 },
    ...providers,
  }
  const schedule = createSchedule(limits, createChecking(policy, known))
  schedule.extend(total)
  schedule.seal()
  return schedule
}
const look = { rng: { below: () => 0 } }
const says = (schedule: Schedule, activity: (typeof lane)['a'], index: number, digest: string, now = 1): Answered =>
  schedule.answer(activity, index, 'ok', 1, now, { digest })

describe('a schedule that compares answers', () => {
  it('[SC13] hands a checked task to another provider before any new one, and ends it with the second answer', () => {
    const schedule = sealed(9, adaptive, look)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    expect(schedule.take(lane.b, 0)).toEqual([0, 1])
    expect(schedule.take(lane.a, 0)).toEqual([])
    expect(says(schedule, lane.a, 0, 'x').type).toBe('held')
    expect(says(schedule, lane.b, 0, 'x')).toMatchObject({ type: 'ended', checked: { how: 'agreed', agreed: [a, b] } })
    expect(schedule.progress()).toMatchObject({ done: 1, ok: 1 })
  })

  it('[SC13] takes the verdict on which they agreed', () => {
    const schedule = sealed(1, twoOfTwo)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    for (const activity of [lane.a, lane.b]) schedule.take(activity, 0)
    for (const activity of [lane.a, lane.b]) schedule.answer(activity, 0, 'failed', 1, 1, { digest: 'f' })
    expect(schedule.progress()).toMatchObject({ done: 1, ok: 0, failed: 1 })
  })

  it('[SC13] tries again what says something of the moment alone', () => {
    const schedule = sealed(1, adaptive)
    schedule.join(lane.a, a, 1, 0)
    for (let at = 0; at < 4; at++) {
      expect(schedule.take(lane.a, at)).toEqual([0])
      expect(schedule.answer(lane.a, 0, 'failed', 1, at).type).toBe('again')
    }
    schedule.take(lane.a, 9)
    expect(schedule.answer(lane.a, 0, 'failed', 1, 9)).toEqual({ type: 'ended' })
    expect(schedule.progress()).toMatchObject({ failed: 1 })
  })

  it('[SC13] [SC15] excludes who is found wrong, and does again what rests on its word alone', () => {
    const track = new Map([[a, 100]])
    let isLooking = false
    const schedule = sealed(8, adaptive, {
      trackOf: (provider) => track.get(provider) ?? 100,
      rng: { below: () => (isLooking ? 0 : 999_999) },
    })
    schedule.join(lane.a, a, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    for (const index of [0, 1])
      expect(says(schedule, lane.a, index, 'lie')).toMatchObject({ checked: { how: 'single' } })
    isLooking = true
    expect(schedule.take(lane.a, 2, 1)).toEqual([2])
    schedule.join(lane.b, b, 1, 2)
    schedule.join(lane.c, c, 1, 2)
    expect(schedule.take(lane.b, 2, 1)).toEqual([2])
    says(schedule, lane.a, 2, 'lie')
    says(schedule, lane.b, 2, 'x')
    expect(schedule.take(lane.c, 3, 1)).toEqual([2])
    expect(says(schedule, lane.c, 2, 'x', 3).type).toBe('held')
    const [settled] = schedule.settle(5_000)
    expect(settled).toMatchObject({
      index: 2,
      answered: { type: 'ended', checked: { agreed: [b, c], wrong: [a] }, found: { wrong: [a], reopened: [0, 1] } },
    })
    expect(schedule.excluded.get(a)).toBe('wrong')
    expect(schedule.take(lane.a, 5_000)).toEqual([])
    expect(schedule.take(lane.b, 5_000, 2)).toEqual([0, 1])
    expect(schedule.progress()).toMatchObject({ done: 1, ok: 1 })
  })

  it('[SC15] does again what nobody else was there to check, once it knows whose word that was', () => {
    const schedule = sealed(4, adaptive, look)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 4_000, 1)
    expect(says(schedule, lane.a, 0, 'lie', 4_000)).toMatchObject({ checked: { how: 'unverified', agreed: [a] } })
    schedule.take(lane.a, 4_000, 1)
    schedule.join(lane.b, b, 1, 4_000)
    schedule.join(lane.c, c, 1, 4_000)
    expect(says(schedule, lane.a, 1, 'lie', 4_001).type).toBe('held')
    for (const activity of [lane.b, lane.c]) {
      expect(schedule.take(activity, 4_001, 1)).toEqual([1])
      expect(says(schedule, activity, 1, 'x', 4_001).type).toBe('held')
    }
    const [settled] = schedule.settle(7_000)
    expect(settled).toMatchObject({ index: 1, answered: { found: { wrong: [a], reopened: [0] } } })
  })

  it('[SC15] leaves a finished job as it is', () => {
    const schedule = sealed(2, adaptive)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.take(lane.a, 0, 1)
    schedule.take(lane.b, 0, 1)
    says(schedule, lane.b, 1, 'x', 10)
    expect(schedule.take(lane.b, 900, 1)).toEqual([0])
    says(schedule, lane.b, 0, 'x', 901)
    expect(schedule.isOver()).toBe(true)
    expect(says(schedule, lane.a, 0, 'y', 902)).toEqual({ type: 'repeat' })
    expect(schedule.isOver()).toBe(true)
  })

  it('[SC15] opens a task again whose single answer a second copy contradicts', () => {
    const schedule = sealed(3, adaptive)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.take(lane.a, 0, 1)
    schedule.take(lane.b, 0, 1)
    says(schedule, lane.b, 1, 'x', 10)
    schedule.take(lane.b, 10, 1)
    says(schedule, lane.b, 2, 'x', 20)
    // Task 0 is out for long, and everything is handed out.
    expect(schedule.take(lane.b, 900, 1)).toEqual([0])
    schedule.extend(4)
    expect(says(schedule, lane.b, 0, 'x', 901).type).toBe('ended')
    expect(says(schedule, lane.a, 0, 'y', 902)).toMatchObject({ type: 'held', found: { reopened: [0] } })
    expect(schedule.progress()).toMatchObject({ done: 2 })
    // What others then agree on stands, though the first of its answers rested on the word of who is wrong.
    schedule.join(lane.c, c, 1, 902)
    expect(schedule.take(lane.c, 902, 1)).toEqual([0])
    expect(says(schedule, lane.c, 0, 'y', 903).type).toBe('held')
    const [settled] = schedule.settle(5_000)
    expect(settled?.answered).toMatchObject({
      checked: { how: 'agreed', agreed: [a, c], wrong: [b] },
      found: { wrong: [b], reopened: [1, 2] },
    })
  })

  it('[SC15] hands nobody a second copy of what it still has', () => {
    const schedule = sealed(3, adaptive)
    for (const [activity, provider] of [
      [lane.a, a],
      [lane.b, b],
    ] as const)
      schedule.join(activity, provider, 1, 0)
    schedule.take(lane.a, 0, 1)
    schedule.take(lane.b, 0, 1)
    says(schedule, lane.b, 1, 'x', 10)
    schedule.take(lane.b, 10, 1)
    says(schedule, lane.b, 2, 'x', 20)
    expect(schedule.take(lane.b, 900, 1)).toEqual([0])
    schedule.extend(4)
    says(schedule, lane.a, 0, 'lie', 901)
    expect(schedule.judge(a, false)).toMatchObject({ wrong: [a], reopened: [0] })
    expect(schedule.take(lane.b, 902)).toEqual([3])
    expect(says(schedule, lane.b, 0, 'x', 903)).toMatchObject({ type: 'ended', checked: { agreed: [b] } })
  })

  it('[SC14] ends a task unverified as soon as nobody else is expected', () => {
    const schedule = sealed(6, twoOfTwo)
    schedule.join(lane.a, a, 1, 0)
    schedule.take(lane.a, 0)
    expect(says(schedule, lane.a, 0, 'x', 100).type).toBe('held')
    expect(schedule.settle(9_999)).toEqual([])
    expect(schedule.settle(10_000)).toMatchObject([{ index: 0, answered: { checked: { how: 'unverified' } } }])
    expect(says(schedule, lane.a, 1, 'x', 10_001)).toMatchObject({ type: 'ended', checked: { how: 'unverified' } })
  })

  it('[SC14] waits for whoever is at work, and for who is silent no longer than twice the time of a task', () => {
    const schedule = sealed(2, twoOfTwo)
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0, 1])
    expect(schedule.take(lane.b, 0, 1)).toEqual([0])
    says(schedule, lane.a, 1, 'x', 50)
    expect(schedule.settle(1_400)).toEqual([])
    expect(schedule.late(1_500)).toHaveLength(2)
    expect(schedule.settle(2_849)).toEqual([])
    expect(schedule.settle(2_850)).toMatchObject([{ index: 1, answered: { checked: { how: 'unverified' } } }])
  })

  it('[SC14] ends what cannot be paid for any more', () => {
    const checking = createChecking(twoOfTwo, {
      trackOf: () => 0,
      marksOf: () => [],
      heldTasks: () => 0,
      isDear: false,
      ...look,
    })
    const schedule = createSchedule({ ...limits, fuel: { perTask: 100n, most: 100n } }, checking)
    schedule.extend(1)
    schedule.seal()
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    expect(schedule.take(lane.a, 0)).toEqual([0])
    expect(schedule.take(lane.b, 0)).toEqual([])
    expect(schedule.answer(lane.a, 0, 'ok', 1, 1, { digest: 'x', fuel: 100n })).toMatchObject({
      checked: { how: 'unverified' },
    })
    expect(schedule.isOver()).toBe(true)
  })

  it('[SC5] gives a copy of what somebody slow holds only to who is independent of it', () => {
    const marks = new Map([
      [a, ['net 1']],
      [b, ['net 1']],
    ])
    const schedule = sealed(3, adaptive, { marksOf: (provider) => marks.get(provider) ?? [] })
    schedule.join(lane.a, a, 1, 0)
    schedule.join(lane.b, b, 1, 0)
    schedule.join(lane.c, c, 1, 0)
    schedule.take(lane.a, 0, 1)
    for (const [fast, index] of [
      [lane.b, 1],
      [lane.c, 2],
    ] as const) {
      expect(schedule.take(fast, 0, 1)).toEqual([index])
      says(schedule, fast, index, 'x', 10)
    }
    expect(schedule.take(lane.b, 900, 1)).toEqual([])
    expect(schedule.take(lane.c, 900, 1)).toEqual([0])
  })

  it('[SC16] offers each lane what waits once, however often it asks', () => {
    let asked = 0
    const known = { trackOf: () => 100, heldTasks: () => 60, isDear: false, ...look }
    const checking = createChecking(twoOfTwo, { ...known, marksOf: () => [] })!
    const counted = {
      ...checking,
      mayHave(index: number, provider: Did) {
        asked += 1
        return checking.mayHave(index, provider)
      },
    }
    const schedule = createSchedule(limits, counted)
    schedule.extend(2_000)
    schedule.join(lane.a, a, 64, 0)
    for (let at = 0; at < 1_000; at++) {
      const [index] = schedule.take(lane.a, 0, 1)
      says(schedule, lane.a, index!, 'x', 0)
    }
    const before = asked
    for (let at = 0; at < 100; at++) schedule.take(lane.a, 0, 1)
    expect(before + asked).toBeLessThan(8_000)
    schedule.join(lane.b, b, 64, 0)
    expect(schedule.take(lane.b, 0, 3)).toEqual([0, 1, 2])
  })
})

type Move = { readonly who: number; readonly what: number; readonly pick: number; readonly waitMs: number }
const move: fc.Arbitrary<Move> = fc.record({
  who: fc.nat(4),
  what: fc.nat(12),
  pick: fc.nat(1_000),
  waitMs: fc.constantFrom(0, 1, 50, 600, 2_000),
})
const policies: readonly Redundancy[] = [
  adaptive,
  twoOfTwo,
  { mode: 'quorum', quorum: 2, copies: 3 },
  { mode: 'quorum', quorum: 1, copies: 2 },
  { mode: 'confidence', faultPpm: 100_000 },
]

/** Anything that can happen; whoever lies says something of its own or the same as all liars. Then an honest newcomer is there for what is left. */
function play({ total, policy, moves }: { total: number; policy: Redundancy; moves: readonly Move[] }): void {
  const tracks = new Map<Did, number>()
  const schedule = sealed(total, policy, {
    trackOf: (provider) => tracks.get(provider) ?? 8,
    marksOf: (provider) => (provider === aDid('D') || provider === aDid('E') ? ['one owner'] : []),
    rng: seeded(total),
    heldTasks: () => 20,
  })
  const ends = new Map<number, Checked | undefined>()
  const given: [Did, number][] = []
  let now = 0
  const heard = (index: number, { type, checked, found }: Answered): void => {
    if (type === 'ended') {
      expect(ends.has(index)).toBe(false)
      ends.set(index, checked)
      if (checked) {
        expect(new Set([...checked.agreed, ...checked.wrong]).size).toBe(checked.agreed.length + checked.wrong.length)
        const owned = checked.agreed.filter((provider) => provider === aDid('D') || provider === aDid('E'))
        expect(owned.length).toBeLessThan(2)
      }
    }
    for (const { provider, verified, wrong } of found?.seen ?? [])
      tracks.set(provider, wrong > 0 ? 0 : (tracks.get(provider) ?? 8) + verified)
    for (const provider of found?.wrong ?? []) {
      expect(schedule.excluded.get(provider)).toBe('wrong')
      expect(tracks.get(provider)).toBe(0)
    }
    for (const again of found?.reopened ?? []) expect(ends.delete(again)).toBe(true)
  }
  const digestOf = (provider: Did, index: number, pick: number): string | undefined =>
    pick % 11 === 0 ? undefined : pick % 5 === 0 ? `lie ${index}` : pick % 7 === 0 ? `${provider}` : `right ${index}`
  for (const { who, what, pick, waitMs } of moves) {
    now += waitMs
    const [activity, provider] = [aCid(letters[who]!), aDid(letters[who]!)]
    if (what === 0) schedule.join(activity, provider, 1 + (pick % 3), now)
    else if (what === 1) schedule.leave(activity)
    else if (what === 2) schedule.late(now)
    else if (what === 3) schedule.returns(activity, now)
    else if (what === 4) for (const { index, answered } of schedule.settle(now)) heard(index, answered)
    else if (what <= 8) for (const index of schedule.take(activity, now, 1 + (pick % 5))) given.push([provider, index])
    else if (given.length > 0) {
      const [by, index] = given[pick % given.length]!
      const verdict = (['ok', 'ok', 'failed', 'trapped', 'again'] as const)[pick % 5]!
      const digest = digestOf(by, index, pick)
      const letter = letters.find((one) => aDid(one) === by)!
      heard(index, schedule.answer(aCid(letter), index, verdict, 5, now, { digest }))
    }
    expect(schedule.progress().done).toBe(ends.size)
  }
  schedule.join(aCid('newcomer'), aDid('N'), 2, now)
  for (let round = 0; round <= 4 * total + 60 && !schedule.isOver(); round++) {
    now += 500
    for (const { activity, provider, inFlight } of [...schedule.lanes.values()]) {
      schedule.returns(activity, now)
      schedule.take(activity, now)
      for (const index of [...inFlight.keys()]) {
        const digest = digestOf(provider, index, 1)
        heard(index, schedule.answer(activity, index, 'ok', 5, now, { digest }))
      }
    }
    schedule.late(now)
    for (const { index, answered } of schedule.settle(now)) heard(index, answered)
  }
  expect(schedule.isOver()).toBe(true)
  expect(ends.size).toBe(total)
  const { ok, failed, done } = schedule.progress()
  expect([ok + failed, done]).toEqual([total, total])
}

describe('any order of answers, loss and lies', () => {
  it.each(policies)('[SC13] [SC14] [SC15] ends every task once, with $mode', (policy) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(move, { minLength: 20, maxLength: 200, size: 'large' }),
        (total, moves) => play({ total, policy, moves }),
      ),
      { numRuns: 150 },
    )
  })
})
