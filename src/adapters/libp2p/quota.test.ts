import { expect, it } from 'vitest'
import { slidingQuota } from './quota.ts'

it('a peer has its quota within any window, and others theirs', () => {
  let now = 0
  const within = slidingQuota({ count: 10, windowMs: 1_000 }, () => now)
  const take = (peer: string, times: number): number =>
    Array.from({ length: times }, () => within(peer)).filter(Boolean).length
  expect(take('a', 12)).toBe(10)
  expect(take('b', 12)).toBe(10)
  now = 1_000
  expect(take('a', 12)).toBe(0)
  now = 1_500
  expect(take('a', 12)).toBe(5)
  now = 5_000
  expect(take('a', 12)).toBe(10)
})
