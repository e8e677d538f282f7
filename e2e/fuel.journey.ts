import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, indexesOf, meet, resultsOf, spins, submit, summaryOf } from './jobs.ts'

const it = journeys()
const perGigaFuel = 40_000n
const perStart = 7n
const maxPrice = 10_000_000n
const rounds = 2_000_000

it('one tab sells by fuel: the cost is the price of the fuel to the unit, and a budget of fuel is not passed', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider, { pricing: { perGigaFuel, perStart } })
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  expect(await buyer.mesh((mesh) => mesh.market.offers().map(({ pricing }) => pricing))).toEqual([
    { perGigaFuel, perStart },
  ])

  const module = '/jobs/bench-spin.wasm'
  const tasks = spins(30, rounds)
  const job = await submit(buyer, { module, tasks, policy: { maxPrice, redundancy: 'once' } })
  expect(indexesOf(await resultsOf(buyer, job))).toEqual(countTo(tasks.length))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: tasks.length, failed: 0 })
  const told = (id: string) =>
    buyer.mesh(async (mesh, id) => {
      const fuels: bigint[] = []
      for await (const { fuel } of mesh.job(id)!.results()) fuels.push(fuel ?? 0n)
      const [last] = mesh.receipts.ofJob(id as never)
      return { fuels, fuel: last!.body.usage.fuel ?? 0n, cost: last!.body.cost as bigint }
    }, id)
  const { fuels, fuel, cost } = await told(job)
  const [one = 0n] = fuels
  expect(one).toBeGreaterThan(BigInt(rounds))
  // The same task burns the same, and the receipt tells the sum.
  expect([new Set(fuels).size, fuel]).toEqual([1, one * BigInt(tasks.length)])
  expect(cost).toBe(((fuel / 1_000n) * perGigaFuel) / 1_000_000n + perStart)
  const settled = (mesh: Window['tabmesh'] & object): boolean =>
    mesh.payments.documents().some(({ kind, status }) => kind === 'invoice' && status === 'settled')
  await Promise.all([buyer.until(settled), provider.until(settled)])
  expect((await summaryOf(buyer, job)).cost).toBe(cost)
  expect(await provider.mesh((mesh) => mesh.payments.balance())).toEqual({ owedByUs: 0n, owedToUs: cost })

  // Fuel for ten tasks and a half: ten are done, and the job ends.
  const maxFuel = one * 10n + one / 2n
  const limits = { fuel: one }
  const second = await submit(buyer, { module, tasks, limits, policy: { maxPrice, maxFuel, redundancy: 'once' } })
  const some = await resultsOf(buyer, second)
  expect(some).toHaveLength(10)
  expect(await summaryOf(buyer, second)).toMatchObject({
    status: 'Cancelled',
    reason: 'fuel-budget-used',
    completed: 10,
  })
  expect(await buyer.mesh((mesh, id) => mesh.job(id)!.progress.fuelUsed, second)).toBe(one * 10n)
})
