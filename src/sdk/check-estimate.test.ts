import { afterEach, expect, it } from 'vitest'
import type { Mesh } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

async function withProviders(count: number): Promise<Mesh> {
  world = createWorld()
  const providers = await Promise.all(Array.from({ length: count }, () => world.open()))
  for (const provider of providers) await provider.provide({ cpuShare: 1 })
  const requestor = await world.open()
  for (const { did } of providers) await requestor.dial(did)
  await until(requestor, () => requestor.market.offers().length === count)
  return requestor
}

it('[RD5] says what checking costs and gives with the providers in sight', async () => {
  const { market } = await withProviders(3)
  expect(market.estimate({ policy: { redundancy: 'once' } })).toEqual({ ok: true, value: { providers: 3, copies: 1 } })
  const quorum = market.estimate({ policy: { redundancy: { quorum: 2, of: 3 } } })
  expect(quorum).toEqual({ ok: true, value: { providers: 3, copies: 3, confidence: 1 } })
  expect(market.estimate({ policy: { preset: 'guaranteed', minReputation: 0 } })).toEqual(quorum)
  const adaptive = market.estimate({ tasks: 30 })
  expect(adaptive).toMatchObject({ ok: true, value: { copies: 2 } })
  expect(market.estimate({ policy: { redundancy: { quorum: 3, of: 2 } } })).toMatchObject({
    code: 'quorum-out-of-range',
  })
})

it('[RD5] refuses a confidence that those in sight cannot give, with the best that they can', async () => {
  const requestor = await withProviders(3)
  const policy = { redundancy: { confidence: 0.999 } }
  const best = requestor.market.estimate({ policy })
  // Three that nobody knows: two to one each, and eight to one all together.
  expect(best).toEqual({ ok: true, value: { providers: 3, copies: 3, best: 0.888888 } })
  const module = await readyMadeModule('words')
  const refused = await requestor.submit({ module, tasks: [{ stdin: 'one' }], policy }).done
  expect(refused).toMatchObject({ status: 'Failed', reason: 'confidence-unattainable' })
  const taken = requestor.submit({ module, tasks: [{ stdin: 'one' }], policy: { redundancy: { confidence: 0.8 } } })
  expect(await taken.done).toMatchObject({ status: 'Completed', completed: 1 })
})
