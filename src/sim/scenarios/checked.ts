import { seeded } from '../../kernel/rng.ts'
import { minuteMs } from '../../kernel/time.ts'
import { honest } from '../actors/honest.ts'
import { fabricator } from '../actors/liar.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit, type Wish } from './people.ts'

const sellers = 7
const liars = 3
const buyers = 4

const wishes: readonly Wish[] = [
  { tasks: 90, maxPrice: 20_000_000n, redundancy: { mode: 'adaptive' } },
  { tasks: 90, redundancy: { mode: 'adaptive' } },
  { tasks: 40, maxPrice: 20_000_000n, redundancy: { mode: 'quorum', quorum: 3, copies: 5 } },
  { tasks: 40, maxPrice: 20_000_000n, redundancy: { mode: 'confidence', faultPpm: 100_000 } },
]

/** A program traps everywhere or nowhere: what compares equal must be equal. */
const withoutTraps = (faults: Faults): Faults => ({ ...faults, trapPermille: 0 })

/** Ten who sell or give, three of whom make results up, each its own; four who have their answers checked. */
export function checkedJobs(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: sellers + liars + buyers,
    faults: withoutTraps(faults),
    actor: (index) => (index >= sellers && index < sellers + liars ? fabricator : honest),
    role: (index) => (index < sellers + liars ? { plan: planOf(2, index % 2 === 0 ? 0n : 1_000n), taskMs: 200 } : {}),
  })
  for (const host of world.hosts) {
    host.open()
    const wish = wishes[host.index - sellers - liars]
    if (!wish) continue
    for (let nth = 0; nth < 2; nth++)
      world.planAnyway(5_000 + nth * 40_000 + world.rng.below(minuteMs / 4), 'submit', host, () => {
        if (host.isUp) submit(host, { ...wish, mostProviders: sellers + liars })
      })
  }
  return world
}
