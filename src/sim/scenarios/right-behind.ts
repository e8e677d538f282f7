import { isRunning } from '../../activity/job.ts'
import type { JobSpec } from '../../activity/messages.ts'
import { noFaults } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

const lookEveryMs = 5
/** From within the step that ends the first job to when its provider has long said that it is idle. */
const latestMs = 120

/** Two people on one machine: the second has work just when what is on sale changes, since the first one's has ended, by the seed some moments later. */
export function rightBehind(seed: number, door: JobSpec['policy']['door'] = 'offers'): World {
  const world = createWorld({
    seed,
    nodes: 3,
    faults: { ...noFaults, latencyMs: { least: 2, spread: 30 } },
    role: (index) => (index === 0 ? { plan: planOf(4), taskMs: 20 } : {}),
  })
  for (const host of world.hosts) host.open()
  const [, first, second] = world.hosts
  const behindMs = world.rng.below(latestMs)
  const look = (): void => {
    const isOver = [...first!.node.jobs.values()].some((job) => !isRunning(job))
    if (!isOver) return world.plan(lookEveryMs, 'look', second, look)
    world.plan(behindMs, 'submit', second, () => submit(second!, { tasks: 8, door }))
  }
  world.plan(5_000, 'submit', first, () => {
    submit(first!, { tasks: 2 })
    look()
  })
  return world
}

/** How long the second waited for an agreement after its provider was idle, ms; undefined where it has none. */
export function waitedMs({ hosts: [provider, first, second] }: World): number | undefined {
  const agreements = [...provider!.node.agreements.values()]
  const idleAt = agreements.find(({ requestor }) => requestor === first!.did)?.ended?.at
  const agreed = [...second!.node.agreements.values()].find(({ approvedAt }) => approvedAt !== undefined)
  const job = [...second!.node.jobs.values()][0]
  if (idleAt === undefined || !agreed?.approvedAt || !job) return undefined
  return agreed.approvedAt - Math.max(idleAt, job.submittedAt)
}
