import { afterEach, expect, it } from 'vitest'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

it('[WN1] [WN2] [WN4] others compute a part of each receipt again and sign for it, as its graph shows, also after a reload', async () => {
  world = createWorld()
  const providers = await Promise.all([place(), place(), place()].map((at) => world.open(at)))
  for (const provider of providers) await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
  const here = place()
  const requestor = await world.open(here)
  for (const { did } of providers) await requestor.dial(did)
  await until(requestor, () => requestor.market.offers().length === 3)
  const job = requestor.submit({
    module: await readyMadeModule('words'),
    tasks: Array.from({ length: 60 }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` })),
    policy: { maxPrice: 1_000_000_000n, redundancy: { witnesses: 2, sample: 0.1 } },
  })
  const results = await all(job.results())
  expect(results).toHaveLength(60)
  expect(await job.done).toMatchObject({ status: 'Completed', completed: 60 })
  const witnessed = results.filter(({ check }) => check?.how === 'agreed')
  expect(witnessed.length).toBeGreaterThan(0)
  expect(witnessed.length).toBeLessThan(60)
  for (const { check } of witnessed) expect(new Set(check?.agreed).size).toBe(3)
  const graph = await requestor.receipts.dag(job.id)
  const attested = graph.nodes.flatMap(({ body, attested: by = [] }) =>
    by.map((one) => ({ ...one, author: body.author })),
  )
  // Each task that was witnessed has two signatures beside its receipt's.
  expect(attested.reduce((sum, { positions }) => sum + positions.length, 0)).toBe(2 * witnessed.length)
  for (const { witness, author } of attested) expect(witness).not.toBe(author)
  expect(requestor.faults().filter(({ phase }) => phase === 'check')).toEqual([])
  await world.crash(requestor)
  const again = await (await world.open(here)).receipts.dag(job.id)
  expect(again.nodes.map(({ attested: by }) => by)).toEqual(graph.nodes.map(({ attested: by }) => by))
})
