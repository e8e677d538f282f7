import { expect } from 'vitest'
import { bendable, hold, release } from './bent.ts'
import { journeys, type Tab } from './harness.ts'
import { donate, meet, submit, summaryOf } from './jobs.ts'
import { overhears } from './overhears.ts'

const it = journeys()
const word = 'tamarind'

it('two of three are asked for: one tab is closed while the others still compute, and these two end it', async ({
  world,
}) => {
  const buyer = await (await world.machine()).open('buyer', { before: overhears })
  const open = async (name: string): Promise<Tab> => (await world.machine()).open(name, { before: bendable })
  const closing = await open('closing')
  const slow = [await open('first slow'), await open('second slow')]
  await Promise.all([buyer, closing, ...slow].map((tab) => meet(tab, 3)))
  await Promise.all([closing, ...slow].map((tab) => donate(tab)))
  await buyer.until((mesh) => mesh.market.offers().length === 3)
  await Promise.all([closing, ...slow].map(hold))
  const job = await submit(buyer, {
    module: '/jobs/words.wasm',
    tasks: [{ args: ['words'], stdin: `${word} `.repeat(3) }],
    policy: { redundancy: { quorum: 2, of: 3 } },
  })
  // All three have computed it, and one has said that it has: bound to what it came to, or with it.
  await Promise.all([closing, ...slow].map(({ page }) => page.waitForFunction(() => window.held?.length === 1)))
  await release(closing)
  await buyer.page.waitForFunction(
    (word) => window.heard!.some((one) => one.includes('results-committed') || one.includes(word)),
    word,
  )
  await closing.close()
  expect(await buyer.mesh((mesh, job) => mesh.job(job)!.progress.done, job)).toBe(0)
  await Promise.all(slow.map(release))
  expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: 1, failed: 0 })
  const told = await buyer.mesh(async (mesh, job) => {
    for await (const { stdout, check } of mesh.job(job)!.results())
      return { stdout: new TextDecoder().decode(stdout), how: check?.how, agreed: check?.agreed, wrong: check?.wrong }
    return undefined
  }, job)
  expect(told).toMatchObject({ how: 'agreed', wrong: [] })
  expect(told?.stdout).toContain(`${word}\t3`)
  const slowDids = await Promise.all(slow.map((tab) => tab.did()))
  expect(new Set(told?.agreed).size).toBeGreaterThanOrEqual(2)
  expect(slowDids.some((did) => told?.agreed?.includes(did as never))).toBe(true)
})
