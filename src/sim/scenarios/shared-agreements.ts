import { seeded } from '../../kernel/rng.ts'
import { minuteMs } from '../../kernel/time.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit, type Wish } from './people.ts'

const lenders = 3
const people = 4

/** Halves beside each other, one after the other, and jobs that say nothing of it. */
const wishes: readonly Omit<Wish, 'tasks'>[] = [
  { mostThreads: 2, reserveThreads: 4, keepMs: 20_000 },
  { mostThreads: 2, reserveThreads: 4, maxPrice: 5_000_000n },
  { keepMs: 30_000, maxPrice: 5_000_000n },
  { mostThreads: 1 },
  {},
]

/** Few who lend much, some for credits; each of those who have work has five jobs, of which most could share an agreement. */
export function sharedAgreements(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: lenders + people,
    faults,
    role: (index) => (index < lenders ? { plan: planOf(4, index === 0 ? 1_000n : 0n), taskMs: 100 + 100 * index } : {}),
  })
  for (const host of world.hosts) host.open()
  for (const host of world.hosts.slice(lenders))
    for (const wish of wishes)
      world.planAnyway(5_000 + world.rng.below(1.5 * minuteMs), 'submit', host, () => {
        if (host.isUp && host.disk.fullUntil <= world.now)
          submit(host, { tasks: 10 + world.rng.below(40), mostProviders: 2, ...wish })
      })
  return world
}

/** How many agreements have carried more than one activity, and how many two at one time for different jobs. */
export function sharedCount({ hosts }: World): number {
  const shared = hosts.flatMap(({ node }) =>
    [...node.activitiesOf].filter(([id, activities]) => {
      const jobs = new Set(activities.map((one) => node.activities.get(one)?.job))
      return node.agreements.get(id)?.provider === node.me && jobs.size > 1
    }),
  )
  return shared.length
}
