import type { Rng } from '../kernel/rng.ts'
import { type Faults, noFaults } from './faults.ts'
import type { Host } from './shell.ts'
import type { World } from './world.ts'

const relayDeadMs = 30_000
const partitionMs = 40_000
const mostJumpMs = 5_000
const mostSleepMs = 70_000
const diskFullMs = 5_000
const mostAwayMs = 60_000

/** Plans what befalls machines: each fault at random moments with its own mean, as long as the world has it. */
export function plantFaults(world: World, rng: Rng): void {
  const some = (): Host | undefined => world.hosts[rng.below(world.hosts.length)]

  function every(name: keyof Faults, befall: () => void): void {
    const chance = rng.fork()
    const again = (): void => {
      const mean = world.faults[name] as number
      world.planAnyway(mean === 0 ? 10_000 : 1 + chance.below(2 * mean), name, undefined, () => {
        if ((world.faults[name] as number) > 0) befall()
        again()
      })
    }
    again()
  }

  every('partitionEveryMs', () => {
    const [a, b] = [some(), some()]
    if (a && b && a !== b) world.network.block(a, b)
    world.planAnyway(partitionMs, 'mend', undefined, () => world.network.mend())
  })
  every('relayDiesEveryMs', () => {
    world.network.isRelayUp = false
    world.planAnyway(relayDeadMs, 'relayBack', undefined, () => {
      world.network.isRelayUp = true
    })
  })
  every('clockJumpEveryMs', () => {
    const host = some()
    if (host) host.skewMs += rng.below(2 * mostJumpMs) - mostJumpMs
  })
  every('sleepEveryMs', () => {
    const host = some()
    // Never earlier than it would have woken: what it has put off comes before what reaches it then.
    if (host?.isUp) host.frozenUntil = Math.max(host.frozenUntil, world.now + rng.below(mostSleepMs))
  })
  every('diskFullEveryMs', () => {
    const host = some()
    if (host) host.disk.fullUntil = world.now + diskFullMs
  })
  every('streamBreakEveryMs', () => world.network.breakSomeStream(rng))
  every('churnEveryMs', () => {
    const host = some()
    if (!host?.isUp) return
    host.close(rng.chance(500))
    world.planAnyway(300 + rng.below(mostAwayMs), 'reopen', host, () => host.open())
  })
  for (const host of world.hosts) {
    const { skewMs } = world.faults
    if (skewMs > 0) host.skewMs = rng.below(2 * skewMs) - skewMs
  }
}

/**
 * Phase two: the weather clears, everybody comes back with the right time, and what was begun has to end. Whoever sleeps wakes when it
 * would have: what it has put off comes before what reaches it then.
 */
export function heal(world: World): void {
  world.faults = noFaults
  world.network.isRelayUp = true
  world.network.mend()
  for (const host of world.hosts) {
    host.disk.fullUntil = 0
    host.skewMs = 0
    if (!host.isUp) host.open()
  }
}
