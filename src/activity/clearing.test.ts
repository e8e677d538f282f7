import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { createClearing } from './clearing.ts'

const credits = (sum: number) => BigInt(sum) as Amount

describe('what may be paid for', () => {
  it('[AC21] is frames in order, none that waits for a check, nor behind one that does', () => {
    const clearing = createClearing()
    clearing.took(credits(10), { taskCount: 2, open: [] })
    clearing.took(credits(20), { taskCount: 2, open: [3] })
    clearing.took(credits(30), { taskCount: 2, open: [] })
    expect([clearing.clear(0), clearing.cleared(), clearing.held()]).toEqual([true, 10n, 4])
    expect(clearing.clear(0)).toBe(false)
    clearing.ended(3)
    clearing.ended(9)
    expect([clearing.clear(0), clearing.cleared(), clearing.held()]).toEqual([true, 30n, 0])
  })

  it('[AC21] leaves so many tasks behind, and goes on from what was cleared before', () => {
    const clearing = createClearing(credits(5))
    for (const cost of [10, 20, 30]) clearing.took(credits(cost), { taskCount: 4, open: [] })
    expect([clearing.cleared(), clearing.clear(9), clearing.cleared()]).toEqual([5n, false, 5n])
    expect([clearing.clear(8), clearing.cleared(), clearing.held()]).toEqual([true, 10n, 8])
  })
})
