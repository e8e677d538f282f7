import { expect } from 'vitest'
import { samples } from '../src/activity/module-samples.ts'
import { journeys, type Tab } from './harness.ts'
import { donate, meet } from './jobs.ts'

const it = journeys()
const press = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true }).click()
const figure = (tab: Tab, name: string): Promise<string | null> =>
  tab.page.locator('.figure', { hasText: name }).locator('dd').textContent()

it('somebody has two tabs agree on each task, sees who did, reviews one of them and blocks it', async ({ world }) => {
  const one = await (await world.machine()).open('one')
  const two = await (await world.machine()).open('two')
  await Promise.all([donate(one), donate(two)])
  const buyer = await (await world.machine()).open('buyer', { path: '/run/search' })
  await meet(buyer, 2)
  await buyer.until((mesh) => mesh.market.offers().length === 2)
  const { page } = buyer

  const sure = page.getByLabel('How sure')
  await sure.selectOption('confidence')
  await page.getByText('Out of reach: the 2 providers in sight').waitFor()
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(false)
  await sure.selectOption('quorum')
  await page.getByLabel('Tabs that are asked').fill('2')
  await page.getByText('About 2 copies of each task.').waitFor()
  await page.getByRole('switch', { name: 'Seal it' }).press('Space')
  await press(buyer, 'Run')
  await page.getByText('Done', { exact: true }).waitFor()
  expect(await buyer.mesh((mesh) => mesh.jobs().map(({ spec }) => [spec.policy.redundancy, spec.isSealed]))).toEqual([
    [{ mode: 'quorum', quorum: 2, copies: 2 }, true],
  ])
  const tasks = await buyer.mesh((mesh) => String(mesh.jobs()[0]!.progress.total))
  await expect.poll(() => figure(buyer, `of ${tasks} compared`)).toBe(tasks)
  expect(await figure(buyer, 'found wrong')).toBe('0')
  await page.getByText('Task by task').click()
  await page
    .getByRole('cell', { name: /^2 agree/ })
    .first()
    .waitFor()
  await page.getByText('Why these providers?').click()
  await page.getByRole('cell', { name: 'First of 2' }).waitFor()

  const did = await one.did()
  await page.locator(`.lane a[href="/peers/${did}"]`).click()
  await page.getByRole('heading', { name: 'What is known of a tab' }).waitFor()
  await expect.poll(() => figure(buyer, 'checked and right')).toBe(tasks)
  await page.getByRole('radio', { name: 'Very good' }).check()
  await page.getByLabel('In a sentence, if you like').fill('Right each time.')
  await press(buyer, 'Send the review')
  await page.getByText('“Right each time.”').waitFor()
  await one.until((mesh) => mesh.reputation.reviews(mesh.did).some(({ comment }) => comment === 'Right each time.'))

  await press(buyer, 'Block')
  await page.getByText('You have blocked it').waitFor()
  await page.getByRole('link', { name: 'Network' }).click()
  await page.getByText('Blocked, as a provider').waitFor()
  await page.getByRole('button', { name: 'Remove' }).first().click()
  await page.getByText('Blocked, as a provider').waitFor({ state: 'detached' })
  expect(await buyer.mesh((mesh) => mesh.reputation.lists().map(({ role, rule }) => [role, rule]))).toEqual([
    ['requestor', 'block'],
  ])
})

it('somebody signs a program for a tab that runs nothing but what certain people signed', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer', { path: '/run/own' })
  await donate(provider)
  await meet(buyer)
  await buyer.until((mesh) => mesh.market.offers().length === 1)

  await provider.page.getByRole('link', { name: 'Network' }).click()
  await provider.page.getByLabel('In which role').selectOption('signer')
  await provider.page.getByLabel('What to do with it').selectOption('only')
  await provider.page.getByLabel('A tab or a program').fill(await buyer.did())
  await press(provider, 'Add')
  await provider.page.getByText('Only these, as a signer of programs').waitFor()

  const { page } = buyer
  const program = { name: 'empty.wasm', mimeType: 'application/wasm', buffer: Buffer.from(samples.empty) }
  await page.getByLabel('Program').setInputFiles(program)
  await page.getByText('Not signed.').waitFor()
  await press(buyer, 'Run')
  await page.getByText('Why the others are not asked').click()
  await page.getByText('It runs only what certain people signed.').waitFor()
  await press(buyer, 'Cancel')

  await page.goto(new URL('/run/own', page.url()).href)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  await page.getByLabel('Program').setInputFiles(program)
  await press(buyer, 'Sign it as me')
  await page.getByText('Signed by').waitFor()
  await press(buyer, 'Run')
  await page.getByText('Done', { exact: true }).waitFor()
  await page.getByText('Its program is signed by').waitFor()
})
