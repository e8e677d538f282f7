import { isOpen } from '../../activity/activity.ts'
import { isRunning } from '../../activity/job.ts'
import { type Agreement, isLive } from '../../market/agreement.ts'
import type { Did } from '../../wire/schema.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** Phase two: the weather is fair, and everything that was begun has ended by its own deadline. */
export function checkEnded(world: World): void {
  for (const host of world.hosts) if (host.actor.isHonest) endedAt(host, world)
  world.checks.agreements.converged()
  world.checks.money.converged()
  world.checks.acceptances.converged()
}

function endedAt({ node, index }: Host, world: World): void {
  // Whoever is not honest may ask for more for ever; with them a thing ends by its own time.
  const isFair = (did: Did): boolean => world.hostOf.get(did)?.actor.isHonest === true
  const isBetweenFair = (agreement: Agreement | undefined): boolean =>
    agreement === undefined || (isFair(agreement.requestor) && isFair(agreement.provider))

  for (const job of node.jobs.values()) {
    const { ok, failed, total, done } = job.progress
    must(!isRunning(job), () => `a job of node ${index} never ended: ${done} of ${total}`, job.id)
    must(job.outcome !== 'Completed' || ok + failed === total, () => `a completed job has ${done} of ${total}`, job.id)
  }
  for (const thread of node.threads.values())
    must(
      thread.state !== 'open' || !isFair(thread.opener) || !isFair(thread.other),
      () => `a thread of node ${index} is ${thread.state} for ever`,
      thread.id,
    )
  for (const agreement of node.agreements.values())
    must(
      !isLive(agreement) || (!isBetweenFair(agreement) && agreement.terms.expiresAt > world.now),
      () => `an agreement of node ${index} is ${agreement.state} for ever`,
      agreement.id,
    )
  for (const activity of node.activities.values())
    must(
      !isOpen(activity) || !isBetweenFair(node.agreements.get(activity.agreement)),
      () => `an activity of node ${index} is ${activity.state} for ever`,
      activity.agreement,
    )
  for (const { to, event } of node.outbox.parcels.values())
    must(!isFair(to), () => `node ${index} still brings ${event.body.type} to ${to.slice(-6)}`, event.id)
  for (const { isReleased, job } of node.allocations.values()) {
    const agreements = [...(node.links.get(job)?.agreements ?? [])].map((id) => node.agreements.get(id))
    must(isReleased || !agreements.every(isBetweenFair), () => `node ${index} holds an allocation of an ended job`, job)
  }
}
