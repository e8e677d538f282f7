import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, indexesOf, meet, resultsOf, spins, submit, summaryOf } from './jobs.ts'

const it = journeys()
const pricePerSecond = 2_000n
const maxPrice = 1_000_000n
const rounds = 20_000_000

it('one tab sells, another pays what was agreed, and both books say the same', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider, { pricing: { perSecond: pricePerSecond } })
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  const offers = await buyer.mesh((mesh) => mesh.market.offers().map(({ isFree, pricing }) => ({ isFree, pricing })))
  expect(offers).toEqual([{ isFree: false, pricing: { perSecond: pricePerSecond } }])

  const withoutBudget = await buyer.mesh((mesh) => mesh.market.preview({}))
  expect(withoutBudget).toMatchObject({ seen: 1, affordable: 0 })
  expect(withoutBudget.reasons).toHaveLength(1)
  expect(await buyer.mesh((mesh, maxPrice) => mesh.market.preview({ policy: { maxPrice } }), maxPrice)).toMatchObject({
    seen: 1,
    affordable: 1,
    reasons: [],
  })

  const tasks = spins(40, rounds)
  const job = await submit(buyer, { module: '/jobs/bench-spin.wasm', tasks, policy: { maxPrice } })
  const told = await resultsOf(buyer, job)
  expect(indexesOf(told)).toEqual(countTo(tasks.length))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: tasks.length, failed: 0 })

  const settled = (mesh: Window['tabmesh'] & object): boolean =>
    mesh.payments.documents().some(({ kind, status }) => kind === 'invoice' && status === 'settled')
  await Promise.all([buyer.until(settled), provider.until(settled)])
  const { cost, usedUs } = await buyer.mesh((mesh, job) => {
    const [last] = mesh.receipts.ofJob(job as never)
    return { cost: last!.body.cost as bigint, usedUs: last!.body.usage.durationUs }
  }, job)
  const exact = (Number(pricePerSecond) * usedUs) / 1e6
  expect(Number(cost)).toBeGreaterThanOrEqual(Math.floor(exact))
  expect(Number(cost)).toBeLessThanOrEqual(Math.ceil(exact) + 1)
  expect(cost).toBeLessThanOrEqual(maxPrice)
  expect((await summaryOf(buyer, job)).cost).toBe(cost)
  expect(await buyer.mesh((mesh, job) => mesh.job(job)!.view()!.cost as bigint, job)).toBe(cost)
  expect(await buyer.mesh((mesh) => mesh.payments.balance())).toEqual({ owedByUs: cost, owedToUs: 0n })
  expect(await provider.mesh((mesh) => mesh.payments.balance())).toEqual({ owedByUs: 0n, owedToUs: cost })
})

it('without a budget the pages say what the cheapest provider needs', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider, { pricing: { perSecond: pricePerSecond } })
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  const { page } = buyer
  await page.goto(`${world.product.url}run/search`)
  await page.getByText('Nobody in sight gives it away.').waitFor()
  await submit(buyer, { module: '/jobs/bench-spin.wasm', tasks: spins(1, rounds), name: 'unpaid' })
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('link', { name: /unpaid/ }).click()
  await page.getByText('The cheapest provider in sight needs a budget').waitFor()
})
