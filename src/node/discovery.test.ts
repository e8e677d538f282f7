import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { hourMs, minuteMs } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import type { Effect } from './input.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  nodeOf,
  only,
  pass,
  submit,
  typesOf,
  type World,
} from './world.examples.ts'

const free = aPlan({ facts: freeFacts })
const _paid = { maxPrice: 100_000_000n as Amount }
const _spec = (policy: object) => ({ platform: 'credits', policy: { ...policyOfJob, ...policy } })
const policyOfJob = {
  maxPrice: 0n as Amount,
  minReputationPermille: 0,
  regions: [],
  selection: 'hybrid' as const,
  copies: 1,
  mostProviders: 16,
  door: 'offers' as const,
}

/** Requestor and provider, connected; the provider gives its work away. */
function market(plan = free): World {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan })
  return world
}
const agreements = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const _activities = (world: World, did = requestor) => [...nodeOf(world, did).state.activities.values()]
const _done = (tasks: number) => ({ total: tasks, isSealed: true, done: tasks, ok: tasks, failed: 0, inFlight: 0 })

describe('offers', () => {
  it('[OF4] are heard by whoever connects, and [OF3] pulled by id when they change', () => {
    const world = createWorld(requestor, provider)
    command(world, provider, { type: 'sell', plan: free })
    expect(nodeOf(world, requestor).state.offers.size).toBe(0)
    connect(world, requestor, provider)
    const [first] = nodeOf(world, requestor).state.offers.keys()
    command(world, provider, { type: 'sell', plan: { ...free, threads: 2 } })
    const next = only(nodeOf(world, requestor).state.offers.values())
    expect(next.id).not.toBe(first)
    expect(next.facts.hardware.threads).toBe(2)
  })

  it('[OF1] [OF2] are said again every few minutes and made anew before their hour is over', () => {
    const world = market()
    const said = () =>
      nodeOf(world, provider).effects.filter(
        (one: Effect) => one.type === 'publish' && 'offers' in (one.message as object),
      )
    const before = said().length
    pass(world, 20 * minuteMs)
    expect(said().length).toBeGreaterThanOrEqual(before + 2)
    pass(world, 2 * hourMs)
    const known = only(nodeOf(world, requestor).state.offers.values())
    expect(known.expiresAt).toBeGreaterThan(world.now)
    expect(typesOf(nodeOf(world, provider).log).filter((type) => type === 'market/offer').length).toBe(3)
  })

  it('[RQ3] that come later are asked at once', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    submit(world, requestor)
    expect(agreements(world)).toHaveLength(0)
    command(world, provider, { type: 'sell', plan: free })
    expect(only(agreements(world)).state).toBe('approved')
  })
})
