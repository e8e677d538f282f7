import { expect } from 'vitest'
import { samples } from '../src/activity/module-samples.ts'
import { journeys, type Tab } from './harness.ts'

const it = journeys()
/** A line of Python over the corpus counts the same: `Counter(re.findall("[a-z]+", text.lower()))`. */
const commonest = /^the 14,430/

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
const link = (tab: Tab, name: string) => tab.page.getByRole('link', { name, exact: true })
const place = (tab: Tab, name: string) =>
  tab.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name })

it('with buttons alone, one visitor donates and another counts the words of a book', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await button(provider, 'Start donating').click()
  await place(buyer, 'Run').click()
  await link(buyer, 'Count words').click()
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  await button(buyer, 'Run').click()

  await buyer.page.getByText('Done', { exact: true }).waitFor()
  await buyer.page.getByRole('row', { name: commonest }).waitFor()
  const [tasks] = await buyer.mesh((mesh) => mesh.jobs().map(({ progress }) => progress.ok))
  expect(await provider.mesh((mesh) => mesh.provider().tasksDone)).toBe(tasks)
  await provider.page.getByRole('img', { name: /^\d+ tiles/ }).waitFor()

  await buyer.reload()
  await buyer.page.getByText('Done', { exact: true }).waitFor()
  await buyer.page.getByRole('row', { name: commonest }).waitFor()
  await buyer.page.getByText(/^\d+ receipts? for \d+ tasks, /).waitFor()
  await button(buyer, 'Check all').click()
  await buyer.page.getByText(/^(It holds|All \d+ hold)\.$/).waitFor()
  await link(buyer, 'All jobs').click()
  await place(buyer, 'Run').click()
  await link(buyer, 'Count words').click()
  await buyer.page.getByText(/^About .* as it did last time\.$/).waitFor()
  await place(buyer, 'Network').click()
  await buyer.page.getByText('Direct, WebRTC').waitFor()
})

it('with nobody in sight the page offers to do the work itself, and says what it is', async ({ world }) => {
  const alone = await (await world.machine()).open('alone', { path: '/run/search' })
  await alone.page.getByText('Nobody can take it at the moment.').waitFor()
  await button(alone, 'Run here too').click()
  await button(alone, 'Run').click()
  await alone.page.getByText('Done', { exact: true }).waitFor()
  await alone.page.getByText('This tab').first().waitFor()
  expect(await alone.mesh((mesh) => mesh.jobs().map(({ outcome, agreements }) => ({ outcome, agreements })))).toEqual([
    { outcome: 'Completed', agreements: [] },
  ])
})

it('an own program that is none is refused beside the form, and one that crashes says so', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer', { path: '/run/own' })
  await button(provider, 'Start donating').click()
  const script = { name: 'script.wasm', mimeType: 'application/wasm', buffer: Buffer.from('#!/bin/sh\n') }
  await buyer.page.getByLabel('Program').setInputFiles(script)
  await buyer.page.getByText('script.wasm').waitFor()
  expect(await button(buyer, 'Run').isEnabled()).toBe(false)

  const dropped = await buyer.page.evaluateHandle(
    (bytes) => {
      const files = new DataTransfer()
      files.items.add(new File([new Uint8Array(bytes)], 'crash.wasm'))
      return files
    },
    [...samples.trap],
  )
  await buyer.page.getByText('Program', { exact: true }).dispatchEvent('drop', { dataTransfer: dropped })
  await button(buyer, 'Run').click()
  await buyer.page.getByText('Failed', { exact: true }).waitFor()
  await buyer.page.getByText('The program crashed.').first().waitFor()
  await buyer.page.getByText('Code trapped · phase run').waitFor()
})

it('a visitor reads what a job may do, tries to break it, and cannot', async ({ world }) => {
  const visitor = await (await world.machine()).open('visitor')
  await link(visitor, 'What a job may do here').click()
  await button(visitor, 'Try to break it').click()
  await visitor.page.getByText(/^All \d+ programs stopped\.$/).waitFor({ timeout: 60_000 })
})
