import { describe, expect, it } from 'vitest'
import { dayMs, after as later, type Timestamp } from '../kernel/time.ts'
import { activity, exampleCid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { Owed, Statement } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import { type Account, meter } from './account.ts'
import { evolveAllocation } from './allocation.ts'
import { blamed, cleared } from './cleared.ts'
import { evolveAccount } from './evolve.ts'
import { type AccountBody, Allocated } from './messages.ts'
import { account, coins, intervalMs, openedAt, perSecond, terms, worked } from './payment.examples.ts'
import { reactProvider } from './provider.ts'
import { reactRequestor } from './requestor.ts'

const at = (ms: number): Timestamp => later(openedAt, ms)
const patienceMs = terms.acceptTimeoutMs / 2
const budget = evolveAllocation(
  undefined,
  Allocated.author(
    { author: requestor, issuedAt: openedAt },
    { job: exampleCid('job'), total: coins(1_000n * perSecond), until: at(dayMs) },
  ),
)
if (!budget.ok) throw new Error(budget.code)
const budgetOf = () => budget.value
const checking = { budgetOf, isBeingChecked: () => true }

/** Seven seconds were computed, and a note asks for them. */
const noted: Account = told(meter(account(), worked(7)), intervalMs)

/** With what its provider asks for at that time. */
function told(before: Account, ms: number, endedAt?: Timestamp): Account {
  const owed = reactProvider(before, { endedAt }, at(ms)).filter((one): one is Statement => one.type === 'state')
  return owed.reduce((known, { kind, fields, prev }) => {
    const event = kind.author({ author: provider, issuedAt: at(ms), prev }, fields) as Verified<AccountBody>
    const next = evolveAccount(known, event, { at: at(ms), me: requestor })
    if (!next.ok) throw new Error(next.code)
    return next.value
  }, before)
}
const answers = (owed: readonly Owed[]) =>
  owed.flatMap((one) => (one.type === 'state' ? [[one.kind.type, (one.fields as { code?: string }).code]] : []))
const clearedTo = (known: Account, seconds: number) =>
  cleared(known, { activity, upTo: coins(BigInt(seconds) * perSecond) })

describe('a requestor that checks answers', () => {
  it('[AC21] accepts a note once what it asks for is cleared, and not before', () => {
    const soon = at(intervalMs + 1)
    expect(reactRequestor(noted, checking, soon)).toMatchObject([{ type: 'wake', at: at(intervalMs + patienceMs) }])
    expect(answers(reactRequestor(clearedTo(noted, 6), checking, soon))).toEqual([])
    expect(answers(reactRequestor(clearedTo(noted, 7), checking, soon))).toEqual([
      ['payment/debit-note-accepted', undefined],
    ])
  })

  it('[AC21] waits for no check beyond its patience, nor when the job is over', () => {
    const accepted = [['payment/debit-note-accepted', undefined]]
    expect(answers(reactRequestor(noted, checking, at(intervalMs + patienceMs)))).toEqual(accepted)
    expect(answers(reactRequestor(noted, { budgetOf }, at(intervalMs + 1)))).toEqual(accepted)
  })

  it('[AC21] takes back nothing that was cleared', () => {
    const known = clearedTo(clearedTo(noted, 5), 3)
    expect(known.activities.get(activity)?.cleared).toBe(5n * perSecond)
    expect(cleared(known, { activity: exampleCid('another'), upTo: coins(1) })).toBe(known)
  })

  it('[AC22] pays a provider that was proven wrong what was cleared before, and rejects the rest at once', () => {
    const wrong = blamed(clearedTo(noted, 5))
    const rejected = reactRequestor(wrong, { budgetOf }, at(intervalMs + 1))
    expect(answers(rejected)).toEqual([['payment/debit-note-rejected', 'BAD_SERVICE']])
    expect(rejected[0]).toMatchObject({ fields: { total: 5n * perSecond } })
    const invoiced = told(wrong, intervalMs + 2, at(intervalMs + 2))
    const [answer] = reactRequestor(invoiced, checking, at(intervalMs + 3))
    expect(answer).toMatchObject({
      kind: { type: 'payment/invoice-rejected' },
      fields: { code: 'BAD_SERVICE', total: 5n * perSecond },
    })
  })
})
