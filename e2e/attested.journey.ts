import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import { countTo, donate, meet, submit, summaryOf } from './jobs.ts'

const it = journeys()
const taskCount = 24

type Asked = { readonly job: string; readonly heads?: readonly string[] }
/** Whose words stand beside each receipt, as this tab finds them. */
const wordsFoundBy = (tab: Tab, asked: Asked): Promise<readonly string[]> =>
  tab.mesh(async (mesh, { job, heads }: Asked) => {
    const graph = await mesh.receipts.dag(job as never, heads ? { heads: heads as never } : {})
    const words = graph.nodes.flatMap(({ id, attested = [] }) => attested.map(({ event }) => `${id} ${event}`))
    return words.sort()
  }, asked)

it('others compute a part of a job again and sign the receipts: its page shows them, and a third finds them, also when the requestor is gone', async ({
  world,
}) => {
  const buyer = await (await world.machine()).open('buyer')
  const providers = [
    await (await world.machine()).open('first'),
    await (await world.machine()).open('second'),
    await (await world.machine()).open('third'),
  ]
  await Promise.all([buyer, ...providers].map((tab) => meet(tab, 3)))
  await Promise.all(providers.map((tab) => donate(tab)))
  await buyer.until((mesh) => mesh.market.offers().length === 3)
  const tasks = countTo(taskCount).map((index) => ({ args: ['words'], stdin: `one two ${'three '.repeat(index)}` }))
  const policy = { redundancy: { witnesses: 2, sample: 0.5 } }
  const job = await submit(buyer, { module: '/jobs/words.wasm', tasks, policy })
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: taskCount, failed: 0 })
  await buyer.until((mesh, job) => mesh.job(job)!.view()!.status === 'ReceiptAnchored', job)

  const words = await wordsFoundBy(buyer, { job })
  expect(words.length).toBeGreaterThan(taskCount / 4)
  const { page } = buyer
  await page.goto(`${world.product.url}jobs/${job}`)
  await page
    .getByText(/of them witnessed by [12] other/)
    .first()
    .waitFor()

  const heads = await buyer.mesh((mesh, job) => mesh.receipts.dag(job as never).then((graph) => graph.heads), job)
  const other = await (await world.machine()).open('other')
  await meet(other, 3)
  expect(await wordsFoundBy(other, { job, heads })).toEqual(words)
  await buyer.close()
  await expect.poll(() => wordsFoundBy(other, { job, heads }), { timeout: 60_000, interval: 2_000 }).toEqual(words)
})
