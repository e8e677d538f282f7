import { isOpen } from '../activity/activity.ts'
import type { Job } from '../activity/job.ts'
import { closingMs } from '../node/letting-go.ts'
import { costOfJob } from '../node/money.ts'
import { linksOf } from '../node/state.ts'
import type { Cid } from '../wire/cid.ts'
import type { JobSummary } from './api.ts'
import type { Parts } from './mesh.ts'
import type { Store } from './store.ts'

/** Whoever was loaded again is back by then. */
const absentMs = 3_000

/** What a job came to, as soon as all is known that is still to come. */
export function createSummaries({ node, at, timers }: Pick<Parts, 'node' | 'at' | 'timers'>, store: Store) {
  /** Jobs whose end is looked at again: that time passes is told by nobody. */
  const lookedAt = new Set<Cid>()

  /** The last receipts follow the last result by some milliseconds; a provider that is gone is not awaited for long. */
  function isAwaited({ id, endedAt }: Job, activities: Iterable<Cid>): boolean {
    const open = [...activities].flatMap((one) => node.activities.get(one) ?? []).filter(isOpen)
    const longestMs = open.some(({ provider }) => node.peers.has(provider)) ? closingMs : absentMs
    const leftMs = (endedAt ?? 0) + longestMs - at()
    if (open.length === 0 || leftMs <= 0) return false
    if (!lookedAt.has(id)) timers.after(leftMs, () => lookedAt.delete(id) && store.touch([`job:${id}`]))
    lookedAt.add(id)
    return true
  }

  return (job: Job | undefined): JobSummary | undefined => {
    if (!job?.outcome) return undefined
    const { agreements, activities } = linksOf(node, job.id)
    if (isAwaited(job, activities)) return undefined
    const receipts = [...activities].flatMap((activity) => node.chains.get(activity)?.latest.id ?? [])
    const providers = [...agreements].flatMap((id) => node.agreements.get(id)?.provider ?? [])
    const { ok: completed, failed } = job.progress
    return {
      status: job.outcome,
      reason: job.reason,
      completed,
      failed,
      cost: costOfJob(node, job.id),
      receipts,
      providers: [...new Set(providers)],
    }
  }
}
