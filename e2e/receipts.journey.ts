import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, meet, resultsOf, submit } from './jobs.ts'

const it = journeys()
const taskCount = 20

it('what a provider signed is checked: as a graph, as a proof of one task by a third, by running it again, and by what its requestor signed', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  const tasks = countTo(taskCount).map((index) => ({ args: ['words'], stdin: `one two two ${'three '.repeat(index)}` }))
  const job = await submit(buyer, { module: '/jobs/words.wasm', tasks })
  await resultsOf(buyer, job)
  await buyer.until((mesh, job) => mesh.job(job)!.view()!.status === 'ReceiptAnchored', job)

  const graph = await buyer.mesh((mesh, job) => mesh.receipts.dag(job as never), job)
  expect(graph).toMatchObject({ missing: [], faults: [], anchored: graph.heads })
  expect(graph.nodes.reduce((sum, { body }) => sum + body.taskCount, 0)).toBe(taskCount)

  // A third, who knows nothing but the name of the last receipt and a file, finds the whole graph and believes the file.
  const third = await (await world.machine()).open('third')
  await meet(third, 2)
  const found = await third.mesh((mesh, { job, heads }) => mesh.receipts.dag(job as never, { heads: heads as never }), {
    job,
    heads: graph.heads,
  })
  expect(found).toMatchObject({ missing: [], faults: [], heads: graph.heads })
  expect(found.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id))

  const { page } = buyer
  await page.goto(`${world.product.url}jobs/${job}`)
  await page.getByText('kept in the network').waitFor()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the proof of task 1', exact: true }).click()
  const bytes = [...(await readFile(await (await downloading).path()))]
  const proven = await third.mesh(
    async (mesh, { bytes, input }) => {
      const checked = await mesh.receipts.checkProof(new Uint8Array(bytes), { input })
      const bent = await mesh.receipts.checkProof(new Uint8Array(bytes), { input: { ...input, stdin: 'else' } })
      return { checked, bent: bent.ok ? 'holds' : bent.code }
    },
    { bytes, input: tasks[0]! },
  )
  expect(proven).toMatchObject({
    checked: { ok: true, value: { receipt: { body: { author: await provider.did(), job } }, isInputProven: true } },
    bent: 'input-differs',
  })

  await page.getByRole('button', { name: 'Check all' }).click()
  await page.getByText(/^(All \d+ hold|It holds)\.$/).waitFor()
  await page.getByRole('button', { name: /^Receipt 1,/ }).click()
  await page.getByRole('button', { name: 'Run again and compare' }).click()
  await page.getByText(/came to the same, with the same fuel/).waitFor()

  // The requestor has signed for all of it: the provider has that in hand, and a third is told so when the requestor is gone.
  await page.locator('.receipt-chain').getByText('signed by both', { exact: true }).waitFor()
  await page.getByText('Signed by both: by its provider, and by you, who got these results.').waitFor()
  const requestor = await buyer.did()
  await provider.page.goto(`${world.product.url}peers/${requestor}`)
  await provider.page.getByText('signed by both', { exact: true }).waitFor()
  await buyer.close()
  const told = () =>
    third.mesh(async (mesh, head) => {
      const verified = await mesh.receipts.verify(head)
      if (!verified.ok) return verified.code
      const { checks, accepted } = verified.value
      return {
        how: checks.find(({ name }) => name === 'requestor')?.how,
        by: accepted?.requestor,
        tasks: accepted?.tasks,
      }
    }, graph.heads[0]!)
  await expect
    .poll(told, { timeout: 30_000, interval: 1_000 })
    .toEqual({ how: 'holds', by: requestor, tasks: taskCount })
})
