import { isOpen } from '../../activity/activity.ts'
import { isRunning } from '../../activity/job.ts'
import { isLive } from '../../market/agreement.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** Phase two: the weather is fair, and everything that was begun has ended by its own deadline. */
export function checkEnded(world: World): void {
  for (const host of world.hosts) if (host.actor.isHonest) endedAt(host)
  world.checks.agreements.converged()
  world.checks.money.converged()
}

function endedAt({ node, index }: Host): void {
  for (const job of node.jobs.values()) {
    const { ok, failed, total, done } = job.progress
    must(!isRunning(job), () => `a job of node ${index} never ended: ${done} of ${total}`, job.id)
    must(job.outcome !== 'Completed' || ok + failed === total, () => `a completed job has ${done} of ${total}`, job.id)
  }
  for (const thread of node.threads.values())
    must(thread.state !== 'open', () => `a thread of node ${index} is ${thread.state} for ever`, thread.id)
  for (const agreement of node.agreements.values())
    must(!isLive(agreement), () => `an agreement of node ${index} is ${agreement.state} for ever`, agreement.id)
  for (const activity of node.activities.values())
    must(!isOpen(activity), () => `an activity of node ${index} is ${activity.state} for ever`, activity.agreement)
  for (const { to, event } of node.outbox.parcels.values())
    must(false, () => `node ${index} still brings ${event.body.type} to ${to.slice(-6)}`, event.id)
  for (const allocation of node.allocations.values())
    must(allocation.isReleased, () => `node ${index} holds an allocation of an ended job`, allocation.job)
}
