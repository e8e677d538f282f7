import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mesh, ProvideOptions } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
beforeEach(async () => {
  world = createWorld()
  requestor = await world.open()
})
afterEach(() => world.close())

/** A provider whose offer the requestor has heard. */
async function provided(options: ProvideOptions): Promise<Mesh> {
  const provider = await world.open()
  await provider.provide({ cpuShare: 1, ...options })
  await requestor.dial(provider.did)
  await until(requestor, () => requestor.market.offers().length > 0)
  return provider
}

describe('the funnel', () => {
  it('shows at which step a provider falls out before a job exists, and why', async () => {
    const { did } = await provided({ pricing: { perSecond: 1_000n } })
    expect(requestor.market.preview({})).toEqual({
      seen: 1,
      understood: 1,
      matching: 1,
      affordable: 0,
      answering: 0,
      leastBudget: 60_000n,
      reasons: [{ step: 'affordable', provider: did, code: 'price-over-limit', message: 'price-over-limit' }],
    })
    expect(requestor.market.preview({ policy: { maxPrice: 59_999n } })).toMatchObject({ leastBudget: 60_000n })
    const enough = requestor.market.preview({ policy: { maxPrice: 60_000n } })
    expect(enough).toMatchObject({ affordable: 1, reasons: [], leastBudget: undefined })
  })

  it('[SV3] says what a budget has to be before a job begins with one that is too small', async () => {
    await provided({ pricing: { perSecond: 1_000n } })
    const request = { module: await readyMadeModule('words'), tasks: [{ args: ['words'], stdin: 'one' }] }
    const job = requestor.submit({ ...request, policy: { maxPrice: 1n } })
    expect(await job.done).toMatchObject({ status: 'Failed', reason: 'budget-too-small' })
    expect(job.view()).toBeUndefined()
    expect(requestor.faults()).toMatchObject([{ message: 'budget-too-small maxPrice: 1 least: 60000' }])
    const here = requestor.submit({ ...request, policy: { maxPrice: 1n }, here: 'too' })
    expect(await here.done).toMatchObject({ status: 'Completed' })
    const paid = requestor.submit({ ...request, policy: { maxPrice: 60_000n } })
    expect(await paid.done).toMatchObject({ status: 'Completed' })
  })

  it('tells what a provider said that was asked and declined, and until when it is left alone', async () => {
    const { did } = await provided({ readyMadeOnly: true })
    const job = requestor.submit({ module: await readyMadeModule('words'), tasks: [{ stdin: 'one' }] })
    const reasons = () => requestor.market.funnel(job.id)?.reasons ?? []
    await until(requestor, () => reasons().length > 0)
    expect(reasons()).toMatchObject([{ step: 'answering', provider: did, code: 'ready-made-only' }])
    expect(reasons()[0]?.askedAgainAt).toBeGreaterThan(Date.now())
    expect(requestor.market.funnel(job.id)).toMatchObject({ affordable: 1, answering: 0 })
    await job.cancel()
  })

  it('counts as answering only who is there: one that worked and left is no more', async () => {
    const provider = await provided({})
    const selling = await provider.provide({ cpuShare: 1 })
    const module = await readyMadeModule('bench-spin')
    const job = requestor.submit({ module, tasks: Array.from({ length: 60 }, () => ({ args: ['60000000'] })) })
    await until(requestor, () => job.progress.done > 0)
    await selling.stop()
    await until(requestor, () => requestor.market.funnel(job.id)?.seen === 0)
    expect(requestor.market.funnel(job.id)).toMatchObject({ seen: 0, affordable: 0, answering: 0 })
    await job.cancel()
  })
})
