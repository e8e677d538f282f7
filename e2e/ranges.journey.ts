import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import { countTo, donate, meet, submit } from './jobs.ts'
import { seesOneStreet } from './seen-from.ts'

const it = journeys()
const tasks = countTo(4).map(() => ({ args: ['words'], stdin: 'one two two' }))

/** How many providers in sight nobody knows to be one. */
const independent = (tab: Tab, count: number): Promise<void> =>
  tab.until((mesh, count) => {
    const estimate = mesh.market.estimate({ tasks: 4 })
    return estimate.ok && estimate.value.providers === count
  }, count)

async function checksOf(tab: Tab): Promise<unknown[]> {
  const job = await submit(tab, { module: '/jobs/words.wasm', tasks })
  return tab.mesh(async (mesh, job) => {
    const checks: unknown[] = []
    for await (const { check } of mesh.job(job)!.results()) checks.push(check?.how)
    return checks
  }, job)
}

it('two tabs that come from one range of addresses do not check each other, and two of this machine do', async ({
  world,
}) => {
  const providers = [await (await world.machine()).open('one'), await (await world.machine()).open('other')]
  const street = await (await world.machine()).open('sees one street', { before: seesOneStreet })
  const buyer = await (await world.machine()).open('sees this machine')
  await Promise.all([...providers, street, buyer].map((tab) => meet(tab, 3)))
  await Promise.all(providers.map((tab) => donate(tab)))
  await Promise.all([street, buyer].map((tab) => tab.until((mesh) => mesh.market.offers().length === 2)))

  await Promise.all([independent(street, 1), independent(buyer, 2)])
  // The browser does say where its peers are, but of an address that they use and did not name.
  const seen = await street.page.evaluate(() => window.seen!)
  const told = seen.filter(({ kind }) => kind !== 'prflx')
  expect(told).not.toEqual([])
  for (const { remote, own } of told) expect(own).toContain(remote)

  expect(await checksOf(street)).toEqual(tasks.map(() => 'unverified'))
  expect(await checksOf(buyer)).toEqual(tasks.map(() => 'agreed'))
})
