import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import { exampleCid, requestor } from '../receipts/receipt.examples.ts'
import type { Cid } from '../wire/cid.ts'
import { type Account, activityOf, withActivity } from './account.ts'
import { type Allocation, evolveAllocation } from './allocation.ts'
import { paidFrom } from './budgets.ts'
import { Allocated } from './messages.ts'
import { account, coins } from './payment.examples.ts'

const [early, late] = [exampleCid('early'), exampleCid('late')]
const jobs = new Map([
  [early, exampleCid('first job')],
  [late, exampleCid('second job')],
])

function budget(job: Cid, total: number): Allocation {
  const fields = { job, total: coins(total), until: timestamp(9e12) }
  const made = evolveAllocation(undefined, Allocated.author({ author: requestor, issuedAt: timestamp(0) }, fields))
  if (!made.ok) throw new Error(made.code)
  return made.value
}

/** Two activities that computed so much, of which so much was accepted by notes. */
const books = (computed: [number, number], noted: [number, number] = [0, 0]): Account =>
  [early, late].reduce(
    (one, activity, at) =>
      withActivity(one, {
        ...activityOf(one, activity),
        accrued: coins(computed[at]!),
        accepted: coins(noted[at]!),
      }),
    account(),
  )

function paid(books: Account, total: number, budgets: [number, number]) {
  const all = new Map([early, late].map((activity, at) => [activity, budget(jobs.get(activity)!, budgets[at]!)]))
  const { parts, unpaid } = paidFrom(books, coins(total), (activity) => all.get(activity))
  return [...[early, late].map((activity) => parts.get(jobs.get(activity)!) ?? 0n), unpaid].map(Number)
}

describe('an invoice for activities of two jobs', () => {
  it('[AC23] is paid by each for what its own computed beyond its notes', () => {
    expect(paid(books([20, 30]), 50, [100, 100])).toEqual([20, 30, 0])
    expect(paid(books([20, 30], [15, 0]), 50, [100, 100])).toEqual([5, 30, 0])
  })

  it('[AC23] is paid as far as their budgets go, the little that is more by whoever has room', () => {
    expect(paid(books([20, 30]), 51, [100, 100])).toEqual([21, 30, 0])
    expect(paid(books([20, 30]), 51, [20, 100])).toEqual([20, 31, 0])
    expect(paid(books([20, 30]), 50, [12, 100])).toEqual([12, 30, 8])
  })

  it('[AC23] has no part for what nobody has a budget', () => {
    const { parts, unpaid } = paidFrom(books([20, 30]), coins(50), () => undefined)
    expect([parts.size, unpaid]).toEqual([0, 50n])
  })
})
