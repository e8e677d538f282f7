import { seeded } from '../../kernel/rng.ts'
import { honest } from '../actors/honest.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

const sellers = 4
const payers = 4
/** A tenth of a credit for what a thread burns in a second, and a little for a start. */
const pricing = { perGigaFuel: 100_000n, perStart: 5_000n }
const giga = 1_000_000_000n

/** Machines that sell by fuel, one of them by time as well; people who pay, half of them with a budget that is too small for all. */
export function fuelSellers(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: sellers + payers,
    faults,
    actor: () => honest,
    role: (index) => {
      if (index >= sellers) return {}
      return { plan: planOf(2, index === 0 ? { ...pricing, perSecond: 20_000n } : pricing), taskMs: 400 }
    },
  })
  for (const host of world.hosts) {
    host.open()
    if (host.index < sellers) continue
    const most = host.index % 2 === 0 ? 20n * giga : 2_000n * giga
    world.planAnyway(4_000 + world.rng.below(30_000), 'submit', host, () => {
      if (host.isUp)
        submit(host, { tasks: 80, maxPrice: 100_000_000n, mostProviders: 3, fuel: { perTask: 2n * giga, most } })
    })
  }
  return world
}
