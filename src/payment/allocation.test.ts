import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, after as later, type Timestamp, timestamp } from '../kernel/time.ts'
import { exampleCid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { Verified } from '../wire/event.ts'
import {
  type Allocation,
  type AllocationRefusal,
  evolveAllocation,
  reactAllocation,
  remainingOf,
  reserve,
  reservedOf,
  roomFor,
  spend,
  spentOf,
  unreserve,
} from './allocation.ts'
import { Allocated, type AllocationBody, Released } from './messages.ts'
import { coins } from './payment.examples.ts'

const job = exampleCid('job')
const now = timestamp(1_000)
const until = timestamp(100_000)
const head = { author: requestor, issuedAt: now }
const [a, b] = [exampleCid('a'), exampleCid('b')]
const given = Allocated.author(head, { job, total: coins(100), until })
const released = Released.author({ ...head, prev: given.id }, { job, allocation: given.id })
const foreign = Released.author({ ...head, author: provider }, { job, allocation: given.id })

function got<T>(outcome: { ok: true; value: T } | { ok: false; code: string }): T {
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.value
}
const full = got(evolveAllocation(undefined, given))
const over = got(evolveAllocation(full, released))
const reserved = (from: Allocation, agreement: typeof a, amount: number, at: Timestamp = now): Allocation =>
  got(reserve(from, { agreement, amount: coins(amount), now: at }))

describe('an allocation', () => {
  const table: [string, Allocation | undefined, Verified<AllocationBody>, AllocationRefusal | undefined][] = [
    ['given', undefined, given, undefined],
    ['given twice', full, given, 'allocation-known'],
    ['given after its release', over, given, 'allocation-known'],
    ['released', full, released, undefined],
    ['released before it was given', undefined, released, 'allocation-unknown'],
    ['released twice', over, released, 'allocation-released'],
    ['released by somebody else', full, foreign, 'allocation-not-yours'],
  ]
  it.each(table)('[AL5] when %s', (_, from, event, code) => {
    const outcome = evolveAllocation(from, event)
    expect(outcome.ok ? undefined : outcome.code).toBe(code)
  })

  it('[AL1] [AL2] [AL3] [AL4] tells spent, reserved and remaining apart', () => {
    const both = reserved(reserved(full, a, 60), b, 30)
    expect([spentOf(both), reservedOf(both), remainingOf(both)]).toEqual([0n, 90n, 10n])
    const paid = got(spend(both, { agreement: a, total: coins(40) }))
    expect([spentOf(paid), reservedOf(paid), remainingOf(paid)]).toEqual([40n, 50n, 10n])
    expect([roomFor(paid, a), roomFor(paid, b), roomFor(paid, exampleCid('c'))]).toEqual([30n, 40n, 10n])
    expect(got(spend(paid, { agreement: a, total: coins(40) }))).toBe(paid)
    const back = unreserve(paid, a)
    expect([spentOf(back), reservedOf(back), remainingOf(back)]).toEqual([40n, 30n, 30n])
  })

  it('[AL2] refuses what is over budget, late or released', () => {
    const one = reserved(full, a, 60)
    const asked = { agreement: b, amount: coins(41), now }
    expect(reserve(one, asked)).toMatchObject({ code: 'over-budget', facts: { asked: 41n, remaining: 40n } })
    expect(spend(one, { agreement: b, total: coins(41) })).toMatchObject({ code: 'over-budget' })
    expect(reserve(full, { ...asked, now: until })).toMatchObject({ code: 'allocation-expired' })
    expect(reserve(over, asked)).toMatchObject({ code: 'allocation-released' })
    expect(roomFor(over, a)).toBe(0n)
  })

  it('[AL2] sets aside in place of what was set aside before', () => {
    expect(reservedOf(reserved(reserved(full, a, 60), a, 100))).toBe(100n)
    expect(reservedOf(reserved(reserved(full, a, 60), a, 10))).toBe(10n)
  })

  it('[AL1] [AL2] [AL3] never gives out more than its total, whatever is asked of it', () => {
    const which = fc.constantFrom(a, b)
    const amount = fc.nat({ max: 120 }).map(coins)
    const steps = fc.array(fc.tuple(fc.constantFrom('reserve', 'spend', 'unreserve'), which, amount), { maxLength: 30 })
    fc.assert(
      fc.property(steps, (all) => {
        let state = full
        for (const [step, agreement, sum] of all) {
          const spentBefore = spentOf(state)
          const outcome = {
            reserve: () => reserve(state, { agreement, amount: sum, now }),
            spend: () => spend(state, { agreement, total: sum }),
            unreserve: () => ({ ok: true as const, value: unreserve(state, agreement) }),
          }[step as 'reserve' | 'spend' | 'unreserve']()
          if (outcome.ok) state = outcome.value
          expect(spentOf(state) + reservedOf(state) + remainingOf(state)).toBe(100n)
          expect(spentOf(state)).toBeGreaterThanOrEqual(spentBefore)
        }
      }),
    )
  })

  it('[AL5] is released once all accounts are closed, else when no invoice can come any more, however short the job was', () => {
    const ended = timestamp(2_000)
    const open = { jobEndedAt: ended, hasOpenAccounts: true }
    expect(reactAllocation(full, { ...open, hasOpenAccounts: false }, ended)).toMatchObject([{ type: 'state' }])
    expect(reactAllocation(full, open, ended)).toEqual([
      { type: 'wake', key: `allocation:${job}`, at: later(ended, dayMs + hourMs) },
    ])
    expect(reactAllocation(full, open, later(ended, dayMs + hourMs))).toMatchObject([{ type: 'state', kind: Released }])
    expect(reactAllocation(full, { hasOpenAccounts: false }, now)).toMatchObject([{ at: later(until, dayMs + hourMs) }])
    expect(reactAllocation(over, open, later(ended, dayMs + hourMs))).toEqual([])
  })
})
