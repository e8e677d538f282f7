import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { activityPrice, agreementPrice, type LinearPricing, maxUsage } from './price.ts'
import vectors from './price.vectors.json' with { type: 'json' }

const pricing = (from: { coefficients: string[]; fixed: string }): LinearPricing => ({
  coefficients: from.coefficients.map((text) => BigInt(text) as Amount),
  fixed: BigInt(from.fixed) as Amount,
})

describe('linear price', () => {
  it.each(vectors.activities)('[LP5] [LP1] [LP2] $name', (vector) => {
    expect(activityPrice(pricing(vector), vector.usage.map(BigInt))).toEqual({ ok: true, value: BigInt(vector.price) })
  })
  it.each(vectors.refused)('[LP4] refused: $name', (vector) => {
    expect(activityPrice(pricing(vector), vector.usage.map(BigInt))).toMatchObject({ ok: false, code: vector.code })
  })
  it.each(vectors.agreements)('[LP3] $name', (vector) => {
    const activities = vector.activities.map((usage) => usage.map(BigInt))
    expect(agreementPrice(pricing(vector), activities)).toEqual({ ok: true, value: BigInt(vector.price) })
  })
  it('[LP4] an agreement past the largest amount is refused, and one with a bad activity', () => {
    const dear = pricing({ coefficients: [], fixed: String(2n ** 62n) })
    expect(agreementPrice(dear, [[], []])).toMatchObject({ code: 'price-too-large' })
    expect(agreementPrice(dear, [[], [1n]])).toMatchObject({ code: 'usage-length-differs' })
  })

  it('[LP6] more usage never costs less, and two activities never cost less than their fees', () => {
    const counter = fc.record({
      coefficient: fc.bigInt({ min: 0n, max: 10n ** 6n }),
      usage: fc.bigInt({ min: 0n, max: maxUsage / 2n }),
      more: fc.bigInt({ min: 0n, max: maxUsage / 2n }),
    })
    fc.assert(
      fc.property(fc.array(counter, { maxLength: 5 }), fc.bigInt({ min: 0n, max: 10n ** 9n }), (counters, fee) => {
        const terms = { coefficients: counters.map((one) => one.coefficient as Amount), fixed: fee as Amount }
        const usage = counters.map((one) => one.usage)
        const less = activityPrice(terms, usage)
        const more = activityPrice(
          terms,
          counters.map((one) => one.usage + one.more),
        )
        if (!less.ok || !more.ok) throw new Error('within range')
        expect(more.value >= less.value).toBe(true)
        expect(agreementPrice(terms, [usage, usage])).toEqual({ ok: true, value: less.value * 2n })
      }),
    )
  })
})
