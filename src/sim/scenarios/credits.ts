import { seeded } from '../../kernel/rng.ts'
import { sybil } from '../actors/freeloader.ts'
import { honest } from '../actors/honest.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

const sellers = 3
const payers = 3
const sybils = 12
/** A credit a second: expensive enough for limits to be reached within minutes. */
const perSecond = 100_000n

/** Machines for credits, people who pay, and a dozen names that never do: all strangers together stay under one limit. */
export function credits(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: sellers + payers + sybils,
    faults,
    actor: (index) => (index < sellers + payers ? honest : sybil),
    role: (index) => (index < sellers ? { plan: planOf(4, perSecond), taskMs: 400 } : {}),
  })
  for (const host of world.hosts) {
    host.open()
    if (host.index < sellers) continue
    world.planAnyway(4_000 + world.rng.below(60_000), 'submit', host, () => {
      if (host.isUp) submit(host, { tasks: 120, maxPrice: 100_000_000n, mostProviders: 3 })
    })
  }
  return world
}
