import { expect } from 'vitest'
import { bendable, lie } from './bent.ts'
import { journeys, type Tab } from './harness.ts'
import { donate, meet, resultsOf, submit } from './jobs.ts'

const it = journeys()
const made = 'made up\n'
const wasWrong = 'The result was wrong. 2 others ran it and agree.'

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
const stateOf = (tab: Tab) => tab.mesh((mesh) => mesh.receipts.disputes().map(({ state }) => state))

it('a wrong result is disputed on its page, the page is reloaded meanwhile, and two others decide', async ({
  world,
}) => {
  const lying = await (await world.machine()).open('lying', { before: bendable })
  const buyer = await (await world.machine()).open('buyer')
  const jurors = [await (await world.machine()).open('first juror'), await (await world.machine()).open('second juror')]
  await Promise.all([lying, buyer, ...jurors].map((tab) => meet(tab, 3)))
  await donate(lying)
  await buyer.until((mesh) => mesh.market.offers().length === 1)
  await lie(lying, made)
  const tasks = [{ args: ['words'], stdin: 'one two two' }]
  const job = await submit(buyer, {
    module: '/jobs/words.wasm',
    tasks,
    deterministic: true,
    policy: { redundancy: 'once' },
  })
  expect((await resultsOf(buyer, job)).map(({ status, stdout }) => ({ status, stdout }))).toEqual([
    { status: 'ok', stdout: made },
  ])

  const { page } = buyer
  await buyer.until((mesh, job) => mesh.job(job)!.view()!.status === 'ReceiptAnchored', job)
  await page.goto(`${world.product.url}jobs/${job}`)
  await page.getByRole('button', { name: /^Receipt 1,/ }).click()
  await button(buyer, 'Run again and compare').click()
  await button(buyer, 'Open a dispute').click()
  await page.getByText(/^Task #1 disputed/).waitFor()

  await buyer.reload()
  // Nobody else lends yet: nothing can be decided before.
  expect(['Opened', 'Contested']).toContain((await stateOf(buyer))[0])
  await Promise.all(jurors.map((tab) => donate(tab)))
  await buyer.until((mesh) => mesh.receipts.disputes()[0]?.verdict !== undefined)
  await page.getByRole('button', { name: /^Receipt 1,/ }).click()
  await page.getByText(wasWrong).waitFor()
  await lying.until((mesh) => mesh.receipts.disputes()[0]?.state === 'Upheld')
  const verdict = (tab: Tab) =>
    tab.mesh((mesh) =>
      mesh.receipts.disputes().map(({ state, answer, verdict }) => ({
        state,
        stance: answer?.stance,
        ruling: verdict?.ruling,
        jurors: verdict?.findings.length,
      })),
    )
  const upheld = [{ state: 'Upheld', stance: 'contests', ruling: 'upheld', jurors: 2 }]
  expect([await verdict(buyer), await verdict(lying)]).toEqual([upheld, upheld])
  await lying.page.getByText('What others dispute of your work').click()
  await lying.page.getByText(wasWrong).waitFor()
})
