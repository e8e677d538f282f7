import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, indexesOf, meet, resultsOf, submit, summaryOf } from './jobs.ts'

const it = journeys()
const taskCount = 200

it('one tab donates, another gets its work done, and a third finds the receipts', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  const [offer] = await buyer.mesh((mesh) => mesh.market.offers().map(({ provider, isFree }) => ({ provider, isFree })))
  expect(offer).toEqual({ provider: await provider.did(), isFree: true })

  const tasks = countTo(taskCount).map((index) => ({ args: ['words'], stdin: `one two two ${'three '.repeat(index)}` }))
  const job = await submit(buyer, { module: '/jobs/words.wasm', tasks })
  const told = await resultsOf(buyer, job)
  expect(indexesOf(told)).toEqual(countTo(taskCount))
  for (const { index, status, stdout, provider: by } of told) {
    expect({ status, by }).toEqual({ status: 'ok', by: offer?.provider })
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['one\t1', 'two\t2', ...(index > 0 ? [`three\t${index}`] : [])]),
    )
  }
  const summary = await summaryOf(buyer, job)
  expect(summary).toMatchObject({ status: 'Completed', completed: taskCount, failed: 0, cost: 0n })
  expect(summary.providers).toEqual([offer?.provider])

  await buyer.until((mesh, job) => mesh.job(job)!.view()!.status === 'ReceiptAnchored', job)
  const [last] = await buyer.mesh((mesh, job) => mesh.receipts.ofJob(job as never).map(({ id }) => id), job)
  const third = await (await world.machine()).open('third')
  await meet(third, 2)
  const inTable = await third.mesh((mesh, last) => mesh.receipts.get(last!), last)
  expect(inTable).toMatchObject({
    ok: true,
    value: { id: last, body: { author: offer?.provider, job, isFinal: true } },
  })
  const [agreement] = await buyer.mesh((mesh) =>
    mesh.jobs()[0]!.agreements.map(({ state, reason }) => ({ state, code: reason?.code })),
  )
  expect(agreement).toEqual({ state: 'terminated', code: 'Success' })
  expect(await wholeChain(third, last!, offer!.provider)).toEqual({
    tasks: taskCount,
    ok: taskCount,
    receipts: new Set(told.map(({ receipt }) => receipt)).size + 1,
  })
})

/** Walks from the last receipt to the first, each asked of the table and else of who wrote it. */
function wholeChain(tab: Parameters<typeof submit>[0], last: string, provider: string) {
  return tab.mesh(
    async (mesh, { last, provider }) => {
      const sum = { tasks: 0, ok: 0, receipts: 0 }
      for (let next: string | undefined = last; next !== undefined; ) {
        const found = await mesh.receipts.get(next as never, provider as never)
        if (!found.ok) throw new Error(`${found.code} ${next}`)
        const { taskCount, okCount, prev } = found.value.body
        sum.tasks += taskCount
        sum.ok += okCount
        sum.receipts += 1
        next = prev
      }
      return sum
    },
    { last, provider },
  )
}
