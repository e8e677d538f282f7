import { seeded } from '../../kernel/rng.ts'
import { minuteMs } from '../../kernel/time.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

const lenders = 6

/** The door of the job: it is announced, providers bid, the best are taken. Some give, some sell; two jobs each of four people. */
export function announced(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: lenders + 4,
    faults,
    role: (index) =>
      index < lenders ? { plan: planOf(1 + (index % 3), index % 2 === 0 ? 0n : 1_000n), taskMs: 100 + 50 * index } : {},
  })
  for (const host of world.hosts) host.open()
  for (const host of world.hosts.slice(lenders)) {
    for (const maxPrice of [0n, 5_000_000n])
      world.planAnyway(5_000 + world.rng.below(minuteMs), 'submit', host, () => {
        if (!host.isUp || host.disk.fullUntil > world.now) return
        submit(host, { tasks: 20 + world.rng.below(60), maxPrice, mostProviders: 3, door: 'announcement' })
      })
  }
  return world
}
