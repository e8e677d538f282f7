import { type Amount } from '../kernel/amount.js';
import { type Result } from '../kernel/result.js';
/** What one activity costs: so much for each whole unit of each counter, and once the fixed fee. */
export type LinearPricing = {
    readonly coefficients: readonly Amount[];
    readonly fixed: Amount;
};
/** Counters in the order of the usage vector, each in millionths of its unit: 1.5 s is 1,500,000n. */
export type UsageVector = readonly bigint[];
export type PriceCode = 'usage-length-differs' | 'usage-out-of-range' | 'coefficient-out-of-range' | 'price-too-large';
/** Millionths of a unit in a unit: a microsecond of a second. */
export declare const usagePerUnit = 1000000n;
/** Ten-thousand million units: three hundred years in seconds. */
export declare const maxUsage: bigint;
/**
 * ⌊Σ usage · coefficient⌋ + fixed fee, in micro-credits; rounded down once, after the sum, so that both sides compute the
 * same. Source of the formula: Golem's linear pricing model; its figures: price.vectors.json.
 */
export declare function activityPrice({ coefficients, fixed }: LinearPricing, usage: UsageVector): Result<Amount, PriceCode>;
/** The sum over an agreement's activities, each rounded for itself and each with its own fixed fee. */
export declare function agreementPrice(pricing: LinearPricing, activities: readonly UsageVector[]): Result<Amount, PriceCode>;
