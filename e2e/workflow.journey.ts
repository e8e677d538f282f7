import { expect } from 'vitest'
import { journeys, type Tab } from './harness.ts'
import { donate, meet, midJobTasks, spun } from './jobs.ts'

const it = journeys()
const rounds = 30_000_000
/** Of each of two stages: together as many as other stories have. */
const stageTasks = midJobTasks / 3
/** Two stages and two reloads, on a machine that others load. */
const storyMs = 120_000

const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true })
const stagesOf = (tab: Tab, id: string) =>
  tab.mesh(
    (mesh, id) =>
      mesh
        .workflow(id)!
        .view()!
        .stages.map(({ state, jobs, progress }) => ({ state, jobs: jobs.length, ...progress })),
    id,
  )

it('with buttons alone, a visitor has a book cut up, counted and added up, and sees the picture fill in', async ({
  world,
}) => {
  const provider = await (await world.machine()).open('provider')
  const buyer = await (await world.machine()).open('buyer', { path: '/run/workflow' })
  await donate(provider)
  await meet(buyer)
  expect(await button(buyer, 'Run').isEnabled()).toBe(false)
  await button(buyer, 'Fill in the example: a book, cut up and counted').click()
  await button(buyer, 'Run').click()
  await buyer.page.waitForURL('**/workflows/*')
  await buyer.page.getByText('Done', { exact: true }).waitFor()
  await buyer.page.getByText('the\t14430').waitFor()
  await buyer.page.getByRole('link', { name: 'commonest' }).click()
  await buyer.page.getByRole('heading', { name: 'A whale of a book: commonest' }).waitFor()
  await buyer.page.getByRole('link', { name: 'The workflow' }).click()
  await buyer.page.getByRole('link', { name: 'All jobs' }).click()
  await buyer.page.getByText('Workflow, 6 of 6 stages').waitFor()
})

it(
  'a workflow whose tab is reloaded in the middle of two of its stages goes on by itself, and computes nothing twice',
  async ({ world }) => {
    const provider = await (await world.machine()).open('provider')
    const buyer = await (await world.machine()).open('buyer')
    await donate(provider)
    await meet(buyer)
    const id = await buyer.mesh(
      async (mesh, { rounds, tasks }) => {
        const module = new Uint8Array(await (await fetch('/jobs/bench-spin.wasm')).arrayBuffer())
        const spin = { kind: 'map', module, args: [`${rounds}`] } as const
        const { id } = mesh.runWorkflow({
          name: 'spins',
          inputs: { lines: 'spin\n'.repeat(tasks) },
          stages: [
            { ...spin, id: 'first', inputs: [{ from: 'job', key: 'lines', linesEach: 1 }] },
            { ...spin, id: 'second', inputs: [{ from: 'stage', stage: 'first' }] },
          ],
        })
        return id as string
      },
      { rounds, tasks: stageTasks },
    )
    await buyer.until((mesh, id) => (mesh.workflow(id)?.view()?.stages[0]?.progress.done ?? 0) >= 3, id)
    await buyer.page.evaluate((id) => history.replaceState(null, '', `/workflows/${id}`), id)
    await buyer.reload()
    await buyer.page.getByRole('heading', { name: 'spins' }).waitFor()
    await meet(buyer)
    await buyer.until((mesh, id) => (mesh.workflow(id)?.view()?.stages[1]?.progress.done ?? 0) >= 3, id)
    await buyer.reload()
    await meet(buyer)
    await buyer.page.getByText('Done', { exact: true }).waitFor()
    const all = { state: 'done', jobs: 1, total: stageTasks, ok: stageTasks, failed: 0 }
    expect(await stagesOf(buyer, id)).toEqual([expect.objectContaining(all), expect.objectContaining(all)])
    const told = await buyer.mesh(async (mesh, id) => {
      const found: string[] = []
      for await (const { index, stdout } of mesh.workflow(id)!.results())
        found.push(`${index} ${new TextDecoder().decode(stdout)}`)
      return found
    }, id)
    expect(told).toEqual(Array.from({ length: stageTasks }, (_, index) => `${index} ${spun(rounds)}`))
  },
  storyMs,
)

it('stages that wait for each other are refused beside the form, and by their code', async ({ world }) => {
  const visitor = await (await world.machine()).open('visitor', { path: '/run/workflow' })
  await button(visitor, 'Fill in the example: a book, cut up and counted').click()
  await visitor.page.locator('summary', { hasText: 'count' }).first().click()
  await visitor.page.getByLabel('Goes over').first().selectOption('stage commonest')
  await visitor.page.getByText('These stages wait for each other in a circle.').waitFor()
  await visitor.page.getByText('count → group → commonest → count').waitFor()
  expect(await button(visitor, 'Run').isEnabled()).toBe(false)
})
