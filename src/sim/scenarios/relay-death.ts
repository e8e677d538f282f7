import { minuteMs } from '../../kernel/time.ts'
import { noFaults } from '../faults.ts'
import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

/** Ten tabs find each other, then the only relay dies for good: what has links goes on, and jobs of linked tabs end. */
export function relayDeath(seed: number): World {
  const world = createWorld({
    seed,
    nodes: 10,
    faults: { ...noFaults, lossPermille: 10 },
    role: (index) => (index < 6 ? { plan: planOf(2), taskMs: 300 } : {}),
  })
  for (const host of world.hosts) host.open()
  world.run(minuteMs)
  world.network.isRelayUp = false
  for (const host of world.hosts.slice(6)) submit(host, { tasks: 80 })
  world.run(10 * minuteMs)
  return world
}
