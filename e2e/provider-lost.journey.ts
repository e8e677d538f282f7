import { expect } from 'vitest'
import { journeys } from './harness.ts'
import {
  countTo,
  donate,
  firstResults,
  indexesOf,
  longestStallMs,
  meet,
  midJobTasks,
  resultsOf,
  spins,
  submit,
  summaryOf,
} from './jobs.ts'

const it = journeys()
const rounds = 30_000_000
/** A link whose peer says nothing any more is given up within this (src/adapters/libp2p/links.ts); a closed tab's sooner. */
const longestSilenceMs = 15_000

it('a provider is closed in the middle of a job: another one does its tasks', async ({ world }) => {
  const [first, second] = [await (await world.machine()).open('first'), await (await world.machine()).open('second')]
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([first, second, buyer].map((tab) => meet(tab, 2)))
  await Promise.all([donate(first), donate(second)])
  await buyer.until((mesh) => mesh.market.offers().length === 2)
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  const all = resultsOf(buyer, job)
  await buyer.until(
    (mesh, job) =>
      mesh
        .job(job)!
        .view()!
        .lanes.filter(({ done }) => done > 1).length === 2,
    job,
  )

  await first.close()
  const told = await all
  expect(indexesOf(told)).toEqual(countTo(midJobTasks))
  expect(new Set(told.map(({ provider }) => provider)).size).toBe(2)
  expect(longestStallMs(told)).toBeLessThan(longestSilenceMs)
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })
})

it('the only provider is closed: the job waits, and goes on with the next one', async ({ world }) => {
  const first = await (await world.machine()).open('first')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(first), meet(buyer)])
  await donate(first)
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  const before = await firstResults(buyer, job, 6)

  await first.close()
  await buyer.until((mesh) => mesh.peers().length === 0)
  await buyer.until((mesh, job) => mesh.job(job)!.progress.inFlight === 0, job)
  const second = await (await world.machine()).open('second')
  await donate(second)
  const told = await resultsOf(buyer, job)
  expect(told.slice(0, before.length).map(({ index }) => index)).toEqual(before.map(({ index }) => index))
  expect(indexesOf(told)).toEqual(countTo(midJobTasks))
  expect(told.at(-1)?.provider).toBe(await second.did())
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })
})
