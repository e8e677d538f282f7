import { type Amount, isAmount } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'

/** What one activity costs: so much for each whole unit of each counter, and once the fixed fee. */
export type LinearPricing = { readonly coefficients: readonly Amount[]; readonly fixed: Amount }

/** Counters in the order of the usage vector, each in millionths of its unit: 1.5 s is 1,500,000n. */
export type UsageVector = readonly bigint[]

export type PriceCode = 'usage-length-differs' | 'usage-out-of-range' | 'coefficient-out-of-range' | 'price-too-large'

/** Millionths of a unit in a unit: a microsecond of a second. */
export const usagePerUnit = 1_000_000n
/** Ten-thousand million units: three hundred years in seconds. */
export const maxUsage = 10n ** 16n

/**
 * ⌊Σ usage · coefficient⌋ + fixed fee, in micro-credits; rounded down once, after the sum, so that both sides compute the
 * same. Source of the formula: Golem's linear pricing model; its figures: price.vectors.json.
 */
export function activityPrice({ coefficients, fixed }: LinearPricing, usage: UsageVector): Result<Amount, PriceCode> {
  if (usage.length !== coefficients.length) {
    return refuse('usage-length-differs', { usage: usage.length, coefficients: coefficients.length })
  }
  if (!isAmount(fixed)) return refuse('coefficient-out-of-range', { index: coefficients.length, found: fixed })
  let sum = 0n
  for (const [index, coefficient] of coefficients.entries()) {
    const used = usage[index]!
    if (!isAmount(coefficient)) return refuse('coefficient-out-of-range', { index, found: coefficient })
    if (used < 0n || used > maxUsage) return refuse('usage-out-of-range', { index, found: used, most: maxUsage })
    sum += used * coefficient
  }
  const price = sum / usagePerUnit + fixed
  return isAmount(price) ? ok(price) : refuse('price-too-large', { found: price })
}

/** The sum over an agreement's activities, each rounded for itself and each with its own fixed fee. */
export function agreementPrice(pricing: LinearPricing, activities: readonly UsageVector[]): Result<Amount, PriceCode> {
  let sum = 0n
  for (const usage of activities) {
    const price = activityPrice(pricing, usage)
    if (!price.ok) return price
    sum += price.value
  }
  return isAmount(sum) ? ok(sum) : refuse('price-too-large', { found: sum })
}
