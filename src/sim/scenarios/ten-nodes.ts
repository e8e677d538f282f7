import { seeded } from '../../kernel/rng.ts'
import { hourMs, minuteMs } from '../../kernel/time.ts'
import { checkEnded } from '../checkers/liveness.ts'
import { type Faults, swarm } from '../faults.ts'
import type { SimSigning } from '../signing.ts'
import { heal } from '../weather.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

export type Swarmed = {
  readonly seed: number
  readonly nodes?: number
  readonly faults?: Faults
  readonly signing?: SimSigning
}

/** Six lend, some for credits; four have work; everything that can go wrong does, by the seed. */
export function tenNodes({ seed, nodes = 10, faults = swarm(seeded(seed).fork()), signing }: Swarmed): World {
  const lenders = Math.ceil(nodes * 0.6)
  const world = createWorld({
    seed,
    nodes,
    faults,
    ...(signing && { signing }),
    role: (index) =>
      index < lenders
        ? { plan: planOf(1 + (index % 3), index % 2 === 0 ? 0n : 1_000n), taskMs: 50 + 150 * (index % 4) }
        : {},
  })
  for (const host of world.hosts) host.open()
  for (const host of world.hosts.slice(lenders)) {
    for (let nth = 0; nth < 3; nth++) {
      const maxPrice = nth === 1 ? 5_000_000n : 0n
      world.planAnyway(5_000 + world.rng.below(2 * minuteMs), 'submit', host, () => {
        if (host.isUp && host.disk.fullUntil <= world.now) submit(host, { tasks: 20 + world.rng.below(80), maxPrice })
      })
    }
  }
  return world
}

/** Phase one: safety under faults. Phase two: fair weather, and all of it has to end. */
export function safetyThenLiveness(world: World, faultyMs = 6 * minuteMs): void {
  world.run(faultyMs)
  heal(world)
  world.run(3 * hourMs)
  const at = { at: world.now, seq: 0, node: -1, life: -1, label: 'phase two', run: () => {} }
  try {
    checkEnded(world)
  } catch (error) {
    throw world.checks.explained(error, at)
  }
}
