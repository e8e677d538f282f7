import { isOpen } from '../activity/activity.ts'
import type { FuelLimits } from '../activity/fuel-budget.ts'
import type { JobSpec } from '../activity/messages.ts'
import { mostAhead } from '../activity/schedule.ts'
import type { Cid } from '../wire/cid.ts'
import { linksOf, type NodeState } from './state.ts'

/** Undefined where the job has no budget. */
export const fuelLimits = ({ limits, policy }: JobSpec): FuelLimits | undefined =>
  policy.maxFuel === undefined || limits.fuel === undefined ? undefined : { perTask: limits.fuel, most: policy.maxFuel }

/** FB4: what the verified receipts of a job tell, in units. */
export const fuelTold = (node: NodeState, job: Cid): bigint =>
  [...linksOf(node, job).activities].reduce((sum, id) => sum + (node.chains.get(id)?.latest.body.usage.fuel ?? 0n), 0n)

/** FB4: activities of an earlier life of this node, and how many tasks each may still be at. @param tasks of the job: one that somebody else has done may be out as well */
export const mayBeOut = (
  node: NodeState,
  job: Cid,
  tasks: number,
): readonly (readonly [activity: Cid, tasks: number])[] =>
  [...linksOf(node, job).activities].flatMap((id) => {
    const activity = node.activities.get(id)
    const isOlder = activity !== undefined && activity.created.body.issuedAt < (node.startedAt ?? 0)
    return isOlder && isOpen(activity) ? [[id, Math.min(mostAhead, tasks)] as const] : []
  })

/** FB1: whether nothing more can be told under it, unless a stream to it is open. */
export function isSilent(node: NodeState, activity: Cid): boolean {
  const known = node.activities.get(activity)
  return !known || !isOpen(known)
}
