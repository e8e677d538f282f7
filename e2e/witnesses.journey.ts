import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { donate, meet, submit, summaryOf } from './jobs.ts'

const it = journeys()

it('of a witnessed job the page says how each task was checked, and who signed a receipt beside its author', async ({
  world,
}) => {
  const [first, second] = [await (await world.machine()).open('first'), await (await world.machine()).open('second')]
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([first, second, buyer].map((tab) => meet(tab, 2)))
  await Promise.all([first, second].map((tab) => donate(tab)))
  await buyer.until((mesh) => mesh.market.offers().length === 2)
  const tasks = Array.from({ length: 6 }, (_, n) => ({ args: ['words'], stdin: `one ${n}` }))
  const job = await submit(buyer, {
    module: '/jobs/words.wasm',
    tasks,
    name: 'witnessed',
    policy: { redundancy: { witnesses: 1, sample: 1 } },
  })
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: 6 })

  const { page } = buyer
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('link', { name: /witnessed/ }).click()
  await page
    .getByText(/\d of them witnessed/)
    .first()
    .waitFor()
  const witnessed = await buyer.mesh(async (mesh, job) => {
    const { nodes } = await mesh.receipts.dag(job as never)
    const [node] = nodes.filter(({ attested }) => attested !== undefined)
    return { author: node!.body.author, sequence: node!.body.sequence, witness: node!.attested![0]!.witness }
  }, job)
  expect(witnessed.witness).not.toBe(witnessed.author)
  const chain = page.locator('.receipt-chain', { has: page.locator(`a[href="/peers/${witnessed.author}"]`) }).first()
  await chain.getByRole('button', { name: new RegExp(`^Receipt ${witnessed.sequence + 1},`) }).click()
  await page
    .getByText(/computed \d of its tasks too, and signed for the same/)
    .first()
    .waitFor()
})
