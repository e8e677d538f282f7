import { createWorld, type World } from '../world.ts'
import { planOf, submit } from './people.ts'

const threads = 4
/** Four threads use up in 7.5 s what one interval lends, and then wait 22 s: far longer than a task may take. */
const intervalSec = 30
const timeoutMs = 2_000

/** One who pays for every note, and one who sells and waits for each. */
export function costlyNotes(seed: number): World {
  const world = createWorld({
    seed,
    nodes: 2,
    role: (index) => (index === 0 ? { plan: planOf(threads, 1_000n, intervalSec), taskMs: 200 } : {}),
  })
  for (const host of world.hosts) host.open()
  const [, requestor] = world.hosts
  world.plan(5_000, 'submit', requestor, () =>
    submit(requestor!, { tasks: 400, maxPrice: 20_000_000n, mostProviders: 1, timeoutMs }),
  )
  return world
}
