import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mesh } from './api.ts'
import { createWorld, type Place, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
let provider: Mesh
let here: Place
beforeEach(async () => {
  world = createWorld()
  here = place()
  requestor = await world.open(here)
  provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  await requestor.dial(provider.did)
  await until(requestor, () => requestor.market.offers().length > 0)
})
afterEach(() => world.close())

const tasks = Array.from({ length: 6 }, () => ({ stdin: 'one two' }))
const submit = async (policy = {}) => requestor.submit({ module: await readyMadeModule('words'), tasks, policy })

describe('after a job', () => {
  it('each side reviews the other by their receipt, once, and the other hears it', async () => {
    const job = await submit()
    const { receipts } = await job.done
    const [receipt] = receipts
    const said = await requestor.reputation.review({ receipt: receipt!, permille: 900, comment: 'Fast.' })
    expect(said.ok).toBe(true)
    await until(provider, () => provider.reputation.reviews(provider.did).length > 0)
    expect(provider.reputation.reviews(provider.did)).toMatchObject([
      { author: requestor.did, receipt, permille: 900, comment: 'Fast.', weight: 0, runtime: 'wasi-p1' },
    ])
    const again = await requestor.reputation.review({ receipt: receipt!, permille: 100 })
    expect(again.ok).toBe(true)
    await until(provider, () => provider.reputation.reviews(provider.did)[0]?.permille === 100)
    expect(provider.reputation.reviews(provider.did)).toHaveLength(1)
    expect(await provider.reputation.review({ receipt: receipt!, permille: 1_000 })).toMatchObject({ ok: true })
  })

  it('its record is told in figures, and why it was chosen', async () => {
    const job = await submit()
    await job.done
    expect(requestor.reputation.of(provider.did)).toMatchObject({ tasks: 6 })
    expect(requestor.reputation.record(provider.did)).toMatchObject({
      deeds: { completed: 6, failed: 0 },
      byRuntime: { 'wasi-p1': { tasks: 6 } },
      blacklistedUntil: undefined,
    })
    expect(requestor.market.whyProviders(job.id)).toMatchObject([
      { provider: provider.did, figures: { rank: 1, of: 1, price: 0n, reputationPermille: 500 } },
    ])
    const why = requestor.market.whyProviders(job.id)
    await world.crash(requestor)
    requestor = await world.open(here)
    expect(requestor.market.whyProviders(job.id)).toEqual(why)
  })

  it('a review of what one does not hold, or out of range, is refused', async () => {
    const job = await submit()
    const [receipt] = (await job.done).receipts
    const { review } = requestor.reputation
    expect(await review({ receipt: job.id, permille: 1 })).toMatchObject({ code: 'receipt-not-found' })
    expect(await review({ receipt: receipt!, permille: 1_001 })).toMatchObject({ code: 'limit-out-of-range' })
    expect(await review({ receipt: receipt!, permille: 1, comment: 'x'.repeat(281) })).toMatchObject({
      code: 'limit-out-of-range',
    })
  })
})

describe('lists', () => {
  it('keep a blocked provider from being asked, also after a reload, until it is taken off', async () => {
    expect(await requestor.reputation.block({ did: provider.did })).toMatchObject({ ok: true })
    expect(requestor.reputation.lists()).toMatchObject([
      { kind: 'did', name: provider.did, role: 'provider', rule: 'block' },
      { kind: 'did', name: provider.did, role: 'requestor', rule: 'block' },
    ])
    expect(requestor.market.preview({}).reasons).toMatchObject([{ code: 'provider-blocked' }])
    await world.crash(requestor)
    requestor = await world.open(here)
    expect(requestor.reputation.lists()).toHaveLength(2)
    await requestor.reputation.unlist({ did: provider.did })
    expect(requestor.reputation.lists()).toEqual([])
  })

  it('keep a program from being run for others', async () => {
    const job = await submit()
    await job.done
    const { module } = job.view()!.spec
    await provider.reputation.block({ module })
    const next = await submit()
    const reasons = () => requestor.market.funnel(next.id)?.reasons ?? []
    await until(requestor, () => reasons().length > 0)
    expect(reasons()).toMatchObject([{ code: 'module-blocked' }])
    await next.cancel()
  })
})

describe('a preset', () => {
  it('sets the policy, and what is said beside it counts instead', async () => {
    const job = await submit({ preset: 'guaranteed', minReputation: 200, weights: { price: 10 } })
    await until(requestor, () => job.view() !== undefined)
    expect(job.view()?.spec.policy).toMatchObject({
      preset: 'guaranteed',
      selection: 'reputation',
      minReputationPermille: 200,
      priceWeightPermille: 10,
    })
    await job.cancel()
    const none = await submit({ preset: 'best' as 'guaranteed' })
    expect(await none.done).toMatchObject({ status: 'Failed', reason: 'limit-out-of-range' })
  })

  it('tells a provider that bids and is not taken why', async () => {
    const job = await submit({ preset: 'guaranteed', minReputation: 600, door: 'announcement' })
    await until(provider, () => provider.market.whyNotChosen().length > 0)
    expect(provider.market.whyNotChosen()).toMatchObject([
      { job: job.id, requestor: requestor.did, code: 'reputation-too-low', figures: { rank: 0, of: 1 } },
    ])
    await job.cancel()
  })
})
