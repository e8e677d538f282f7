import { describe, expect, it } from 'vitest'
import { type Amount, isAmount, least, maxAmount, minus, plus, times, zero } from './amount.ts'

const amount = (micro: bigint): Amount => micro as Amount

describe('amount', () => {
  it('is never negative and never over its bound', () => {
    expect(minus(amount(2n), amount(5n))).toBe(zero)
    expect(minus(amount(5n), amount(2n))).toBe(3n)
    expect(plus(maxAmount, amount(1n))).toBe(maxAmount)
    expect(times(maxAmount, 3n)).toBe(maxAmount)
    expect(times(amount(7n), 0n)).toBe(zero)
    expect(least(amount(7n), amount(2n))).toBe(2n)
  })

  it('knows what it is', () => {
    expect([-1n, 0n, 2n ** 63n - 1n, 2n ** 63n].map(isAmount)).toEqual([false, true, true, false])
  })
})
