import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs } from '../kernel/time.ts'
import { type Asked, answerWith, standardNegotiators } from './answer.ts'
import { demandNames } from './demand.ts'
import { aCid, aDemand, anOffer, begun, requestor, someWish } from './market.examples.ts'
import { propertyNames } from './offer-properties-names.ts'
import type { Properties } from './property.ts'

const asked = (told: Partial<Asked> = {}): Asked => ({
  from: requestor,
  demand: aDemand(),
  offer: anOffer(),
  free: { threads: 4, memoryMb: 1_024 },
  now: begun,
  blocked: new Set(),
  ...told,
})
const codeOf = (one: Asked): string => {
  const answer = answerWith(standardNegotiators, one)
  return answer.type === 'reject' ? answer.reason.code : answer.type
}
const demand = (told: Record<string, Properties[string] | undefined>): Properties =>
  Object.fromEntries(Object.entries({ ...aDemand(), ...told }).filter(([, value]) => value !== undefined)) as Properties

describe('a provider’s answer', () => {
  it('[ST1] is ready where nobody objects', () => {
    expect(codeOf(asked())).toBe('ready')
  })

  /** Each asks for more trouble than the one before; the first objection in Golem's order is what is told. */
  const worse = [
    [{ [propertyNames.chosenPlatform]: 'barter' }, {}, 'platform-not-shared'],
    [{ [propertyNames.expiration]: begun }, {}, 'expiration-out-of-range'],
    [{ [propertyNames.expiration]: undefined }, {}, 'expiration-missing'],
    [{}, { free: { threads: 1, memoryMb: 1_024 } }, 'sold-out'],
    [{ [demandNames.threads]: undefined }, {}, 'terms-incomplete'],
    [{}, { onlyModules: new Set([aCid('another')]) }, 'ready-made-only'],
    [{}, { blocked: new Set([requestor]) }, 'requestor-blocked'],
    [{ [propertyNames.chosenPlatform]: undefined }, {}, 'platform-missing'],
  ] as const
  it('[ST1] is the first objection in order: platform, blacklist, modules, room, expiration, terms', () => {
    let all = asked()
    for (const [told, conditions, code] of worse) {
      all = asked({ ...all, ...conditions, demand: demand({ ...all.demand, ...told }) })
      if (Object.values(told).includes(undefined))
        all = { ...all, demand: Object.fromEntries(Object.entries(all.demand).filter(([name]) => !(name in told))) }
      expect(codeOf(all)).toBe(code)
    }
  })

  it('[ST1] tells a lack of room for now, and everything else for good', () => {
    const full = answerWith(standardNegotiators, asked({ free: { threads: 4, memoryMb: 127 } }))
    expect(full).toMatchObject({ reason: { code: 'sold-out', isFinal: false, retryAfterMs: 10_000 } })
    const blocked = answerWith(standardNegotiators, asked({ blocked: new Set([requestor]) }))
    expect(blocked).toMatchObject({ reason: { code: 'requestor-blocked', isFinal: true } })
  })

  it('[ST1] runs a ready-made program, and one for at least a minute and at most a month', () => {
    expect(codeOf(asked({ onlyModules: new Set([someWish.module]) }))).toBe('ready')
    const until = (expiresAt: number) => codeOf(asked({ demand: demand({ [propertyNames.expiration]: expiresAt }) }))
    expect(until(begun + minuteMs)).toBe('ready')
    expect(until(begun + minuteMs - 1)).toBe('expiration-out-of-range')
    expect(until(begun + 30 * dayMs)).toBe('ready')
    expect(until(begun + 30 * dayMs + 1)).toBe('expiration-out-of-range')
  })

  it('[ST1] asks each link in turn and none after the first objection', () => {
    const heard: string[] = []
    const link = (name: string, objects: boolean) => () => {
      heard.push(name)
      return objects ? { code: name, message: '', isFinal: true } : undefined
    }
    const answer = answerWith([link('one', false), link('two', true), link('three', true)], asked())
    expect(answer).toMatchObject({ reason: { code: 'two' } })
    expect(heard).toEqual(['one', 'two'])
  })

  it('[ST2] repeats the demand’s intervals from a second to a day, and drops others', () => {
    const interval = propertyNames.debitNoteIntervalSec
    const repeated = (seconds: number) => {
      const answer = answerWith(standardNegotiators, asked({ demand: demand({ [interval]: seconds }) }))
      return answer.type === 'ready' ? answer.properties[interval] : answer.reason.code
    }
    expect([0, 1, 60, 86_400, 86_401].map(repeated)).toEqual([undefined, 1, 60, 86_400, undefined])
  })

  it('[ST2] keeps every fact of the offer, in one order', () => {
    const answer = answerWith(standardNegotiators, asked({ demand: { ...aDemand(), [propertyNames.cores]: 1 } }))
    if (answer.type !== 'ready') throw new Error(answer.reason.code)
    expect(answer.properties).toEqual(anOffer())
    expect(Object.keys(answer.properties)).toEqual(Object.keys(answer.properties).toSorted())
  })
})
