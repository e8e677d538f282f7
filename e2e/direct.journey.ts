import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, firstResults, indexesOf, meet, resultsOf, submit } from './jobs.ts'

const it = journeys()
const taskCount = 24
const text = 'a whale is no fish '.repeat(8_000)

it('direct is direct: the relay introduces two tabs and carries nothing of their job', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  expect(await buyer.mesh((mesh) => mesh.peers().map(({ via, direct }) => ({ via, direct })))).toEqual([
    { via: 'webrtc', direct: true },
  ])

  const before = await world.counted('tabmesh_relay_relayed_bytes_total')
  const tasks = countTo(taskCount).map(() => ({ args: ['words'], stdin: text }))
  const job = await submit(buyer, { module: '/jobs/words.wasm', tasks })
  const [all] = await Promise.all([
    resultsOf(buyer, job),
    buyer.until(
      (mesh, job) =>
        mesh
          .job(job)!
          .view()!
          .lanes.some(({ via }) => via === 'webrtc'),
      job,
    ),
    firstResults(buyer, job, 1),
  ])
  expect(indexesOf(all)).toEqual(countTo(taskCount))
  const relayed = (await world.counted('tabmesh_relay_relayed_bytes_total')) - before
  expect(before).toBeGreaterThan(0)
  expect(relayed).toBeLessThan(text.length)
})
