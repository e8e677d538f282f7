import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import { expect } from 'vitest'
import { knownAnswers } from '../src/activity/known-answers.ts'
import { journeys, type Tab } from './harness.ts'

const it = journeys()

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
/** The lines of the list of results: what was given, and what came out. */
const listed = (tab: Tab): Promise<string[][]> =>
  tab.page
    .locator('table.results tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('code.begins')].map((cell) => cell.textContent)))

/** `answer(n, x)` gives n! in 64 bits, and the root of x. */
const answers = {
  name: 'answer.wasm',
  mimeType: 'application/wasm',
  buffer: Buffer.from(knownAnswers.find(({ runtime }) => runtime === 'function')?.bytes ?? []),
}

it('somebody calls a function of a module of their own, over a range and by hand, and reads the values', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer', { path: '/run/own' })
  await button(provider, 'Start donating').click()
  await buyer.until((mesh) => mesh.market.offers().length === 1)

  const { page } = buyer
  await page.getByLabel('Program').setInputFiles(answers)
  await page.getByText('A module with 1 function to call.').waitFor()
  expect(await page.getByRole('switch', { name: 'It waits for what I type' }).isDisabled()).toBe(true)
  await page.getByLabel('Values of each call').fill('20 2\n21')
  await page.getByText('Line 2: answer takes 2 values, here is 1.').first().waitFor()
  expect(await button(buyer, 'Run').isEnabled()).toBe(false)
  await page.getByLabel('Values of each call').fill('20 2\n21n, -1')
  await page.getByRole('switch', { name: 'The same everywhere' }).press('Space')
  await button(buyer, 'Run').click()
  await page.getByText('Done', { exact: true }).waitFor()
  expect((await listed(buyer)).sort()).toEqual([
    ['answer(20, 2)', '2432902008176640000n, 1.4142135623730951'],
    ['answer(21n, -1)', '-4249290049419214848n, NaN'],
  ])
  expect(await buyer.mesh((mesh) => mesh.jobs().map(({ spec }) => [spec.runtime, spec.limits.seed?.length]))).toEqual([
    ['function', 32],
  ])
  const [download] = await Promise.all([page.waitForEvent('download'), button(buyer, 'Download all').click()])
  const files = unzipSync(new Uint8Array(await readFile((await download.path()) ?? '')))
  const rows = new TextDecoder().decode(files['values.csv']).trim().split('\n')
  expect(rows.sort()).toEqual([
    '1,ok,2432902008176640000,1.4142135623730951',
    '2,ok,-4249290049419214848,NaN',
    'task,status,values',
  ])

  await page.goto(new URL(`/run/own?again=${page.url().split('/').at(-1)}`, page.url()).href)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  await page.getByLabel('Program').setInputFiles(answers)
  expect(await page.getByLabel('Values of each call').inputValue()).toBe('20 2\n21n, -1')
  await page.getByLabel('A range for the first value').check()
  await page.getByLabel('To', { exact: true }).fill('5')
  await page.getByLabel('The other values').fill('1')
  await button(buyer, 'Run').click()
  await page.getByText('Done', { exact: true }).waitFor()
  expect((await listed(buyer)).sort()).toEqual([
    ['answer(1, 1)', '1n, 1'],
    ['answer(2, 1)', '2n, 1'],
    ['answer(3, 1)', '6n, 1'],
    ['answer(4, 1)', '24n, 1'],
    ['answer(5, 1)', '120n, 1'],
  ])
})

it('somebody runs a script of theirs in other tabs, a line of words for each', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer', { path: '/run/javascript' })
  await button(provider, 'Start donating').click()
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  await buyer.page.getByLabel('Script').fill('print(args.map((word) => word.toUpperCase()).reverse().join("-"))')
  await buyer.page.getByLabel('What it works on').fill('one two\n"a phrase" last\n\nalone')
  await button(buyer, 'Run').click()
  await buyer.page.getByText('Done', { exact: true }).waitFor()
  expect((await listed(buyer)).sort()).toEqual([
    ['"a phrase" last', 'LAST-A PHRASE'],
    ['alone', 'ALONE'],
    ['one two', 'TWO-ONE'],
  ])
})
