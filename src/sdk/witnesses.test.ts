import { afterEach, expect, it } from 'vitest'
import { peerIdOfDid } from '../identity/did.ts'
import type { Attested } from '../receipts/words.ts'
import type { Cid } from '../wire/cid.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'
import type { ReceiptGraph } from './receipts-api.ts'

let world: TestWorld
afterEach(() => world.close())

/** A requestor of a job that two of its three providers witness, a tenth of it. */
async function aWitnessedJob(count: number) {
  world = createWorld()
  const providers = await Promise.all([place(), place(), place()].map((at) => world.open(at)))
  for (const provider of providers) await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
  const here = place()
  const requestor = await world.open(here)
  for (const { did } of providers) await requestor.dial(did)
  await until(requestor, () => requestor.market.offers().length === 3)
  const job = requestor.submit({
    module: await readyMadeModule('words'),
    tasks: Array.from({ length: count }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` })),
    policy: { maxPrice: 1_000_000_000n, redundancy: { witnesses: 2, sample: 0.1 } },
  })
  return { providers, here, requestor, job }
}

/** What stands beside the receipts. */
const wordsOf = ({ nodes }: ReceiptGraph) =>
  nodes.map(({ id, attested = [] }) => [id, attested.map(({ event }) => event).toSorted()])

it('[WN1] [WN2] [WN4] others compute a part of each receipt again and sign for it, as its graph shows, also after a reload', async () => {
  const { here, requestor, job } = await aWitnessedJob(60)
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

it('[WN5] [WN6] anybody has the words of witnesses from the requestor, and when that is gone from the witnesses', async () => {
  const { providers, requestor, job } = await aWitnessedJob(30)
  await job.done
  const graph = await requestor.receipts.dag(job.id)
  const words = wordsOf(graph)
  expect(words.flatMap(([, events]) => events).length).toBeGreaterThan(0)
  const { heads } = graph
  // The author of a receipt has none of them by itself.
  for (const provider of providers) {
    const theirs = await provider.receipts.dag(job.id, { heads, from: requestor.did })
    expect(theirs).toMatchObject({ missing: [], refused: [] })
    expect(wordsOf(theirs)).toEqual(words)
  }
  const third = await world.open()
  for (const { did } of providers) await third.dial(did)
  const [some] = graph.nodes.filter(({ attested }) => attested)
  const verified = async (cid: Cid) => {
    const checked = await third.receipts.verify(cid)
    if (!checked.ok) throw new Error(checked.code)
    const { checks, attested } = checked.value
    return { witnesses: checks.find(({ name }) => name === 'witnesses')?.how, attested }
  }
  world.later(5_000)
  const said = graph.nodes.flatMap(({ attested = [] }) => attested)
  const isSaid = ({ parent, witness }: Attested) => world.board.providers.get(parent)?.has(peerIdOfDid(witness)!)
  await expect.poll(() => said.every(isSaid)).toBe(true)
  expect(await verified(some!.id)).toEqual({ witnesses: 'holds', attested: some!.attested })
  await world.crash(requestor)
  const alone = await third.receipts.dag(job.id, { heads })
  expect(alone).toMatchObject({ missing: [], refused: [] })
  expect(wordsOf(alone)).toEqual(words)
})
