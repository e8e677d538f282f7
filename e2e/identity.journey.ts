import { expect } from 'vitest'
import { journeys } from './harness.ts'
import { countTo, donate, indexesOf, meet, resultsOf, spins, submit } from './jobs.ts'

const it = journeys()

it('two tabs of one browser are two nodes, and work for each other', async ({ world }) => {
  const machine = await world.machine()
  const [first, second] = [await machine.open('first'), await machine.open('second')]
  expect(await first.did()).not.toBe(await second.did())
  await Promise.all([meet(first), meet(second)])
  await donate(first)
  const job = await submit(second, { module: '/jobs/bench-spin.wasm', tasks: spins(8, 1_000_000) })
  const told = await resultsOf(second, job)
  expect(indexesOf(told)).toEqual(countTo(8))
  expect(new Set(told.map(({ provider }) => provider))).toEqual(new Set([await first.did()]))
})

it('a reload is the same node again, a duplicated tab another one', async ({ world }) => {
  const machine = await world.machine()
  const [first, second] = [await machine.open('first'), await machine.open('second')]
  const [firstDid, secondDid] = [await first.did(), await second.did()]
  await Promise.all([first.reload(), second.reload()])
  expect([await first.did(), await second.did()]).toEqual([firstDid, secondDid])

  const copy = await second.duplicate('copy')
  expect(await copy.page.evaluate(() => sessionStorage.length)).toBeGreaterThan(0)
  expect([firstDid, secondDid]).not.toContain(await copy.did())
  expect(await second.did()).toBe(secondDid)
  await Promise.all([first, second, copy].map((tab) => meet(tab, 2)))

  const other = await (await world.machine()).open('other')
  expect([firstDid, secondDid, await copy.did()]).not.toContain(await other.did())
})
