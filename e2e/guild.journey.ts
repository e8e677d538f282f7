import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import { countTo, donate, indexesOf, meet, resultsOf, submit, summaryOf } from './jobs.ts'

const it = journeys()
const taskCount = 20

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
const place = (tab: Tab, name: string) =>
  tab.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name })
const say = async (tab: Tab, text: string): Promise<void> => {
  await tab.page.getByLabel('Say something').fill(text)
  await button(tab, 'Say').click()
}

it('a room is opened on the page, its executor comes in by itself, both speak, a job runs in it, and it is closed', async ({
  world,
}) => {
  const founder = await (await world.machine()).open('founder', { path: '/network' })
  const executor = await (await world.machine()).open('executor')
  const stranger = await (await world.machine()).open('stranger')
  await Promise.all([founder, executor, stranger].map((tab) => meet(tab, 2)))
  await Promise.all([donate(executor), donate(stranger)])
  await founder.until((mesh) => mesh.market.offers().length === 2)

  await founder.page.getByLabel('Open a room').fill('harvest')
  await button(founder, 'Open').click()
  await founder.page.getByLabel('Ask somebody in').fill(await executor.did())
  await button(founder, 'Ask').click()
  // Whoever lends is in without a press of theirs.
  await founder.until((mesh) => mesh.guilds.list()[0]?.members.filter(({ isHere }) => isHere).length === 2)
  await place(executor, 'Network').click()
  await executor.page.getByRole('link', { name: 'harvest' }).click()
  await executor.page.getByText('you: computes').waitFor()

  await say(founder, 'the field is ready')
  await executor.page.getByText('the field is ready').waitFor()
  await say(executor, 'then begin')
  await founder.page.getByText('then begin').waitFor()
  expect(await stranger.mesh((mesh) => mesh.guilds.list().length)).toBe(0)

  const guild = await founder.mesh((mesh) => mesh.guilds.list()[0]!.id)
  const tasks = countTo(taskCount).map((index) => ({ args: ['words'], stdin: `one ${index}` }))
  const job = await submit(founder, { module: '/jobs/words.wasm', tasks, policy: { guild } })
  expect(indexesOf(await resultsOf(founder, job))).toEqual(countTo(taskCount))
  expect(await summaryOf(founder, job)).toMatchObject({ status: 'Completed', providers: [await executor.did()] })
  expect(await founder.mesh((mesh, job) => mesh.job(job)!.view()!.spec.isSealed, job)).toBe(true)

  await button(founder, 'Close the room').click()
  await Promise.all([founder, executor].map(({ page }) => page.getByText('It is over.').waitFor()))
})
