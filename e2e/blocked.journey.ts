import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, indexesOf, resultsOf, spins, submit, summaryOf } from './jobs.ts'

/** WebRTC may use no UDP but a proxy's, and there is no proxy: no two tabs find a direct way. */
const it = journeys(['--webrtc-ip-handling-policy=disable_non_proxied_udp'])
const taskCount = 20

it('direct WebRTC is blocked: the job goes over a relayed circuit, and the page says so', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await donate(provider)
  await Promise.all([provider, buyer].map((tab) => tab.until((mesh) => mesh.peers().length === 1)))
  expect(await buyer.mesh((mesh) => mesh.peers().map(({ via, direct }) => ({ via, direct })))).toEqual([
    { via: 'relay', direct: false },
  ])
  await buyer.until((mesh) => mesh.market.offers().length === 1)

  const before = await world.counted('tabmesh_relay_relayed_bytes_total')
  const job = await submit(buyer, { module: '/jobs/bench-spin.wasm', tasks: spins(taskCount, 10_000_000) })
  const told = await resultsOf(buyer, job)
  expect(indexesOf(told)).toEqual(countTo(taskCount))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: taskCount, failed: 0 })
  expect((await world.counted('tabmesh_relay_relayed_bytes_total')) - before).toBeGreaterThan(10_000)
  await buyer.page.getByRole('link', { name: 'Network', exact: true }).click()
  await buyer.page.getByText('Relayed, slower').waitFor()
})
