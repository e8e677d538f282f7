import { isOpen } from '../../activity/activity.ts'
import { activitiesOf, shareOf } from '../../node/shares.ts'
import { jobsOf } from '../../node/uses.ts'
import { acceptedOf } from '../../payment/account.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Host } from '../shell.ts'
import { must } from './violation.ts'

/** Open activities of an agreement together never more than it reserves; what has its last receipt is over. */
export function checkShares({ node }: Host, id: Cid): void {
  const agreement = node.agreements.get(id)
  if (!agreement) return
  const { terms } = agreement
  let threads = 0
  let memoryMb = 0
  for (const activity of activitiesOf(node, id)) {
    const isOver = node.chains.get(activity.id)?.isFinal === true
    must(!isOver || !isOpen(activity), () => 'an activity goes on after its last receipt', activity.id)
    if (!isOpen(activity)) continue
    const share = shareOf(activity)
    threads += share.threads
    memoryMb += share.memoryMb
  }
  must(threads <= terms.threads, () => `${threads} threads are used of ${terms.threads}`, id)
  must(memoryMb <= terms.memoryMb, () => `${memoryMb} MB are used of ${terms.memoryMb}`, id)
}

/** What a requestor accepted under an agreement is what the budgets of its jobs paid. */
export function checkBudgets({ node, actor }: Host, id: Cid): void {
  const account = node.accounts.get(id)
  const agreement = node.agreements.get(id)
  if (!account || !agreement || account.requestor !== node.me || !actor.isHonest) return
  let paid = 0n
  for (const { id: job } of jobsOf(node, agreement)) paid += node.allocations.get(job)?.shares.get(id)?.spent ?? 0n
  const accepted = acceptedOf(account)
  must(paid === accepted, () => `${accepted} accepted, ${paid} out of budgets`, id)
}
