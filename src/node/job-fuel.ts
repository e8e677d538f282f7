import { isOpen } from '../activity/activity.ts'
import type { FuelLimits, ToldBefore } from '../activity/fuel-budget.ts'
import type { JobSpec } from '../activity/messages.ts'
import { mostAhead } from '../activity/schedule.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import { linksOf, type NodeState } from './state.ts'

/** Undefined where the job has no budget. */
export const fuelLimits = ({ limits, policy }: JobSpec): FuelLimits | undefined =>
  policy.maxFuel === undefined || limits.fuel === undefined ? undefined : { perTask: limits.fuel, most: policy.maxFuel }

/** In units, by the newest receipt that is known. */
export const fuelToldBy = (node: NodeState, activity: Cid): bigint =>
  node.chains.get(activity)?.latest.body.usage.fuel ?? 0n

/** FB4: what the verified receipts of a job tell, in units. */
export const fuelTold = (node: NodeState, job: Cid): bigint =>
  [...linksOf(node, job).activities].reduce((sum, id) => sum + fuelToldBy(node, id), 0n)

/** FB4: what activities of a job have told, and how many tasks those of an earlier life of this node may still be at. @param tasks of the job: also one that somebody else has done may be out */
export const toldBefore = (node: NodeState, job: Cid, tasks: number): readonly ToldBefore[] =>
  [...linksOf(node, job).activities].map((id) => {
    const activity = node.activities.get(id)
    const isOlder = activity !== undefined && activity.created.body.issuedAt < (node.startedAt ?? 0)
    const mayHold = isOlder && isOpen(activity) ? Math.min(mostAhead, tasks) : 0
    return { activity: id, receipts: fuelToldBy(node, id), mayHold }
  })

/** AT5: whether this receipt of an own job would tell of more than its budget, whichever way it came. */
export function passesBudget(node: NodeState, { job, activity, usage }: ReceiptBody): boolean {
  const most = node.jobs.get(job)?.spec.policy.maxFuel
  return most !== undefined && fuelTold(node, job) - fuelToldBy(node, activity) + (usage.fuel ?? 0n) > most
}

/** FB1: whether nothing more can be told under it, unless a stream to it is open. */
export function isSilent(node: NodeState, activity: Cid): boolean {
  const known = node.activities.get(activity)
  return !known || !isOpen(known)
}
