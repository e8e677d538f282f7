import { expect } from 'vitest'
import { journeys } from './harness.ts'
import {
  countTo,
  donate,
  firstResults,
  indexesOf,
  meet,
  midJobTasks,
  resultsOf,
  spins,
  spun,
  submit,
  summaryOf,
} from './jobs.ts'

const it = journeys()
const rounds = 30_000_000

it('the buyer reloads in the middle of a job: results are told again from the first, then go on', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  const before = await firstResults(buyer, job, 6)
  const did = await buyer.did()

  await buyer.reload()
  expect(await buyer.did()).toBe(did)
  const after = await resultsOf(buyer, job)
  expect(after.slice(0, before.length).map(({ index }) => index)).toEqual(before.map(({ index }) => index))
  expect(indexesOf(after)).toEqual(countTo(midJobTasks))
  expect(new Set(after.map(({ stdout }) => stdout))).toEqual(new Set([spun(rounds)]))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })
})

it('the provider reloads in the middle of a job: it donates again by itself, and nothing is lost', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await provider.page.getByRole('button', { name: 'Start donating' }).click()
  await provider.until((mesh) => mesh.provider().isOn)
  await Promise.all([meet(provider), meet(buyer)])
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  await firstResults(buyer, job, 6)
  const did = await provider.did()

  await provider.reload()
  expect(await provider.did()).toBe(did)
  await provider.until((mesh) => mesh.provider().isOn)
  const told = await resultsOf(buyer, job)
  expect(indexesOf(told)).toEqual(countTo(midJobTasks))
  expect(new Set(told.map(({ status, provider }) => `${status} ${provider}`))).toEqual(new Set([`ok ${did}`]))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })
})
