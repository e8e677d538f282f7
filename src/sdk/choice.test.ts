import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Mesh, SubmitRequest } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

type Policy = NonNullable<SubmitRequest['policy']>
const maxPrice = 100_000_000n

let world: TestWorld
let requestor: Mesh
let cheap: Mesh
let dear: Mesh
let module: Uint8Array

/** Two who sell; one is cheap and new, the other dear, elsewhere, and known for what it has done. */
beforeAll(async () => {
  world = createWorld()
  module = await readyMadeModule('words')
  cheap = await world.open()
  dear = await world.open()
  requestor = await world.open()
  await dear.provide({ cpuShare: 1, pricing: { perSecond: 1_000n }, region: 'us' })
  await requestor.dial(dear.did)
  await requestor.dial(cheap.did)
  await until(requestor, () => requestor.market.offers().length === 1)
  await run({ mostProviders: 1 }, 60)
  await cheap.provide({ cpuShare: 1, pricing: { perSecond: 100n }, region: 'eu' })
  await until(requestor, () => requestor.market.offers().length === 2)
})
afterAll(() => world.close())

async function run(policy: Policy, count = 1) {
  const tasks = Array.from({ length: count }, (_, n) => ({ args: ['words'], stdin: `one ${n}` }))
  const job = requestor.submit({ module, tasks, policy: { maxPrice, redundancy: 'once', mostProviders: 1, ...policy } })
  return { job, done: await job.done }
}
/** What a job before held is on sale again. */
const areBothFree = () => requestor.market.preview({ policy: { maxPrice } }).affordable === 2
const chosenBy = async (policy: Policy) => {
  await until(requestor, areBothFree)
  const { providers } = (await run(policy)).done
  return providers.map((did) => (did === cheap.did ? 'cheap' : 'dear'))
}

it.each<[string, Policy, 'cheap' | 'dear']>([
  ['the lowest price', { strategy: 'lowest-price' }, 'cheap'],
  ['the best name', { strategy: 'reputation' }, 'dear'],
  ['both, a name alone weighing', { strategy: 'hybrid', weights: { reputation: 1_000, price: 0 } }, 'dear'],
  ['both, a price alone weighing', { strategy: 'hybrid', weights: { reputation: 0, price: 1_000 } }, 'cheap'],
  ['a region', { regions: ['us'] }, 'dear'],
  ['another region', { regions: ['nowhere', 'eu'] }, 'cheap'],
  ['a least reputation', { strategy: 'lowest-price', minReputation: 600 }, 'dear'],
  ['what the budget allows', { strategy: 'reputation', maxPrice: 20_000n }, 'cheap'],
  ['low cost', { preset: 'low-cost' }, 'cheap'],
  ['guaranteed', { preset: 'guaranteed' }, 'dear'],
])('[SL1] [SL2] [SL4] takes a provider by %s', async (_, policy, chosen) => {
  expect(await chosenBy(policy)).toEqual([chosen])
})

it('[SL5] says why: where each stood, at which price and by which name', async () => {
  await until(requestor, areBothFree)
  const { job } = await run({ strategy: 'reputation' })
  const [why] = requestor.market.whyProviders(job.id)
  expect(why).toMatchObject({ provider: dear.did, figures: { rank: 1, of: 2, price: 60_000n } })
  expect(why!.figures!.reputationPermille).toBeGreaterThan(900)
  await until(requestor, areBothFree)
  expect(requestor.market.preview({ policy: { maxPrice, regions: ['eu'], minReputation: 950 } }).reasons).toMatchObject(
    [
      { provider: cheap.did, code: 'reputation-too-low' },
      { provider: dear.did, code: 'region-not-wanted' },
    ],
  )
})
