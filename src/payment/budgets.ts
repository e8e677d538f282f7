import { type Amount, least, minus, plus, zero } from '../kernel/amount.ts'
import type { Cid } from '../wire/cid.ts'
import { type Account, acceptedOf, accruedOf } from './account.ts'
import { type Allocation, roomFor } from './allocation.ts'

/** The budget that an activity is paid from: its job's. */
export type BudgetOf = (activity: Cid) => Allocation | undefined

/** What of a sum each budget pays, by its job, and what none of them has room for. */
export type Paid = { readonly parts: ReadonlyMap<Cid, Amount>; readonly unpaid: Amount }

/**
 * AC23: several jobs may be computed under one agreement. What an invoice asks beyond its notes, each job pays for its own activities first, as far as
 * its budget goes; the little that is more than they computed, whoever has room.
 */
export function paidFrom(account: Account, total: Amount, budgetOf: BudgetOf): Paid {
  const parts = new Map<Cid, Amount>()
  const asked = minus(total, acceptedOf(account))
  const more = least(asked, minus(total, accruedOf(account)))
  const pay = (left: Amount, activity: Cid, most = left): Amount => {
    const budget = budgetOf(activity)
    if (!budget) return left
    const before = parts.get(budget.job) ?? zero
    const part = least(least(left, most), minus(roomFor(budget, account.agreement), before))
    parts.set(budget.job, plus(before, part))
    return minus(left, part)
  }
  let [ownLeft, moreLeft] = [minus(asked, more), more]
  for (const { activity, accrued, accepted } of account.activities.values())
    ownLeft = pay(ownLeft, activity, minus(accrued, accepted))
  for (const { activity } of account.activities.values()) moreLeft = pay(moreLeft, activity)
  return { parts, unpaid: plus(ownLeft, moreLeft) }
}
