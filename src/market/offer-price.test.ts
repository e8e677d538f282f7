import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Amount, maxAmount } from '../kernel/amount.ts'
import { anOffer, someFacts, someTerms } from './market.examples.ts'
import { intervalPrice, isPriced, minutePrice, type PriceList, priceListOf, pricingOf } from './offer-price.ts'
import { readOfferProperties } from './offer-properties-read.ts'

function priced(list: PriceList) {
  const pricing = pricingOf(list)
  if (!pricing.ok) throw new Error(pricing.code)
  return pricing.value
}
const memory = { memoryMib: 512 }

describe('the price of an offer', () => {
  it('[LP7] names the counters that cost something, and no other', () => {
    expect(priced({ perGigaFuel: 40n, perSecond: 0n, perMibOut: 2n, perStart: 9n })).toEqual({
      usageVector: ['tabmesh.usage.fuel-giga', 'golem.usage.network.out-mib'],
      coefficients: [40n, 2n],
      fixed: 9n,
    })
    expect(priced({})).toEqual({ usageVector: ['golem.usage.duration-sec'], coefficients: [0n], fixed: 0n })
  })

  it('[LP7] is read back as it was said, also through an offer', () => {
    const names = [
      'perSecond',
      'perGigaFuel',
      'perGibMemory',
      'perMibIn',
      'perMibOut',
      'perMegaHostUnits',
      'perStart',
    ] as const
    const price = fc.bigInt({ min: 1n, max: maxAmount })
    const lists = fc.record(Object.fromEntries(names.map((name) => [name, price])), { requiredKeys: [] })
    fc.assert(
      fc.property(lists, (list) => {
        const facts = readOfferProperties(anOffer({ pricing: priced(list) }))
        expect(facts.ok && priceListOf(facts.value.pricing)).toEqual(list)
        expect(isPriced({ pricing: priced(list) })).toBe(Object.keys(list).length > 0)
      }),
    )
  })

  it('[LP7] refuses what is no sum, and says which', () => {
    expect(pricingOf({ perStart: -1n })).toMatchObject({ code: 'price-out-of-range', facts: { price: 'perStart' } })
    expect(pricingOf({ perGigaFuel: maxAmount + 1n })).toMatchObject({ facts: { price: 'perGigaFuel' } })
    expect(pricingOf({ perSecond: 1 as never })).toMatchObject({ facts: { value: 1 } })
  })
})

describe('the standard minute', () => {
  it.each<[PriceList, bigint]>([
    [{}, 0n],
    [{ perSecond: 7n }, 420n],
    [{ perGigaFuel: 7n }, 420n],
    [{ perGibMemory: 10n }, 5n],
    [{ perMibIn: 3n, perMibOut: 4n }, 7n],
    [{ perMegaHostUnits: 6n }, 6n],
    [{ perStart: 11n }, 11n],
    [{ perSecond: 1n, perGigaFuel: 2n, perStart: 5n }, 185n],
  ])('[SL3] of %o costs %d', (list, price) => {
    expect(minutePrice(priced(list), memory)).toBe(price)
  })

  it('[SL3] is never free because it is too dear to be told', () => {
    expect(minutePrice(priced({ perSecond: maxAmount }), memory)).toBe(maxAmount)
  })

  it('[SL3] never costs less where any price is higher, and never hides one counter behind another', () => {
    const price = fc.bigInt({ min: 0n, max: 10n ** 12n })
    const names = ['perSecond', 'perGigaFuel', 'perMibIn', 'perMibOut', 'perMegaHostUnits', 'perStart'] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        price,
        price,
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (name, a, b, more) => {
          const list: PriceList = { perSecond: a, perGigaFuel: b }
          const dearer = { ...list, [name]: (list[name] ?? 0n) + more }
          expect(minutePrice(priced(dearer), memory)).toBeGreaterThan(minutePrice(priced(list), memory))
        },
      ),
    )
  })
})

describe('what an interval costs', () => {
  it('[TM4] is the terms’ own credit, and nothing for a gift', () => {
    expect(intervalPrice(someTerms())).toBe(someTerms().creditLimit)
    const gift = { ...someTerms(), coefficients: [0n, 0n] as Amount[] }
    expect(intervalPrice(gift)).toBe(0n)
    expect(someFacts.pricing.coefficients).toEqual([10n])
  })
})
