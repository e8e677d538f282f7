import { minuteMs } from '../../kernel/time.ts'
import { type Faults, noFaults } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

export type Churn = { readonly seed: number; readonly nodes: number; readonly virtualMs: number }
export type Measured = {
  readonly world: World
  readonly steps: number
  readonly happenings: number
  readonly wallMs: number
  readonly stepsPerSecond: number
  readonly jobs: number
  readonly ended: number
}

/** Of a thousand tabs one closes every 0.6 s and comes back within a minute; one message in twenty is lost. */
const rough: Faults = { ...noFaults, latencyMs: { least: 10, spread: 190 }, lossPermille: 50, duplicatePermille: 5 }
const closingsPerNodeMs = 10 * minuteMs

/** A city of tabs: one in ten lends, one in ten has work, the rest only carries on what is said. */
export function churn({ seed, nodes }: Pick<Churn, 'seed' | 'nodes'>): World {
  const world = createWorld({
    seed,
    nodes,
    faults: { ...rough, churnEveryMs: Math.max(1, Math.floor(closingsPerNodeMs / nodes)) },
    role: (index) => (index % 10 === 0 ? { plan: planOf(1 + (index % 4)), taskMs: 100 + 50 * (index % 7) } : {}),
  })
  for (const host of world.hosts) {
    world.planAnyway(world.rng.below(10_000), 'open', host, () => host.open())
    if (host.index % 10 !== 3) continue
    world.planAnyway(12_000 + world.rng.below(minuteMs), 'submit', host, () => {
      if (host.isUp) submit(host, { tasks: 50 + world.rng.below(100), mostProviders: 3 })
    })
  }
  return world
}

/** Runs the city for so long in virtual time. @param now a clock in ms, for the caller alone may read one */
export function runChurn({ seed, nodes, virtualMs }: Churn, now: () => number): Measured {
  const world = churn({ seed, nodes })
  const before = now()
  world.run(virtualMs)
  const wallMs = now() - before
  const jobs = world.hosts.flatMap(({ node }) => [...node.jobs.values()])
  const ended = jobs.filter(({ outcome }) => outcome !== undefined).length
  const { steps, happenings } = world
  return { world, steps, happenings, wallMs, stepsPerSecond: (steps / wallMs) * 1_000, jobs: jobs.length, ended }
}
