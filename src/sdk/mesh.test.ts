import { afterEach, describe, expect, it } from 'vitest'
import { samples } from '../activity/module-samples.ts'
import type { Mesh } from './api.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const text = new TextDecoder()
const tasksOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` }))

describe('one tab donates, another buys', () => {
  it('[BD1] finds its provider through the other door too: announced, bid for, chosen', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({
      module: await readyMadeModule('words'),
      tasks: tasksOf(10),
      policy: { door: 'announcement' },
    })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 10, providers: [provider.did] })
  })

  it('[AC18] pays for what it got, and both sides hold the same balance', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({
      module: await readyMadeModule('words'),
      tasks: tasksOf(50),
      policy: { maxPrice: 100_000_000n },
    })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 50 })
    await until(requestor, () =>
      requestor.payments.documents().some(({ kind, status }) => kind === 'invoice' && status === 'settled'),
    )
    await until(provider, () =>
      provider.payments.documents().some(({ kind, status }) => kind === 'invoice' && status === 'settled'),
    )
    expect(requestor.payments.balance().owedByUs).toBeGreaterThan(0n)
    expect(provider.payments.balance().owedToUs).toBe(requestor.payments.balance().owedByUs)
    expect((await job.done).cost).toBeLessThanOrEqual(requestor.payments.balance().owedByUs)
  })

  it('[ND3] [SC9] is the same job after a reload of the requestor: results replay from the first, then go on', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const here = place()
    const before = await world.open(here)
    await before.dial(provider.did)
    const { id } = before.submit({
      module: await readyMadeModule('bench-spin'),
      tasks: Array.from({ length: 60 }, () => ({ args: ['60000000'] })),
    })
    await until(before, () => (before.job(id)?.progress.done ?? 0) >= 5 && before.job(id)?.progress.isSealed === true)
    await world.crash(before)
    const after = await world.open(here)
    await after.dial(provider.did)
    const results = await all(after.job(id)!.results())
    expect(results.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i))
    expect(await after.job(id)!.done).toMatchObject({ status: 'Completed', completed: 60 })
  })

  it('[RQ6] [ND12] goes on under the same agreement after a reload of the provider, and a reload later has all receipts', async () => {
    world = createWorld()
    const [here, there] = [place(), place()]
    const first = await world.open(there)
    await first.provide({ cpuShare: 1 })
    const requestor = await world.open(here)
    await requestor.dial(first.did)
    const job = requestor.submit({
      module: await readyMadeModule('bench-spin'),
      tasks: Array.from({ length: 60 }, () => ({ args: ['60000000'] })),
    })
    await until(requestor, () => job.progress.done >= 5)
    await world.crash(first)
    const second = await world.open(there)
    await second.provide({ cpuShare: 1 })
    await requestor.dial(second.did)
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 60 })
    expect(requestor.job(job.id)?.view()?.agreements).toHaveLength(1)
    const receiptsIn = (mesh: Mesh) => mesh.receipts.ofJob(job.id).map(({ id }) => id)
    const before = receiptsIn(requestor)
    expect(before).toHaveLength(2)
    await world.crash(requestor)
    expect(receiptsIn(await world.open(here))).toEqual(before)
  })

  it('[ST1] says sold out to the second requestor, and serves it when the first is done', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const [a, b] = [await world.open(), await world.open()]
    await Promise.all([a.dial(provider.did), b.dial(provider.did)])
    const module = await readyMadeModule('bench-spin')
    const jobA = a.submit({ module, tasks: Array.from({ length: 6 }, () => ({ args: ['50000000'] })) })
    await until(a, () => jobA.progress.done > 0)
    const jobB = b.submit({ module, tasks: [{ args: ['1000'] }] })
    expect(await jobA.done).toMatchObject({ completed: 6 })
    expect(await jobB.done).toMatchObject({ completed: 1 })
  })

  it('[PV3] gives its tasks back when the provider stops, and another takes them', async () => {
    world = createWorld()
    const [first, second] = [await world.open(), await world.open()]
    const selling = await first.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(first.did)
    const job = requestor.submit({
      module: await readyMadeModule('bench-spin'),
      tasks: Array.from({ length: 60 }, () => ({ args: ['60000000'] })),
    })
    await until(requestor, () => job.progress.done >= 3)
    await selling.stop()
    await second.provide({ cpuShare: 1 })
    await requestor.dial(second.did)
    expect(await job.done).toMatchObject({ completed: 60, failed: 0 })
    expect(
      requestor
        .job(job.id)
        ?.view()
        ?.agreements.map(({ reason }) => reason?.code),
    ).toContain('Shutdown')
  })

  it('[SC7] fails a task that traps, says so, and brings the others back', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({ module: samples.trap, tasks: tasksOf(2) })
    const results = await all(job.results())
    expect(results.map(({ error }) => error?.code)).toEqual(['trapped', 'trapped'])
    expect(await job.done).toMatchObject({ status: 'Failed', failed: 2 })
  })

  it('refuses what is no program before anybody is told', async () => {
    world = createWorld()
    const mesh = await world.open()
    const job = mesh.submit({ module: new TextEncoder().encode('not wasm'), tasks: tasksOf(1) })
    expect(await job.done).toMatchObject({ status: 'Failed', reason: 'not-wasm' })
    const none = mesh.submit({ module: await readyMadeModule('words'), tasks: tasksOf(1), limits: { fuel: 0n } })
    expect(await none.done).toMatchObject({ status: 'Failed', reason: 'limit-out-of-range' })
  })

  it('runs own work in this tab when nobody else is there', async () => {
    world = createWorld()
    const mesh = await world.open()
    const job = mesh.submit({ module: await readyMadeModule('words'), tasks: tasksOf(5), here: 'only' })
    const results = await all(job.results())
    expect(results).toHaveLength(5)
    expect(results.every(({ provider, receipt }) => provider === mesh.did && receipt === undefined)).toBe(true)
  })

  it('goes on with what was begun here by hand after the tab was reloaded', async () => {
    world = createWorld()
    const here = place()
    const mesh = await world.open(here)
    const spins = Array.from({ length: 12 }, () => ({ args: ['3000000'] }))
    const job = mesh.submit({ module: await readyMadeModule('bench-spin'), tasks: spins })
    await until(mesh, () => mesh.job(job.id)?.progress.isSealed === true)
    void job.runHere()
    for await (const _first of job.results()) break
    await world.crash(mesh)
    const after = await world.open(here)
    expect(await all(after.job(job.id)!.results())).toHaveLength(12)
  })

  it('spreads the tasks of a program over the provider and brings every result back once, with a receipt', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({
      module: await readyMadeModule('words'),
      tasks: Array.from({ length: 40 }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` })),
    })
    const results = await all(job.results())
    expect(new Set(results.map(({ index }) => index)).size).toBe(40)
    expect(results.map(({ status, error }) => [status, error])).toEqual(results.map(() => ['ok', undefined]))
    expect(text.decode(results[0]?.stdout)).toContain('two\t2')
    const summary = await job.done
    expect(summary).toMatchObject({ status: 'Completed', completed: 40, failed: 0, providers: [provider.did] })
    expect(results.every(({ receipt }) => receipt !== undefined)).toBe(true)
  })
})
