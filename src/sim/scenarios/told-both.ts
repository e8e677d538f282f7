import { equivocator } from '../actors/equivocator.ts'
import { honest } from '../actors/honest.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

/** Two lend, and the one with more room tells two stories; three have work, so that mostly somebody is told both. */
export function toldBoth(seed: number): World {
  const world = createWorld({
    seed,
    nodes: 5,
    actor: (index) => (index === 0 ? equivocator : honest),
    role: (index) => (index < 2 ? { plan: planOf(index === 0 ? 4 : 2), taskMs: 200 } : {}),
  })
  for (const host of world.hosts) host.open()
  for (const host of world.hosts.slice(2))
    world.planAnyway(5_000 + world.rng.below(5_000), 'submit', host, () => submit(host, { tasks: 60 }))
  return world
}
