import { afterEach, expect, it } from 'vitest'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Mesh } from './api.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

/** Free work of one tab for another, over, and a third that had nothing to do with it. */
async function given(count: number) {
  world = createWorld()
  const [here, there] = [place(), place()]
  const [provider, requestor, third] = [await world.open(there), await world.open(here), await world.open()]
  await provider.provide({ cpuShare: 1 })
  await requestor.dial(provider.did)
  const tasks = Array.from({ length: count }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` }))
  const job = requestor.submit({ module: await readyMadeModule('words'), tasks })
  const results = await all(job.results())
  await job.done
  await until(provider, () => provider.receipts.withPeer(requestor.did).some(({ accepted }) => accepted))
  return { here, there, provider, requestor, third, job, results }
}

/** What somebody is told of a receipt. */
async function toldOf(mesh: Mesh, cid: Cid, from: Did) {
  const verified = await mesh.receipts.verify(cid, { from })
  if (!verified.ok) throw new Error(verified.code)
  const { checks, accepted } = verified.value
  return { how: checks.find(({ name }) => name === 'requestor')?.how, by: accepted?.requestor, of: accepted?.tasks }
}

it('[CS1] [CS6] of free work both parties hold the other’s signature, and anybody is told so of each receipt, also when the requestor has gone', async () => {
  const { provider, requestor, third, job, results } = await given(20)
  const { nodes, heads } = await requestor.receipts.dag(job.id)
  expect(nodes.map(({ accepted }) => accepted?.parent)).toEqual(nodes.map(() => heads[0]))
  await third.dial(provider.did)
  const signed = { how: 'holds', by: requestor.did, of: 20 }
  const found = await third.receipts.dag(job.id, { heads, from: provider.did })
  expect(found.nodes).toEqual(nodes)
  await world.crash(requestor)
  expect(await toldOf(third, heads[0]!, provider.did)).toEqual(signed)
  for (const receipt of new Set(results.map(({ receipt }) => receipt!)))
    expect(await toldOf(third, receipt, provider.did)).toEqual(signed)
  const alone = await third.receipts.dag(job.id, { heads, from: provider.did })
  expect(alone.nodes).toEqual(nodes)
})

it('[CS5] both keep it over a reload', async () => {
  const { here, there, provider, requestor, job } = await given(3)
  const before = requestor.receipts.ofJob(job.id)
  expect(before[0]?.accepted).toMatchObject({ requestor: requestor.did, parent: before[0]?.id, tasks: 3 })
  await world.crash(requestor)
  await world.crash(provider)
  const [again, other] = [await world.open(here), await world.open(there)]
  expect(again.receipts.ofJob(job.id)).toEqual(before)
  expect(other.receipts.withPeer(requestor.did).map(({ accepted }) => accepted)).toEqual([before[0]?.accepted])
})
