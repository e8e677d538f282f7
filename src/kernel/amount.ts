import type { Brand } from './brand.ts'

/** Money in micro-credits (10⁻⁶ credit), never negative, never a float. */
export type Amount = Brand<bigint, 'Amount'>

export const microPerCredit = 1_000_000n
export const zero = 0n as Amount
/** 2⁶³ − 1 micro-credits: nine billion credits, and what a signed 64-bit integer holds elsewhere. */
export const maxAmount = (2n ** 63n - 1n) as Amount

export const isAmount = (value: bigint): value is Amount => value >= 0n && value <= maxAmount

export const plus = (a: Amount, b: Amount): Amount => cap(a + b)
/** a − b, and nothing below zero. */
export const minus = (a: Amount, b: Amount): Amount => (a > b ? a - b : 0n) as Amount
export const times = (a: Amount, count: bigint): Amount => cap(a * count)
export const least = (a: Amount, b: Amount): Amount => (a < b ? a : b)

const cap = (sum: bigint): Amount => (sum > maxAmount ? maxAmount : sum) as Amount
