import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { Amount } from '../kernel/amount.ts'
import { minuteMs } from '../kernel/time.ts'
import { provider, requestor } from '../market/market.examples.ts'
import { exposure } from '../payment/account.ts'
import { exampleDid } from '../receipts/receipt.examples.ts'
import type { Plan } from './input.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  frame,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  type World,
} from './world.examples.ts'

const spec = {
  platform: 'credits',
  policy: { ...someSpec.policy, maxPrice: 100_000_000n as Amount },
}
const newcomer = exampleDid('N')
const agreements = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const accounts = (world: World, did = provider) => [...nodeOf(world, did).state.accounts.values()]
const whyNot = (world: World) =>
  nodeOf(world, provider).log.flatMap(({ body }) =>
    body.type === 'market/proposal-rejected' ? [(body as never as { reason: { code: string } }).reason.code] : [],
  )

/** A minute was computed, its note was never answered, and the provider ended the agreement. */
function unpaid(told: Partial<Plan> = {}): World {
  const world = createWorld(requestor, provider, newcomer)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan(told) })
  submit(world, requestor, { spec })
  const activity = only(nodeOf(world, requestor).state.activities.keys())
  makeReady(world, activity, [requestor, provider])
  world.loses = (from, _, type) => from === requestor && type.startsWith('payment/')
  pass(world, 130_000)
  give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds: 60 }), token: 1 })
  pass(world, 241_000)
  expect(only(agreements(world, provider))).toMatchObject({
    state: 'terminated',
    ended: { reason: { code: 'DebitNotesDeadline' } },
  })
  return world
}

/** The requestor knows nothing any more of what it owes. */
function forgets(world: World): void {
  const { accounts: known, outbox } = nodeOf(world, requestor).state
  known.clear()
  for (const [id, { event }] of outbox.parcels) if (event.body.type.startsWith('payment/')) outbox.parcels.delete(id)
  world.loses = () => false
}

describe('a requestor that left something unpaid', () => {
  it('[PV5] is sold nothing more, and told why and when to ask again', () => {
    const world = unpaid()
    forgets(world)
    expect(exposure(only(accounts(world)))).toBe(600n)
    pass(world, 2 * minuteMs)
    expect(agreements(world, provider)).toHaveLength(1)
    expect(whyNot(world)).toEqual(['credit-exhausted'])
    const job = only(nodeOf(world, requestor).state.jobs.values())
    expect(job.notBefore.get(provider)!.until - world.now).toBeGreaterThan(8 * minuteMs)
    pass(world, 30 * minuteMs)
    expect(agreements(world)).toHaveLength(1)
  })

  it('[PV5] is sold to again once it has paid', () => {
    const world = unpaid()
    world.loses = () => false
    pass(world, 5 * minuteMs)
    expect(accounts(world).map(exposure)).toEqual([0n, 0n])
    expect(agreements(world, provider).map(({ state }) => state)).toEqual(['terminated', 'approved'])
  })

  it('[PV5] is still given what is given away', () => {
    const world = unpaid()
    forgets(world)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    pass(world, 2 * minuteMs)
    expect(agreements(world, provider).map(({ terms, state }) => [terms.platform, state])).toEqual([
      ['credits', 'terminated'],
      ['none', 'approved'],
    ])
  })
})

describe('somebody new', () => {
  it('[PV7] is not sold what it could not have computed, and is told when to ask again', () => {
    const world = unpaid({ strangersLimit: 500n as Amount })
    connect(world, newcomer, provider)
    submit(world, newcomer, { spec })
    expect(whyNot(world).at(-1)).toBe('newcomers-limit')
    const job = only(nodeOf(world, newcomer).state.jobs.values())
    expect(job.notBefore.get(provider)!.until - world.now).toBe(minuteMs)
    expect(agreements(world, newcomer)).toHaveLength(0)
    pass(world, 12 * minuteMs) // of 600 that were left a sixth is written off, and that makes room
    expect(agreements(world, newcomer).map(({ state }) => state)).toEqual(['approved'])
  })

  it('[PV7] is not in the way of whoever has paid before', () => {
    const world = unpaid()
    command(world, provider, { type: 'sell', plan: aPlan({ strangersLimit: 0n as Amount }) })
    world.loses = () => false
    pass(world, 5 * minuteMs)
    expect(agreements(world, provider).map(({ state }) => state)).toEqual(['terminated', 'approved'])
  })
})

describe('a budget', () => {
  const sells = (facts: typeof freeFacts, told: object): string[] => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts }) })
    submit(world, requestor, { spec: told })
    return agreements(world).map(({ terms }) => terms.platform)
  }

  it('[SV1] is not needed for what is given away, and not spent on it', () => {
    const both = {
      ...freeFacts,
      payment: {
        ...freeFacts.payment,
        platforms: [...aPlan().facts.payment.platforms, ...freeFacts.payment.platforms],
      },
    }
    expect(sells(freeFacts, spec)).toEqual(['none'])
    expect(sells(both, spec)).toEqual(['none'])
    expect(sells(both, {})).toEqual(['none'])
  })

  it('[SV1] is needed for what costs something', () => {
    expect(sells(aPlan().facts, spec)).toEqual(['credits'])
    expect(sells(aPlan().facts, { ...spec, policy: someSpec.policy })).toEqual([])
  })
})

describe('what was settled', () => {
  it('[RP3] counts for whoever paid, with whom it paid', () => {
    const world = unpaid()
    const paid = () => nodeOf(world, provider).state.standings.get(requestor)?.all.paid ?? 0
    expect(paid()).toBe(0)
    world.loses = () => false
    pass(world, 5 * minuteMs)
    expect(paid()).toBe(1)
  })
})
