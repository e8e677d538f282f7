import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { dayMs, hourMs, minuteMs, timestamp } from '../kernel/time.ts'
import { AgreementTerminated } from '../market/messages.ts'
import type { Account } from '../payment/account.ts'
import { agreement, exampleCid, provider, receipt, requestor } from '../receipts/receipt.examples.ts'
import type { Did } from '../wire/schema.ts'
import { width } from './days.ts'
import { unit, weightOf } from './decay.ts'
import {
  type Deed,
  deeds,
  type Observation,
  ofCheck,
  ofReceipt,
  ofTermination,
  ofUnpaid,
  terminationCodes,
} from './observation.ts'
import { blacklistedUntil, payerScoreOf, scoreOf, scoresFrom } from './score.ts'
import { countedTags, evolveStanding, forgiven, type Standing } from './standing.ts'
import { priceClassOf, trackOf } from './track.ts'

const folded = (all: readonly Observation[]): Standing | undefined =>
  all.reduce<Standing | undefined>(evolveStanding, undefined)
const seen = (done: Observation['deeds'], tag?: string, at = 1): Observation => ({
  about: provider,
  at: timestamp(at),
  tag,
  deeds: done,
})
const now = timestamp(1)
const comparable = (standing: Standing | undefined) =>
  standing && { ...standing, byTag: [...standing.byTag].sort(), tracks: [...standing.tracks].sort() }
/** The runtime of everything here that a test does not say otherwise. */
const runtime = 'wasi-p1'
const window = { from: timestamp(1_000), until: timestamp(5_000) }
const under = { tag: runtime, window }

const observation: fc.Arbitrary<Observation> = fc.record({
  about: fc.constant(provider),
  at: fc.nat({ max: 100 * dayMs }).map(timestamp),
  tag: fc.option(fc.constantFrom(...countedTags, 'made-up-1', 'made-up-2'), { nil: undefined }),
  deeds: fc.dictionary(fc.constantFrom(...deeds), fc.nat({ max: 1_000 })) as fc.Arbitrary<Observation['deeds']>,
  terminated: fc.option(fc.constantFrom(...terminationCodes), { nil: undefined }),
  priceClass: fc.option(fc.integer({ min: -1, max: 40 }), { nil: undefined }),
})
const shuffled = fc
  .array(observation, { maxLength: 20 })
  .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))

describe('a standing', () => {
  it('[RP5] is the same whatever the order', () => {
    fc.assert(
      fc.property(shuffled, ([all, otherwise]) => {
        expect(comparable(folded(otherwise))).toEqual(comparable(folded(all)))
        const at = { now: timestamp(90 * dayMs) }
        expect(scoreOf(folded(otherwise), at)).toEqual(scoreOf(folded(all), at))
      }),
    )
  })

  it('[RP5] in every one of the 120 orders of five', () => {
    const five: Observation[] = [
      seen({ completed: 3 }, runtime),
      seen({ failed: 2 }, 'made-up'),
      { ...seen({}), terminated: 'Success', at: timestamp(9) },
      seen({ disputed: 1, verified: 4 }, 'inference', 80 * dayMs),
      seen({ paid: 1 }),
    ]
    const first = comparable(folded(five))
    for (const order of permutations(five)) expect(comparable(folded(order))).toEqual(first)
  })

  it('[RP5] counts runtimes that a peer makes up together', () => {
    const standing = folded([seen({ completed: 1 }, 'x'), seen({ completed: 1 }, 'y'), seen({ failed: 1 }, runtime)])
    expect([...standing!.byTag.keys()].sort()).toEqual(['other', runtime])
    expect(standing!.byTag.get('other')).toMatchObject({ completed: 2, failed: 0 })
    expect(standing!.all).toMatchObject({ completed: 2, failed: 1 })
  })

  it('[RP1] counts the tasks of a receipt for whoever computed them', () => {
    const told = ofReceipt(receipt({ taskCount: 5, okCount: 4, failedCount: 1 }), under)
    expect(told).toEqual({ about: provider, at: 2_000, tag: runtime, deeds: { completed: 4, failed: 1 } })
  })

  it('[RP1] takes nobody at its word for a time outside of the agreement', () => {
    const at = (issuedAt: number) => ofReceipt(receipt({ issuedAt }), under).at
    expect([at(0), at(4_000), at(2 ** 47)]).toEqual([1_000, 4_000, 5_000])
  })

  it('[RP2] [RP3] counts checks for the provider and unpaid accounts for the requestor', () => {
    const check = ofCheck(provider, { at: timestamp(5), tag: runtime, verified: 3, disputed: 1 })
    expect(folded([check])?.all).toMatchObject({ verified: 3, disputed: 1, lastSeen: 5 })
    expect(ofUnpaid({ requestor } as Account, timestamp(7))).toMatchObject({ about: requestor, deeds: { unpaid: 1 } })
  })

  it.each([
    ['Success', 'Success'],
    ['ProviderUnreachable', 'ProviderUnreachable'],
    ['never-heard-of', 'Other'],
  ])('[RP4] counts a termination with %s as %s', (code, counted) => {
    const reason = { code, message: '', isFinal: true }
    const head = { author: requestor, issuedAt: timestamp(3), prev: exampleCid('approval') }
    const ended = AgreementTerminated.author(head, { agreement, reason })
    expect(ofTermination(ended, { did: provider, ...under })).toMatchObject({ about: provider, terminated: counted })
  })
})

describe('a score', () => {
  const cases: [string, Observation['deeds'], number][] = [
    ['nothing seen', {}, 500],
    ['four good tasks', { completed: 4 }, 500],
    ['four failed tasks', { failed: 4 }, 500],
    ['one good task that was a lie', { completed: 1, disputed: 1 }, Math.floor(2000 / 23)],
    ['five good tasks', { completed: 5 }, Math.floor(6000 / 7)],
    ['five failed tasks', { failed: 5 }, 500],
    ['a thousand good tasks', { completed: 1_000 }, Math.floor(1_001_000 / 1_002)],
    ['a hundred good and one lie', { completed: 100, disputed: 1 }, Math.floor(101_000 / 122)],
  ]
  it.each(cases)('[RP6] after %s', (_, done, permille) => {
    expect(scoreOf(folded([seen(done)]), { now }).permille).toBe(permille)
  })

  it('[RP6] can be asked of one runtime, and of somebody unknown', () => {
    const standing = folded([seen({ completed: 9 }, runtime), seen({ disputed: 1 }, 'inference')])
    expect(scoreOf(standing, { now, tag: runtime })).toEqual({ permille: Math.floor(10_000 / 11), tasks: 9 })
    expect(scoreOf(standing, { now, tag: 'inference' }).permille).toBe(Math.floor(1_000 / 22))
    const score = scoresFrom(new Map([[provider, standing!]]), now)
    expect(score('did:key:unknown' as Did)).toEqual({ permille: 500, tasks: 0 })
    expect(score(provider).tasks).toBe(9)
  })

  it('[RP7] weighs what was paid against what was not', () => {
    expect(payerScoreOf(undefined, now)).toEqual({ permille: 500, tasks: 0 })
    expect(payerScoreOf(folded([seen({ paid: 3 })]), now)).toEqual({ permille: 800, tasks: 3 })
    expect(payerScoreOf(folded([seen({ paid: 3, unpaid: 1 })]), now).permille).toBe(400)
  })

  it('[RP8] stays in its range, rises with good deeds and falls with bad ones', () => {
    const enough = fc
      .array(observation, { maxLength: 5 })
      .map((all) => [...all, seen({ completed: 5 }, undefined, 45 * dayMs)])
    const change: Record<Deed, number> = {
      completed: 1,
      failed: 0,
      verified: 0,
      disputed: -1,
      withdrawn: -1,
      paid: 1,
      unpaid: -1,
    }
    fc.assert(
      fc.property(enough, fc.constantFrom(...deeds), (all, deed) => {
        const [before, after] = [folded(all), folded([...all, seen({ [deed]: 1 }, undefined, 45 * dayMs)])]
        const asked = { now: timestamp(50 * dayMs) }
        const scores = [(of: typeof before) => scoreOf(of, asked), (of: typeof before) => payerScoreOf(of, asked.now)]
        for (const score of scores) {
          const step = score(after).permille - score(before).permille
          expect(step * change[deed]).toBeGreaterThanOrEqual(0)
          expect(score(after).permille).toBeGreaterThanOrEqual(0)
          expect(score(after).permille).toBeLessThanOrEqual(1_000)
        }
      }),
    )
  })
})

describe('what is long ago', () => {
  it('[RP9] weighs half after seven days, and nothing after eight times that', () => {
    const end = (days: number) => timestamp((1 + days) * dayMs)
    expect([0, 7, 14, 49, 55].map((days) => weightOf(0, end(days)))).toEqual([
      unit,
      unit / 2,
      unit / 4,
      unit / 128,
      36_179 >> 7,
    ])
    expect(weightOf(0, end(56))).toBe(0)
    expect(weightOf(0, timestamp(0))).toBe(unit)
  })

  it('[RP9] wears off evenly: never more, and by less than a tenth a day', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 * dayMs }), fc.nat({ max: dayMs }), (at, laterBy) => {
        const [before, after] = [weightOf(0, timestamp(at)), weightOf(0, timestamp(at + laterBy))]
        expect(after).toBeLessThanOrEqual(before)
        expect(after).toBeGreaterThanOrEqual(Math.floor(before * 0.9) - 600)
      }),
    )
  })

  it('[RP9] a score goes back to the middle with nothing done, as good as it was or as bad', () => {
    const score = (done: Observation['deeds'], days: number) =>
      scoreOf(folded([seen(done)]), { now: timestamp((1 + days) * dayMs) }).permille
    expect([0, 7, 28, 56].map((days) => score({ completed: 100 }, days))).toEqual([990, 980, 878, 500])
    expect([0, 7, 28, 56].map((days) => score({ disputed: 5 }, days))).toEqual([9, 19, 121, 500])
  })

  it('[RP10] a year of daily work takes no more memory than 56 days of it', () => {
    const year = Array.from({ length: 365 }, (_, day) => seen({ completed: 3, verified: 1 }, runtime, day * dayMs))
    const { all, byTag, tracks } = folded(year)!
    expect(all).toMatchObject({ completed: 1_095 })
    expect([...all.days].filter((_, i) => i % width === 0)).toEqual(Array.from({ length: 56 }, (_, i) => 309 + i))
    expect(byTag.get(runtime)?.days).toHaveLength(56 * width)
    const [track] = [...tracks.values()]
    expect(track!.minutes.length + track!.days.length).toBe(128)
  })
})

describe('the blacklist', () => {
  const bad = seen({ disputed: 1 }, undefined, 10 * dayMs)
  const at = (ms: number) => timestamp(10 * dayMs + ms)

  it('[RP11] has whoever falls under 300 after five tasks, for a day', () => {
    expect(blacklistedUntil(folded([bad]), at(0))).toBe(at(dayMs))
    expect(blacklistedUntil(folded([bad]), at(dayMs - 1))).toBe(at(dayMs))
    expect(blacklistedUntil(folded([bad]), at(dayMs))).toBeUndefined()
    expect(blacklistedUntil(folded([seen({ failed: 4 }, undefined, 10 * dayMs)]), at(0))).toBeUndefined()
    expect(blacklistedUntil(undefined, at(0))).toBeUndefined()
  })

  it('[RP11] needs one task only where that was proven wrong', () => {
    const lie = seen({ completed: 1, disputed: 1 }, undefined, 10 * dayMs)
    expect(blacklistedUntil(folded([lie]), at(0))).toBe(at(dayMs))
  })

  it('[RP11] is left by work, and entered again by the next fault', () => {
    const worked = [bad, seen({ completed: 20 }, undefined, 10 * dayMs + hourMs)]
    expect(blacklistedUntil(folded(worked), at(hourMs))).toBeUndefined()
    const fell = [...worked, seen({ disputed: 3 }, undefined, 10 * dayMs + 2 * hourMs)]
    expect(blacklistedUntil(folded(fell), at(3 * hourMs))).toBe(at(dayMs + 2 * hourMs))
  })

  it('[RP12] is left by hand: what stood against somebody does not count any more', () => {
    const standing = forgiven(folded([bad, seen({ completed: 2 }, undefined, 10 * dayMs)]), {
      about: provider,
      at: at(hourMs),
    })
    expect(blacklistedUntil(standing, at(hourMs))).toBeUndefined()
    expect(scoreOf(standing, { now: at(hourMs) })).toEqual({ permille: 500, tasks: 2 })
    const again = evolveStanding(standing, seen({ completed: 1, disputed: 1 }, undefined, 12 * dayMs))
    expect(scoreOf(again, { now: timestamp(12 * dayMs) }).tasks).toBe(3)
  })

  it('[RP12] a day on which something came after the forgiving counts whole', () => {
    const standing = forgiven(folded([bad]), { about: provider, at: at(hourMs) })
    const again = evolveStanding(standing, seen({ disputed: 1 }, undefined, 10 * dayMs + 2 * hourMs))
    expect(blacklistedUntil(again, at(3 * hourMs))).toBe(at(dayMs + 2 * hourMs))
  })

  it('[RP12] whether the word or the deed came first', () => {
    const word = { about: provider, at: at(hourMs) }
    const late = evolveStanding(forgiven(undefined, word), bad)
    expect(comparable(late)).toEqual(comparable(forgiven(folded([bad]), word)))
  })
})

describe('a track', () => {
  const check = (at: number, valid: number, wrong = 0, priceClass = 0): Observation =>
    ofCheck(provider, { at: timestamp(at), tag: runtime, priceClass, verified: valid, disputed: wrong })
  const track = (all: Observation[], priceClass = 0) => trackOf(folded(all), runtime, priceClass)

  it('[RP13] rises with valid checked results alone, and an invalid one ends it', () => {
    expect(track([seen({ completed: 100 }, runtime)])).toBe(0)
    expect(track([check(0, 3), check(minuteMs, 4)])).toBe(7)
    expect(track([check(0, 3), check(minuteMs, 4, 1)])).toBe(0)
    expect(track([check(0, 3), check(minuteMs, 4, 1), check(2 * minuteMs, 2)])).toBe(2)
  })

  it('[RP13] is one for each runtime and price class, so that cheap work buys no trust in dear', () => {
    expect(track([check(0, 9, 0, 1), check(0, 5, 0, 7)], 1)).toBe(9)
    expect(track([check(0, 9, 0, 1), check(0, 5, 0, 7)], 7)).toBe(5)
    expect(trackOf(folded([check(0, 9)]), 'function', 0)).toBe(0)
    expect([0n, 1n, 3n, 4n, 15n, 16n, 2n ** 63n - 1n].map((price) => priceClassOf(price as Amount))).toEqual([
      0, 1, 1, 2, 2, 3, 32,
    ])
  })

  it('[RP13] [RP5] does not depend on the order, also where an invalid one comes late', () => {
    const steps = fc.record({
      at: fc.nat({ max: 200 * minuteMs }),
      valid: fc.nat({ max: 3 }),
      wrong: fc.constantFrom(0, 0, 0, 0, 1),
    })
    const inAnyOrder = fc
      .array(steps, { maxLength: 120 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    const trackIn = (all: { at: number; valid: number; wrong: number }[]) =>
      track(all.map(({ at, valid, wrong }) => check(at, valid, wrong)))
    fc.assert(
      fc.property(inAnyOrder, ([all, otherwise]) => {
        expect(trackIn(otherwise)).toBe(trackIn(all))
      }),
    )
  })

  it('[RP13] [RP10] of what is old keeps the day alone, and never says more than there was', () => {
    const hours = Array.from({ length: 200 }, (_, hour) => check(hour * hourMs, 1))
    expect(track(hours)).toBe(200)
    const wrongThen = [...hours, check(30 * hourMs, 0, 1)]
    expect(track(wrongThen)).toBe(200 - 48)
  })
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((one, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [one, ...rest]))
}
