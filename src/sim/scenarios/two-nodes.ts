import type { Faults } from '../faults.ts'
import type { SimSigning } from '../signing.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

/** One tab gives, another has work. */
export function twoNodes(seed: number, faults?: Faults, signing?: SimSigning): World {
  const world = createWorld({
    seed,
    nodes: 2,
    ...(faults && { faults }),
    ...(signing && { signing }),
    role: (index) => (index === 0 ? { plan: planOf(2), taskMs: 200 } : {}),
  })
  for (const host of world.hosts) host.open()
  const [, requestor] = world.hosts
  world.plan(5_000, 'submit', requestor, () => submit(requestor!, { tasks: 40 }))
  return world
}
