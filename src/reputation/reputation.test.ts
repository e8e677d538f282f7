import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import { AgreementTerminated } from '../market/messages.ts'
import type { Account } from '../payment/account.ts'
import { agreement, exampleCid, provider, receipt, requestor } from '../receipts/receipt.examples.ts'
import type { Did } from '../wire/schema.ts'
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
import { payerScoreOf, scoreOf, scoresFrom } from './score.ts'
import { countedTags, evolveStanding, type Standing } from './standing.ts'

const folded = (all: readonly Observation[]): Standing | undefined =>
  all.reduce<Standing | undefined>(evolveStanding, undefined)
const seen = (done: Observation['deeds'], tag?: string): Observation => ({
  about: provider,
  at: timestamp(1),
  tag,
  deeds: done,
})
const comparable = (standing: Standing | undefined) => standing && { ...standing, byTag: [...standing.byTag].sort() }

const observation: fc.Arbitrary<Observation> = fc.record({
  about: fc.constant(provider),
  at: fc.nat().map(timestamp),
  tag: fc.option(fc.constantFrom(...countedTags, 'made-up-1', 'made-up-2'), { nil: undefined }),
  deeds: fc.dictionary(fc.constantFrom(...deeds), fc.nat({ max: 1_000 })) as fc.Arbitrary<Observation['deeds']>,
  terminated: fc.option(fc.constantFrom(...terminationCodes), { nil: undefined }),
})
const shuffled = fc
  .array(observation, { maxLength: 20 })
  .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))

describe('a standing', () => {
  it('[RP5] is the same whatever the order', () => {
    fc.assert(
      fc.property(shuffled, ([all, otherwise]) => {
        expect(comparable(folded(otherwise))).toEqual(comparable(folded(all)))
        expect(scoreOf(folded(otherwise))).toEqual(scoreOf(folded(all)))
      }),
    )
  })

  it('[RP5] in every one of the 120 orders of five', () => {
    const five: Observation[] = [
      seen({ completed: 3 }, 'wasm'),
      seen({ failed: 2 }, 'made-up'),
      { ...seen({}), terminated: 'Success', at: timestamp(9) },
      seen({ disputed: 1, verified: 4 }, 'inference'),
      seen({ paid: 1 }),
    ]
    const first = comparable(folded(five))
    for (const order of permutations(five)) expect(comparable(folded(order))).toEqual(first)
  })

  it('[RP5] counts runtimes that a peer makes up together', () => {
    const standing = folded([seen({ completed: 1 }, 'x'), seen({ completed: 1 }, 'y'), seen({ failed: 1 }, 'wasm')])
    expect([...standing!.byTag.keys()].sort()).toEqual(['other', 'wasm'])
    expect(standing!.byTag.get('other')).toMatchObject({ completed: 2, failed: 0 })
    expect(standing!.all).toMatchObject({ completed: 2, failed: 1 })
  })

  it('[RP1] counts the tasks of a receipt for whoever computed them', () => {
    const told = ofReceipt(receipt({ taskCount: 5, okCount: 4, failedCount: 1 }), 'wasi')
    expect(told).toEqual({ about: provider, at: 2_000, tag: 'wasi', deeds: { completed: 4, failed: 1 } })
  })

  it('[RP2] [RP3] counts checks for the provider and unpaid accounts for the requestor', () => {
    const check = ofCheck(provider, { at: timestamp(5), tag: 'wasi', verified: 3, disputed: 1 })
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
    expect(ofTermination(ended, { did: provider, tag: 'wasi' })).toMatchObject({ about: provider, terminated: counted })
  })
})

describe('a score', () => {
  const cases: [string, Observation['deeds'], number][] = [
    ['nothing seen', {}, 500],
    ['four good tasks', { completed: 4 }, 500],
    ['four failed tasks', { failed: 4 }, 500],
    ['one good task that was a lie', { completed: 1, disputed: 1 }, Math.floor(2000 / 23)],
    ['five good tasks', { completed: 5 }, Math.floor(6000 / 7)],
    ['five failed tasks', { failed: 5 }, Math.floor(1000 / 7)],
    ['a thousand good tasks', { completed: 1_000 }, Math.floor(1_001_000 / 1_002)],
    ['a hundred good and one lie', { completed: 100, disputed: 1 }, Math.floor(101_000 / 122)],
  ]
  it.each(cases)('[RP6] after %s', (_, done, permille) => {
    expect(scoreOf(folded([seen(done)])).permille).toBe(permille)
  })

  it('[RP6] can be asked of one runtime, and of somebody unknown', () => {
    const standing = folded([seen({ completed: 9 }, 'wasm'), seen({ failed: 9 }, 'inference')])
    expect(scoreOf(standing, 'wasm')).toEqual({ permille: Math.floor(10_000 / 11), tasks: 9 })
    expect(scoreOf(standing, 'inference').permille).toBe(Math.floor(1_000 / 11))
    const score = scoresFrom(new Map([[provider, standing!]]))
    expect(score('did:key:unknown' as Did)).toEqual({ permille: 500, tasks: 0 })
    expect(score(provider).tasks).toBe(18)
  })

  it('[RP7] weighs what was paid against what was not', () => {
    expect(payerScoreOf(undefined)).toEqual({ permille: 500, tasks: 0 })
    expect(payerScoreOf(folded([seen({ paid: 3 })]))).toEqual({ permille: 800, tasks: 3 })
    expect(payerScoreOf(folded([seen({ paid: 3, unpaid: 1 })])).permille).toBe(400)
  })

  it('[RP8] stays in its range, rises with good deeds and falls with bad ones', () => {
    const enough = fc.array(observation, { maxLength: 5 }).map((all) => [...all, seen({ completed: 5 })])
    const change: Record<Deed, number> = { completed: 1, failed: -1, verified: 0, disputed: -1, paid: 1, unpaid: -1 }
    fc.assert(
      fc.property(enough, fc.constantFrom(...deeds), (all, deed) => {
        const [before, after] = [folded(all), folded([...all, seen({ [deed]: 1 })])]
        for (const score of [scoreOf, payerScoreOf]) {
          const step = score(after).permille - score(before).permille
          expect(step * change[deed]).toBeGreaterThanOrEqual(0)
          expect(score(after).permille).toBeGreaterThanOrEqual(0)
          expect(score(after).permille).toBeLessThanOrEqual(1_000)
        }
      }),
    )
  })
})

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((one, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [one, ...rest]))
}
