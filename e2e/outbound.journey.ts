import { expect } from 'vitest'
import { fetchingModule, speakingModule } from '../src/activity/outside.examples.ts'
import { journeys } from './harness.ts'
import { donate, meet, resultsOf, submit } from './jobs.ts'

const it = journeys()

it('a person lists an address, and the program of another tab fetches from there and from nowhere else', async ({
  world,
}) => {
  const { origin } = new URL(world.product.url)
  const provider = await (await world.machine()).open('provider')
  const asker = await (await world.machine()).open('asker')
  await Promise.all([meet(provider), meet(asker)])
  await provider.page.getByText('Programs reach no network').click()
  await provider.page.getByLabel('Addresses that programs may fetch from, one a line').fill(`${origin}/`)
  await provider.page.getByText('Programs may fetch from some addresses').waitFor()
  await provider.page.getByRole('button', { name: 'Start donating' }).click()
  await asker.until((mesh) => mesh.market.offers().length === 1)
  expect(await asker.mesh((mesh) => mesh.market.offers()[0]?.facts.outbound)).toEqual([origin])

  const elsewhere = 'https://elsewhere.example'
  const tasks = [{ stdin: `GET ${origin}/network.json` }, { stdin: `GET ${elsewhere}/` }]
  const job = await submit(asker, { module: fetchingModule, tasks, outbound: [origin] })
  const told = (await resultsOf(asker, job)).sort((one, other) => one.index - other.index)
  expect(told).toMatchObject([
    { status: 'ok', provider: await provider.did() },
    { exitCode: 5, stdout: '' },
  ])
  expect(JSON.parse(told[0]!.stdout)).toHaveProperty('relays')

  // An address that is listed and that the browser cannot reach: the program hears a number, and runs on.
  await provider.page.getByLabel('Addresses that programs may fetch from, one a line').fill(elsewhere)
  provider.expect(/ERR_|elsewhere\.example/)
  await asker.until((mesh, listed) => mesh.market.offers()[0]?.facts.outbound?.[0] === listed, elsewhere)
  const other = await submit(asker, { module: fetchingModule, tasks: [tasks[1]!], outbound: [elsewhere] })
  expect(await resultsOf(asker, other)).toMatchObject([{ exitCode: 6 }])
})

it('two tabs run two tasks that speak to one another, and the tab that asked for them hears only what comes of it', async ({
  world,
}) => {
  const providers = [await (await world.machine()).open('one'), await (await world.machine()).open('other')]
  const asker = await (await world.machine()).open('asker')
  await Promise.all([...providers, asker].map((tab) => meet(tab)))
  for (const provider of providers) await donate(provider, { cpuShare: 0.05 })
  await asker.until((mesh) => mesh.market.offers().length === 2)
  const tasks = [{ stdin: 'hello' }, {}]
  const told = await resultsOf(asker, await submit(asker, { module: speakingModule, tasks, channels: true }))
  expect(told.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual([
    ['hello', 0],
    ['hello', 0],
  ])
  const dids = await Promise.all(providers.map((provider) => provider.did()))
  expect(told.map(({ provider }) => provider).sort()).toEqual(dids.sort())
})
