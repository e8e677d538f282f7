import { seeded } from '../../kernel/rng.ts'
import { minuteMs } from '../../kernel/time.ts'
import type { Actor } from '../actors/actor.ts'
import { equivocator } from '../actors/equivocator.ts'
import { freeloader, sybil } from '../actors/freeloader.ts'
import { honest } from '../actors/honest.ts'
import { liar } from '../actors/liar.ts'
import { spammer } from '../actors/spammer.ts'
import { withholder } from '../actors/withholder.ts'
import { type Faults, swarm } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit, type Wish } from './people.ts'

type Person = {
  readonly actor: Actor
  readonly lends?: readonly [threads: number, perSecond: bigint]
  readonly wants?: Wish
}

const gives = [2, 0n] as const
const sells = [2, 1_000n] as const
const freeJob: Wish = { tasks: 60 }
const paidJob: Wish = { tasks: 60, maxPrice: 20_000_000n }

/** Ten honest, and ten who are not. */
const crowd: readonly Person[] = [
  { actor: honest, lends: gives },
  { actor: honest, lends: gives },
  { actor: honest, lends: gives },
  { actor: honest, lends: sells },
  { actor: honest, lends: sells },
  { actor: honest, lends: sells },
  { actor: honest, wants: freeJob },
  { actor: honest, wants: freeJob },
  { actor: honest, wants: paidJob },
  { actor: honest, wants: paidJob },
  { actor: liar, lends: gives },
  { actor: liar, lends: sells },
  { actor: withholder, lends: gives },
  { actor: equivocator, lends: sells },
  { actor: equivocator, wants: paidJob },
  { actor: freeloader, wants: paidJob },
  { actor: spammer },
  { actor: sybil, wants: paidJob },
  { actor: sybil, wants: paidJob },
  { actor: sybil, wants: paidJob },
]

/** Half of the network means harm. The honest half gets its work done, and loses no more than it chose to risk. */
export function hostileCrowd(seed: number, faults: Faults = swarm(seeded(seed).fork())): World {
  const world = createWorld({
    seed,
    nodes: crowd.length,
    faults,
    actor: (index) => crowd[index]!.actor,
    role(index) {
      const { lends } = crowd[index]!
      return lends ? { plan: planOf(...lends), taskMs: 200 } : {}
    },
  })
  for (const [index, host] of world.hosts.entries()) {
    host.open()
    const { wants } = crowd[index]!
    if (!wants) continue
    for (let nth = 0; nth < 2; nth++)
      world.planAnyway(5_000 + world.rng.below(minuteMs), 'submit', host, () => {
        if (host.isUp) submit(host, wants)
      })
  }
  return world
}
