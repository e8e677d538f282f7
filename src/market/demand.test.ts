import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { encode } from '../wire/codec.ts'
import { check } from '../wire/schema.ts'
import { allOf } from './constraints-build.ts'
import { printConstraint } from './constraints-print.ts'
import { demandConstraints, demandNames, termsOf } from './demand.ts'
import { aDemand, anOffer, provider, requestor, someFacts, someTerms, someWish } from './market.examples.ts'
import { explainMatch } from './match.ts'
import { terms } from './messages.ts'
import { type PriceList, pricingOf } from './offer-price.ts'
import { propertyNames } from './offer-properties-names.ts'
import type { Properties } from './property.ts'

const without = (all: Properties, name: string): Properties =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name))

describe('terms', () => {
  it('[TM1] say what was offered and what was asked', () => {
    expect(someTerms()).toMatchObject({
      runtime: 'wasi-p1',
      threads: 2,
      memoryMb: 128,
      platform: 'credits',
      usageVector: ['golem.usage.duration-sec'],
      coefficients: [10n, 0n],
      debitNoteIntervalMs: 120_000,
      acceptTimeoutMs: 240_000,
      creditLimit: 2_400n,
      expiresAt: someWish.expiresAt,
    })
    expect(check(terms, someTerms())).toMatchObject({ ok: true })
  })

  it('[TM1] are the same bytes on both sides, in whatever order the properties came', () => {
    const shuffled = (all: Properties) =>
      fc
        .shuffledSubarray(Object.entries(all), { minLength: Object.keys(all).length })
        .map((entries) => Object.fromEntries(entries))
    fc.assert(
      fc.property(shuffled(aDemand()), shuffled(anOffer()), (demand, offer) => {
        const derived = termsOf(demand, offer)
        expect(derived.ok && encode(derived.value)).toEqual(encode(someTerms()))
      }),
    )
  })

  it('[TM1] take a figure that both repeat from the demand', () => {
    const interval = propertyNames.debitNoteIntervalSec
    const derived = termsOf({ ...aDemand(), [interval]: 60 }, { ...anOffer(), [interval]: 60 })
    expect(derived).toMatchObject({ value: { debitNoteIntervalMs: 60_000, creditLimit: 1_200n } })
  })

  it.each([propertyNames.expiration, demandNames.threads, demandNames.memoryMib])(
    '[TM2] are not there where the demand lacks %s',
    (name) => {
      expect(termsOf(without(aDemand(), name), anOffer())).toMatchObject({ code: 'terms-incomplete' })
    },
  )

  it('[TM2] are not there on a platform that only one of both names', () => {
    expect(termsOf(aDemand({ platform: 'erc20' }), anOffer())).toMatchObject({
      code: 'platform-not-shared',
      facts: { chosen: 'erc20' },
    })
    expect(termsOf(without(aDemand(), propertyNames.chosenPlatform), anOffer())).toMatchObject({
      code: 'platform-not-shared',
    })
  })

  it('[TM2] are not there for a runtime that the offer does not name', () => {
    for (const runtime of ['wasi-p2', 'stdin2', ''])
      expect(termsOf(aDemand({ runtime }), anOffer())).toMatchObject({
        code: 'runtime-not-offered',
        facts: { runtime },
      })
    expect(termsOf(without(aDemand(), demandNames.runtime), anOffer())).toMatchObject({ code: 'runtime-not-offered' })
  })

  it('[TM2] are not there where the offer cannot be read, or prices what nobody measures', () => {
    expect(termsOf(aDemand(), without(anOffer(), propertyNames.cores))).toMatchObject({
      code: 'offer-not-readable',
      facts: { reason: 'offer-lacks-hardware' },
    })
    const strange = anOffer({ pricing: { ...someFacts.pricing, usageVector: ['golem.usage.smiles'] } })
    expect(termsOf(aDemand({}, strange), strange)).toMatchObject({
      code: 'counter-unknown',
      facts: { counter: 'golem.usage.smiles' },
    })
  })

  it('[TM4] lend what all threads can burn in an interval, whichever counter is sold, and the fixed fee', () => {
    const sold = (list: PriceList) => {
      const pricing = pricingOf(list)
      if (!pricing.ok) throw new Error(pricing.code)
      const offer = anOffer({ pricing: pricing.value })
      const derived = termsOf(aDemand({}, offer), offer)
      return derived.ok && derived.value.creditLimit
    }
    expect(sold({ perGigaFuel: 3n })).toBe(3n * 5n * 120n * 2n)
    expect(sold({ perGigaFuel: 3n, perStart: 7n, perGibMemory: 8n })).toBe(3n * 5n * 120n * 2n + 7n + 1n)
    expect(sold({ perMibIn: 2n, perMibOut: 5n })).toBe(7n * 120n)
    expect(sold({ perMegaHostUnits: 1n })).toBe(100n * 120n * 2n)
  })

  it('[TM1] lend nothing where a credit of one interval would be no sum any more', () => {
    const dear = anOffer({ pricing: { ...someFacts.pricing, coefficients: [(2n ** 62n) as Amount] } })
    expect(termsOf(aDemand({}, dear), dear)).toMatchObject({ value: { creditLimit: 0n } })
  })
})

describe('a demand', () => {
  it('[TM3] repeats the intervals of the offer, and none that it does not have', () => {
    expect(aDemand()).toMatchObject({
      [propertyNames.debitNoteIntervalSec]: 120,
      [propertyNames.paymentTimeoutSec]: 120,
      [propertyNames.acceptTimeoutSec]: 240,
    })
    expect(aDemand({}, {})).not.toHaveProperty([propertyNames.debitNoteIntervalSec])
  })

  it('[TM3] reserves its memory for each of its threads', () => {
    expect(aDemand({ threads: 3, memoryMb: 64 })).toMatchObject({
      [demandNames.threads]: 3,
      [demandNames.memoryMib]: 192,
    })
  })

  const fits = (told: Partial<typeof someWish>) =>
    explainMatch(
      { author: requestor, properties: aDemand(told), constraints: demandConstraints({ ...someWish, ...told }) },
      { author: provider, properties: anOffer(), constraints: allOf([]) },
    ).matches

  it('[TM3] fits an offer of its runtime, its part of the market and memory enough for one thread', () => {
    expect(fits({})).toBe(true)
    expect(fits({ memoryMb: 1_024 })).toBe(true)
    expect(fits({ memoryMb: 1_025 })).toBe(false)
    expect(fits({ runtime: 'wasi-p2' })).toBe(false)
    expect(fits({ subnet: 'private' })).toBe(false)
  })

  it('[TM3] fits an offer that lists every address which its programs fetch from', () => {
    const lists = (origins: readonly string[], outbound: readonly string[]) =>
      explainMatch(
        { author: requestor, properties: aDemand(), constraints: demandConstraints({ ...someWish, outbound }) },
        {
          author: provider,
          properties: anOffer({ ...(origins.length > 0 && { outbound: origins }) }),
          constraints: allOf([]),
        },
      ).matches
    const [one, other] = ['https://one.example', 'https://other.example:8443']
    expect(lists([one, other], [one, other])).toBe(true)
    expect(lists([one, other], [other])).toBe(true)
    expect(lists([one], [one, other])).toBe(false)
    expect(lists([], [one])).toBe(false)
    expect(lists(['https://*'], [one])).toBe(false)
    const longest = Array.from({ length: 8 }, (_, at) => `https://${`${at}`.padEnd(119, 'a')}.example`.slice(0, 128))
    expect(lists(longest, longest)).toBe(true)
    expect(printConstraint(demandConstraints({ ...someWish, outbound: longest })).length).toBeLessThan(2_048)
  })
})
