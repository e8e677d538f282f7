import { seeded } from '../../kernel/rng.ts'
import { minuteMs } from '../../kernel/time.ts'
import { honest } from '../actors/honest.ts'
import { swapper } from '../actors/liar.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit, type Wish } from './people.ts'

const sellers = 6
const swappers = 1
const wishes: readonly Wish[] = [
  { tasks: 40, maxPrice: 20_000_000n, redundancy: { mode: 'quorum', quorum: 2, copies: 3 } },
  { tasks: 40, redundancy: { mode: 'quorum', quorum: 2, copies: 2 } },
  { tasks: 30, maxPrice: 20_000_000n, redundancy: { mode: 'confidence', faultPpm: 100_000 } },
]

/** Seven who sell or give, one of whom shows something else than it committed to; three whose tasks go to several of them, behind commits. */
export function committedJobs(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const providers = sellers + swappers
  const world = createWorld({
    seed,
    nodes: providers + wishes.length,
    // What traps on one machine and not on another is nobody's lie.
    faults: { ...faults, trapPermille: 0 },
    actor: (index) => (index === sellers ? swapper : honest),
    role: (index) => (index < providers ? { plan: planOf(2, index % 2 === 0 ? 0n : 1_000n), taskMs: 200 } : {}),
  })
  for (const host of world.hosts) {
    host.open()
    const wish = wishes[host.index - providers]
    if (!wish) continue
    for (let nth = 0; nth < 2; nth++)
      world.planAnyway(5_000 + nth * 40_000 + world.rng.below(minuteMs / 4), 'submit', host, () => {
        if (host.isUp) submit(host, { ...wish, mostProviders: providers })
      })
  }
  return world
}
