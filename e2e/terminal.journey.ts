import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import { donate, meet, resultsOf, submit, summaryOf } from './jobs.ts'

const it = journeys()

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
const log = (tab: Tab) => tab.page.getByRole('log')
const waits = (tab: Tab) => tab.page.getByText('The program waits for your input.').waitFor()

/** Types a guess on the page, and reads what the program says of it. */
async function guess(tab: Tab, value: number): Promise<'low' | 'high' | 'right'> {
  await tab.page.getByLabel('Type to the program').fill(String(value))
  await button(tab, 'Send').click()
  const answers = new RegExp(`> ${value}\\n(Too low|Too high|Right)`)
  const handle = await tab.page.waitForFunction(
    ({ source }) => new RegExp(source).exec(document.querySelector('[role=log]')?.textContent ?? '')?.[1],
    { source: answers.source },
  )
  const said = await handle.jsonValue()
  return said === 'Right' ? 'right' : said === 'Too low' ? 'low' : 'high'
}

it('somebody plays with a program that runs in another tab, reloads in the middle, and wins', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const player = await (await world.machine()).open('player', { path: '/run/guess' })
  await Promise.all([meet(provider), meet(player)])
  await donate(provider)
  await player.until((mesh) => mesh.market.offers().length === 1)
  await button(player, 'Run').click()
  await waits(player)
  await player.page.getByText('Waiting for input', { exact: true }).waitFor()

  let [least, most] = [1, 100]
  let isReloaded = false
  for (let tries = 0; ; tries++) {
    expect(tries).toBeLessThan(8)
    const middle = Math.floor((least + most) / 2)
    const said = await guess(player, middle)
    if (said === 'right') break
    if (said === 'low') least = middle + 1
    else most = middle - 1
    await waits(player)
    if (isReloaded) continue
    isReloaded = true
    const before = await log(player).textContent()
    await player.reload()
    await waits(player)
    expect(await log(player).textContent()).toBe(before)
  }
  await player.page.getByText('The program has ended.').waitFor()
  await player.page.getByText('Done', { exact: true }).waitFor()
  const [job] = await player.mesh((mesh) => mesh.jobs().map(({ id }) => id as string))
  const [told] = await resultsOf(player, job!)
  expect(told).toMatchObject({ status: 'ok', exitCode: 0, provider: await provider.did() })
  expect(told?.receipt).toBeDefined()
  expect(told?.stdout).toMatch(/Right(, after \d+ guesses| at the first guess)\.\n$/)
  expect(await player.mesh((mesh) => mesh.faults().filter(({ phase }) => phase === 'receipt'))).toEqual([])
  await player.page.getByText('of a thread’s time').waitFor()
})

it('a program that writes without end, one that waits for nobody and one that ends its input', async ({ world }) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([meet(provider), meet(buyer)])
  await donate(provider)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  const module = await readFile(new URL('../src/adapters/workers/fixtures/talker.wasm', import.meta.url))

  const pouring = await submit(buyer, {
    module,
    tasks: [{ args: ['pour'] }],
    interactive: true,
    limits: { outputBytes: 1_048_576 },
  })
  const [poured] = await resultsOf(buyer, pouring)
  expect(poured).toMatchObject({ status: 'failed', error: 'output-over-limit' })
  expect(poured?.stdout.length).toBe(1_048_576)

  const waiting = await submit(buyer, { module, tasks: [{ args: ['echo'] }], interactive: true })
  await buyer.until((mesh, job) => mesh.job(job)?.view()?.status === 'AwaitingInputs', waiting)
  await buyer.mesh((mesh, job) => mesh.job(job)?.cancel(), waiting)
  expect(await summaryOf(buyer, waiting)).toMatchObject({ status: 'Cancelled' })

  const ended = await submit(buyer, { module, tasks: [{ args: ['echo'] }], interactive: true })
  await buyer.mesh(async (mesh, job) => {
    const terminal = mesh.job(job)?.terminal()
    await terminal?.write('all at once')
    await terminal?.end()
  }, ended)
  const [echoed] = await resultsOf(buyer, ended)
  expect(echoed).toMatchObject({ status: 'ok', stdout: 'ready\nall at once', stderr: 'over' })
})
