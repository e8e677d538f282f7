import { type Activity, isOpen } from '../activity/activity.ts'
import { isRunning, type Job, tasksLeft } from '../activity/job.ts'
import { ActivityCreated } from '../activity/messages.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Resources } from '../market/capacity.ts'
import { isCommitted } from '../receipts/redundancy.ts'
import { type Owed, state } from '../wire/effect.ts'
import { activitiesOf, memoryMbOf } from './shares.ts'
import type { NodeState } from './state.ts'

/** SH2: own jobs that an agreement of ours serves or has served: the one that it was made for, then in the order in which they came. */
export function jobsOf(node: NodeState, { id, demand }: Agreement): readonly Job[] {
  const names = new Set([demand, ...activitiesOf(node, id).map(({ job }) => job)])
  return [...names].flatMap((name) => node.jobs.get(name) ?? [])
}

/** Its activities under this agreement, newest last. */
const activitiesFor = (node: NodeState, { id }: Agreement, job: Job): readonly Activity[] =>
  activitiesOf(node, id).filter((one) => one.job === job.id)

/** A provider that restarts more often than this within one agreement is no help. */
const mostRestarts = 16
/** A restart loses an activity, not the agreement. */
export const isRestart = (code: string | undefined): boolean => code === 'provider-restarted'

/** SH3: its last activity under this agreement came to nothing: for this job the agreement is over, whoever else it serves. */
export function isThrough(node: NodeState, agreement: Agreement, job: Job): boolean {
  const last = activitiesFor(node, agreement, job).at(-1)
  return last !== undefined && !isOpen(last) && !isRestart(last.failure?.code)
}

/** Whether a job of ours still counts on it. */
export const isUsed = (node: NodeState, agreement: Agreement): boolean =>
  jobsOf(node, agreement).some((job) => isRunning(job) && !isThrough(node, agreement, job))

/** Why a running job is through with it: the newest failure. */
export const failureOf = (node: NodeState, agreement: Agreement): Activity['failure'] =>
  jobsOf(node, agreement)
    .filter((job) => isRunning(job) && isThrough(node, agreement, job))
    .flatMap((job) => activitiesFor(node, agreement, job).at(-1)?.failure ?? [])
    .at(-1)

/** RQ6: jobs of it that run and have no activity there. */
export const waitingIn = (node: NodeState, agreement: Agreement): readonly Job[] =>
  jobsOf(node, agreement).filter((job) => {
    const all = activitiesFor(node, agreement, job)
    return isRunning(job) && !all.some(isOpen) && all.length < mostRestarts && !isThrough(node, agreement, job)
  })

/** RQ6: so many threads a job takes of what is free: no more than it has tasks, wants of one provider, or has memory for. */
export function threadsFor(job: Job, free: Resources): number {
  const { limits, policy } = job.spec
  const wanted = job.progress.isSealed ? Math.max(1, tasksLeft(job)) : free.threads
  const roomFor = Math.floor(free.memoryMb / memoryMbOf(limits))
  return Math.min(free.threads, roomFor, wanted, policy.mostThreads ?? free.threads)
}

/** A use of the agreement for this job. */
export function newActivity({ id, provider: to }: Agreement, job: Job, threads: number): Owed {
  const { module, limits, content, outbound, channels, isSealed, standsFor, policy } = job.spec
  const reads = {
    ...(content && { content }),
    ...(outbound && { outbound }),
    ...(channels && { channels }),
    ...(isSealed && { isSealed }),
    ...(standsFor && { standsFor }),
    ...(isCommitted(policy.redundancy) && { commits: true }),
  }
  return state(ActivityCreated, { to, agreement: id, job: job.id, module, threads, limits, ...reads })
}
