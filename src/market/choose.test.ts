import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { type Candidate, choose, figuresOf, type Policy } from './choose.ts'
import { aCid, aDid } from './market.examples.ts'
import { type PresetName, presetNames, presets } from './presets.ts'

const policy: Policy = {
  selection: 'hybrid',
  maxPrice: 1_000n as Amount,
  minReputationPermille: 0,
  regions: [],
  priceWeightPermille: 300,
  reputationWeightPermille: 700,
  loadPoints: 100,
  distancePoints: 50,
}
const candidate = (name: string, told: Partial<Candidate> = {}): Candidate => ({
  id: aCid(name),
  provider: aDid('P'),
  price: 100n as Amount,
  reputationPermille: 500,
  region: 'eu',
  loadPermille: 0,
  rttMs: 0,
  ...told,
})
const price = (micro: bigint) => ({ price: micro as Amount })

describe('choosing', () => {
  const cheap = candidate('cheap', { ...price(100n), reputationPermille: 400 })
  const good = candidate('good', { ...price(200n), reputationPermille: 900 })

  it('[SL2] weighs reputation and price by the policy', () => {
    const best = (told: Partial<Policy>) => choose([cheap, good], { ...policy, ...told }).ranked[0]?.candidate
    expect(best({ selection: 'lowest-price' })).toBe(cheap)
    expect(best({ selection: 'reputation' })).toBe(good)
    expect(best({})).toBe(good)
    expect(best({ priceWeightPermille: 1_000, reputationWeightPermille: 0 })).toBe(cheap)
  })

  it('[SL2] is 0.7 of reputation less 0.3 of price, the price against the highest bid', () => {
    const scores = choose([cheap, good], policy).ranked.map(({ score }) => score)
    expect(scores).toEqual([Math.trunc(0.7 * 900 - 0.3 * 1_000), Math.trunc(0.7 * 400 - 0.3 * 500)])
  })

  it('[SL2] takes up to 100 points for load and 50 for distance, unknown being far', () => {
    const score = (told: Partial<Candidate>) =>
      choose([candidate('x', { ...price(0n), ...told })], policy).ranked[0]?.score
    expect(score({})).toBe(350)
    expect(score({ loadPermille: 1_000 })).toBe(250)
    expect(score({ rttMs: 250 })).toBe(325)
    expect(score({ rttMs: 90_000 })).toBe(300)
    expect(score({ rttMs: undefined })).toBe(300)
  })

  it('[SL1] passes over with a reason, the price first', () => {
    const strict: Policy = { ...policy, maxPrice: 150n as Amount, minReputationPermille: 450, regions: ['eu'] }
    const dear = candidate('dear', { ...price(151n), reputationPermille: 0, region: 'us' })
    const unknown = candidate('unknown', { reputationPermille: 449, region: 'us' })
    const far = candidate('far', { region: 'us' })
    const fit = candidate('fit', price(150n))
    const { ranked, passedOver } = choose([dear, unknown, far, fit], strict)
    expect(passedOver.map(({ candidate: one, why }) => [one, why])).toEqual([
      [dear, 'price-over-limit'],
      [unknown, 'reputation-too-low'],
      [far, 'region-not-wanted'],
    ])
    expect(ranked.map(({ candidate: one }) => one)).toEqual([fit])
  })

  it('[SL1] somebody passed over does not change what a price is measured by', () => {
    const dear = candidate('dear', price(10_000n))
    expect(choose([cheap, good, dear], policy).ranked).toEqual(choose([cheap, good], policy).ranked)
  })

  it('[SL1] breaks ties by id, and knows no order of arrival', () => {
    const twins = ['a', 'b', 'c', 'd'].map((name) => candidate(name))
    const ids = choose(twins, policy).ranked.map((one) => one.candidate.id)
    expect(ids).toEqual(ids.toSorted())
    fc.assert(
      fc.property(fc.shuffledSubarray([cheap, good, ...twins], { minLength: 6 }), (any) => {
        expect(choose(any, policy).ranked).toEqual(choose([cheap, good, ...twins], policy).ranked)
      }),
    )
  })

  it('[SL1] passes over whoever is barred before anything else, and takes whoever is allowed below the floor', () => {
    const strict: Policy = { ...policy, minReputationPermille: 450 }
    const blocked = candidate('blocked', { barred: 'provider-blocked', ...price(9_999n) })
    const allowed = candidate('allowed', { isAllowed: true, reputationPermille: 10 })
    const { ranked, passedOver } = choose([blocked, allowed], strict)
    expect(passedOver).toEqual([{ candidate: blocked, why: 'provider-blocked' }])
    expect(ranked.map(({ candidate: one }) => one)).toEqual([allowed])
  })

  it('[SL5] says of each where it stood, and of the others no more than their number and the best score', () => {
    const dear = candidate('dear', price(2_000n))
    const choice = choose([cheap, good, dear], policy)
    const [best] = choice.ranked
    expect(figuresOf(choice, cheap.id)).toEqual({
      rank: 2,
      of: 3,
      score: choice.ranked[1]?.score,
      bestScore: best?.score,
      price: 100n,
      reputationPermille: 400,
    })
    expect(figuresOf(choice, dear.id)).toEqual({
      rank: 0,
      of: 3,
      bestScore: best?.score,
      price: 2_000n,
      reputationPermille: 500,
    })
    expect(figuresOf(choice, aCid('nobody'))).toBeUndefined()
  })

  it('[SL4] by the four presets takes another one each', () => {
    const near = candidate('near', { ...price(300n), reputationPermille: 500, rttMs: 5 })
    const far = { rttMs: 400, loadPermille: 300 }
    const cheapest = candidate('cheapest', { ...price(10n), reputationPermille: 300, ...far })
    const best = candidate('best', { ...price(900n), reputationPermille: 990, ...far })
    const usual = candidate('usual', { ...price(100n), reputationPermille: 900, ...far })
    const chosen = (name: PresetName) =>
      choose([near, cheapest, best, usual], { ...policy, ...presets[name] }).ranked[0]?.candidate
    expect(presetNames.map((name) => chosen(name)?.id)).toEqual([usual.id, near.id, cheapest.id, best.id])
  })

  it('[SL1] has nothing to say of nobody', () => {
    expect(choose([], policy)).toEqual({ ranked: [], passedOver: [] })
  })
})
