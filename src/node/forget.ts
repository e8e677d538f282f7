import { isRunning } from '../activity/job.ts'
import { minuteMs, type Timestamp } from '../kernel/time.ts'
import { isLive } from '../market/agreement.ts'
import { isClosed } from '../payment/deadlines.ts'
import type { Cid } from '../wire/cid.ts'
import { forgetAttestations } from './attestations.ts'
import type { NodeState } from './state.ts'
import { jobsOf } from './uses.ts'
import { isOfWorkflow, oldestWorkflows } from './workflows.ts'

/** FG1: what is over stays ten minutes, for a counterparty that comes late, and leaves memory; the log still has it by id. */
export const keepEndedMs = 10 * minuteMs
/** FG2: of the own jobs that ended, so many of the newest stay at hand with their agreements; a person scrolls no further. */
const mostEndedJobs = 200

/** Drops what nobody can ask for any more. Runs with the clean-up, so a start reads a small state. @returns own jobs that went */
export function forgetEnded(node: NodeState, now: Timestamp): readonly Cid[] {
  for (const { id, attempts } of oldestWorkflows(node)) {
    const jobs = [...attempts.values()].flat()
    if (jobs.every((job) => isSettled(node, job, now))) node.workflows.delete(id)
  }
  const forgotten = oldestEnded(node).filter((job) => isSettled(node, job, now))
  for (const job of forgotten) forgetJob(node, job)
  for (const [id, agreement] of node.agreements) {
    if (jobsOf(node, agreement).length === 0 && isPast(node, id, now)) forgetAgreement(node, id)
  }
  return forgotten
}

/** FG3: nothing is forgotten that is live, unpaid, or that a late counterparty may still ask about. */
function isPast(node: NodeState, id: Cid, now: Timestamp): boolean {
  const agreement = node.agreements.get(id)
  if (!agreement) return true
  if (isLive(agreement) || now < (agreement.ended?.at ?? now) + keepEndedMs) return false
  const account = node.accounts.get(id)
  return !account || isClosed(account, agreement.ended?.at, now)
}

const isSettled = (node: NodeState, job: Cid, now: Timestamp): boolean =>
  [...(node.links.get(job)?.agreements ?? [])].every((id) => isPast(node, id, now))

function oldestEnded(node: NodeState): Cid[] {
  const ended = [...node.jobs.values()].filter((job) => !isRunning(job) && !isOfWorkflow(node, job))
  if (ended.length <= mostEndedJobs) return []
  const byEnd = ended.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  return byEnd.slice(0, ended.length - mostEndedJobs).map(({ id }) => id)
}

function forgetJob(node: NodeState, job: Cid): void {
  for (const agreement of node.links.get(job)?.agreements ?? [])
    if (!servesOthers(node, agreement, job)) forgetAgreement(node, agreement)
  for (const thread of node.links.get(job)?.threads ?? []) node.threads.delete(thread)
  node.links.delete(job)
  node.jobs.delete(job)
  node.interest.delete(job)
  node.allocations.delete(job)
}

/** A later job may still be shown with what it was computed under. */
function servesOthers(node: NodeState, id: Cid, job: Cid): boolean {
  const agreement = node.agreements.get(id)
  return agreement !== undefined && jobsOf(node, agreement).some((one) => one.id !== job)
}

function forgetAgreement(node: NodeState, id: Cid): void {
  for (const activity of node.activitiesOf.get(id) ?? []) {
    const receipt = node.chains.get(activity)?.latest.id
    if (receipt) node.anchors.delete(receipt)
    node.chains.delete(activity)
    forgetAttestations(node, activity)
    node.activities.delete(activity)
  }
  node.activitiesOf.delete(id)
  node.accounts.delete(id)
  node.agreements.delete(id)
  node.unheard.delete(id)
}
