import { expect } from 'vitest'
import { samples } from '../src/activity/module-samples.ts'
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
  submit,
  summaryOf,
} from './jobs.ts'

const it = journeys()
const rounds = 30_000_000
/** Promised beside the button. */
const stopWithinMs = 3_000

it('Stop in the middle of a job: its tasks go back, and another provider does them', async ({ world }) => {
  const first = await (await world.machine()).open('first')
  const buyer = await (await world.machine()).open('buyer')
  await first.page.getByRole('button', { name: 'Start donating' }).click()
  await Promise.all([meet(first), meet(buyer)])
  const job = await submit(buyer, {
    module: '/jobs/bench-spin.wasm',
    tasks: spins(midJobTasks, rounds),
    policy: { redundancy: 'once' },
  })
  await firstResults(buyer, job, 4)

  await first.page.getByRole('button', { name: 'Stop', exact: true }).click()
  await first.page.getByRole('button', { name: 'Start donating' }).waitFor()
  expect(await first.mesh((mesh) => mesh.provider().isOn)).toBe(false)
  await buyer.until((mesh) => mesh.market.offers().length === 0)
  await buyer.until((mesh, job) => mesh.job(job)!.progress.inFlight === 0, job)
  const told = await buyer.mesh(
    (mesh, job) =>
      mesh
        .job(job)!
        .view()!
        .agreements.map(({ state, reason }) => ({ state, code: reason?.code })),
    job,
  )
  expect(told).toEqual([{ state: 'terminated', code: 'Shutdown' }])
  const doneByFirst = await first.mesh((mesh) => mesh.provider().tasksDone)

  const second = await (await world.machine()).open('second')
  await donate(second)
  const all = await resultsOf(buyer, job)
  expect(indexesOf(all)).toEqual(countTo(midJobTasks))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: midJobTasks, failed: 0 })
  expect(await first.mesh((mesh) => mesh.provider().tasksDone)).toBe(doneByFirst)
})

it('Stop ends a program that never would by itself', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  // The page's own timekeeper is a worker too; those that work for others come and go.
  const own = provider.page.workers().length
  await provider.page.getByRole('button', { name: 'Start donating' }).click()
  await Promise.all([meet(provider), meet(buyer)])
  const limits = { timeoutMs: 600_000 }
  const job = await submit(buyer, { module: samples.endlessLoop, tasks: [{}, {}], limits })
  await provider.until((mesh) => mesh.provider().working.some(({ running }) => running > 0))
  expect(provider.page.workers().length).toBeGreaterThan(own)

  const pressedAt = performance.now()
  await provider.page.getByRole('button', { name: 'Stop', exact: true }).click()
  await provider.until((mesh) => mesh.provider().working.length === 0)
  await expect.poll(() => provider.page.workers().length, { interval: 50, timeout: stopWithinMs }).toBe(own)
  expect(performance.now() - pressedAt).toBeLessThan(stopWithinMs)
  await buyer.mesh((mesh, job) => mesh.job(job)!.cancel(), job)
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Cancelled', completed: 0, failed: 0 })
})

it('a page that cannot be drawn leaves Stop and the other pages in reach', async ({ world }) => {
  const tab = await (await world.machine()).open('tab')
  tab.expect(/broken on purpose/)
  const { page } = tab
  await page.getByRole('button', { name: 'Start donating' }).click()
  await tab.mesh((mesh) => {
    Object.assign(mesh.market, {
      preview: () => {
        throw new Error('broken on purpose')
      },
    })
  })
  await page.getByRole('link', { name: 'Run', exact: true }).click()
  await page.getByRole('link', { name: /Search a book/ }).click()
  await page.getByRole('heading', { name: 'This page broke' }).waitFor()
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await page.getByRole('heading', { name: 'Your jobs' }).waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await tab.until((mesh) => !mesh.provider().isOn)
})
