import { expect, it } from 'vitest'
import { unlessSame } from './unless-same.ts'

it('keeps what was there where nothing changed, and sees a changed amount', () => {
  const before = { funnel: { seen: 1, leastBudget: 7n } }
  expect(unlessSame(before, { funnel: { seen: 1, leastBudget: 7n } })).toBe(before)
  const dearer = { funnel: { seen: 1, leastBudget: 8n } }
  expect(unlessSame(before, dearer)).toBe(dearer)
  expect(unlessSame<unknown>({ a: '7' }, { a: 7n })).toEqual({ a: 7n })
})

it('knows nothing as the same as nothing', () => {
  expect(unlessSame(undefined, undefined)).toBeUndefined()
  expect(unlessSame<unknown>(undefined, 0n)).toBe(0n)
})
