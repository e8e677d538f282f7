import { afterEach, expect, it } from 'vitest'
import type { TaskInput, TaskOutcome } from '../activity/task.ts'
import { closingMs } from '../node/letting-go.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
const spins = '10000000'
afterEach(() => world.close())

it('[CO3] [CO6] two of three equal results end a job although one provider goes between its commit and its reveal', async () => {
  world = createWorld()
  // Its third result: the first was committed to by then.
  const hasComputed = Promise.withResolvers<void>()
  let computed = 0
  const lies = (outcome: TaskOutcome, { args }: TaskInput): TaskOutcome => {
    if (args[0] === spins && ++computed === 3) hasComputed.resolve()
    return outcome
  }
  const providers = await Promise.all([place(), place(), { ...place(), lies }].map((at) => world.open(at)))
  for (const provider of providers) await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
  const requestor = await world.open()
  for (const { did } of providers) await requestor.dial(did)
  await until(requestor, () => requestor.market.offers().length === 3)
  const job = requestor.submit({
    module: await readyMadeModule('bench-spin'),
    tasks: Array.from({ length: 12 }, () => ({ args: [spins] })),
    policy: { maxPrice: 1_000_000_000n, redundancy: { quorum: 2, of: 3 } },
  })
  await until(requestor, () => job.view()?.lanes.length === 3)
  await hasComputed.promise
  await world.crash(providers[2]!)
  const results = await all(job.results())
  expect(results).toHaveLength(12)
  for (const { check } of results) expect(check).toMatchObject({ how: 'agreed', wrong: [] })
  // Whoever is gone is not waited for as long as somebody who only has not said its last word.
  await job.done
  expect(Date.now() - job.view()!.endedAt!).toBeLessThan(closingMs)
  expect(requestor.faults().filter(({ phase }) => phase === 'check')).toEqual([])
})
