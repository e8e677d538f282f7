import type { Amount } from '../kernel/amount.ts'
import type { Cid } from '../wire/cid.ts'
import { type Account, activityOf, withActivity } from './account.ts'

/** AC21: nothing that an activity cost up to this sum is being checked any more. It never falls. */
export function cleared(account: Account, { activity, upTo }: { activity: Cid; upTo: Amount }): Account {
  const known = activityOf(account, activity)
  return upTo <= known.cleared || !account.activities.has(activity)
    ? account
    : withActivity(account, { ...known, cleared: upTo })
}

/** AC22: its provider was proven wrong. */
export const blamed = (account: Account): Account => (account.isBlamed ? account : { ...account, isBlamed: true })
