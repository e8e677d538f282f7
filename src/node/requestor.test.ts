import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { JobSpec } from '../activity/messages.ts'
import { dayMs, minuteMs } from '../kernel/time.ts'
import { aCid, aDid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import { ProposalRejected, type Reason } from '../market/messages.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import { notAskedBefore } from './requestor.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  verdict,
  type World,
} from './world.examples.ts'

const waitMs = (code: string, told: Partial<Reason> = {}): number =>
  notAskedBefore({ code, message: '', isFinal: false, ...told }, begun) - begun

describe('a provider that said no', () => {
  it('[RQ8] for reasons of the moment is asked again soon, whatever it says of finality', () => {
    for (const code of ['Shutdown', 'Expired', 'NoActivity', 'sold-out', 'offer-outdated', 'provider-restarted'])
      for (const isFinal of [true, false]) {
        expect(waitMs(code, { isFinal })).toBe(15_000)
        expect(waitMs(code, { isFinal, retryAfterMs: 700 })).toBe(700)
      }
  })

  it('[RQ8] for other reasons is asked again after a minute, or when it says', () => {
    expect(waitMs('credit-exhausted')).toBe(minuteMs)
    expect(waitMs('credit-exhausted', { retryAfterMs: 10 * minuteMs })).toBe(10 * minuteMs)
  })

  it('[RQ4] for good is not asked again that day', () => {
    expect(waitMs('requestor-blocked', { isFinal: true })).toBe(dayMs)
    expect(waitMs('wrong-receipt', { isFinal: true, retryAfterMs: 1 })).toBe(dayMs)
  })
})

it('[RQ3] a provider is asked again when it said that it may be, and not seconds later', () => {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  world.loses = (_from, _to, type) => type === 'market/proposal'
  submit(world, requestor)
  const thread = only(nodeOf(world, requestor).state.threads.keys())
  const reason = { code: 'start-failed', message: '', isFinal: false, retryAfterMs: 700 }
  const no = stated(ProposalRejected, { author: provider }, { to: requestor, thread, reason })
  expect(verdict(world, requestor, no as Verified<AnyBody>)).toBeUndefined()
  nodeOf(world, requestor).state.outbox.parcels.clear() // what it answered is not brought again
  world.loses = () => false
  pass(world, 699)
  expect(agreements(world)).toHaveLength(0)
  pass(world, 1)
  expect(only(agreements(world)).state).toBe('approved')
})

it('[DS7] a juror is asked from no address range of a party or of another juror, and any other job is', () => {
  const [party, street] = [aDid('X'), '203.0.113.0/24']
  const asked = (spec: Partial<JobSpec>, range: string) => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    for (const [did, from] of [
      [party, street],
      [provider, range],
    ] as const)
      give(world, requestor, { type: 'peerChanged', peer: { did, isRelay: false, direct: true, range: from } })
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    submit(world, requestor, { tasks: 1, spec: { policy: { ...someSpec.policy, avoid: [requestor, party] }, ...spec } })
    return agreements(world).length
  }
  const standsFor = { job: aCid('disputed'), index: 3 }
  expect([asked({ standsFor }, street), asked({ standsFor }, '192.0.2.0/24'), asked({}, street)]).toEqual([0, 1, 1])
})

const agreements = (world: World) => [...nodeOf(world, requestor).state.agreements.values()]

describe('an activity that failed', () => {
  /** A job under way, whose activity the provider's data plane then gives up with this code. */
  function failedWith(code: string): World {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    submit(world, requestor)
    const activity = only(nodeOf(world, requestor).state.activities.keys())
    makeReady(world, activity, [requestor, provider])
    pass(world, 1_000)
    const failure = { code, message: '' }
    give(world, provider, { type: 'activityStepped', activity, step: 'terminate', failure })
    give(world, requestor, { type: 'activityStepped', activity, step: 'terminate', failure })
    return world
  }

  it('[RQ6] with a restart of its provider is followed by another, under the same agreement', () => {
    const world = failedWith('provider-restarted')
    expect(only(agreements(world)).state).toBe('approved')
    expect([...nodeOf(world, requestor).state.activities.values()].map(({ state }) => state)).toEqual([
      'Terminated',
      'New',
    ])
  })

  it('[RQ7] [RQ8] by something passing ends the agreement, and another is made within moments', () => {
    const world = failedWith('content-missing')
    expect(agreements(world)).toMatchObject([
      { state: 'terminated', ended: { reason: { code: 'content-missing', isFinal: false } } },
    ])
    pass(world, 30_000)
    expect(agreements(world).map(({ state }) => state)).toEqual(['terminated', 'approved'])
  })

  it('[RQ4] for good bars its provider that day, also where something passing had barred it before', () => {
    const world = failedWith('content-missing')
    pass(world, 30_000)
    const activity = [...nodeOf(world, requestor).state.activities.keys()][1]
    if (!activity) throw new Error('another activity was expected')
    const failure = { code: 'wrong-receipt', message: '' }
    give(world, requestor, { type: 'activityStepped', activity, step: 'terminate', failure })
    pass(world, 10 * minuteMs)
    expect(agreements(world)).toHaveLength(2)
  })

  it('[RQ7] [RQ4] by its provider’s fault ends the agreement, and none is made that day', () => {
    const world = failedWith('wrong-receipt')
    expect(agreements(world)).toMatchObject([{ ended: { reason: { code: 'wrong-receipt', isFinal: true } } }])
    pass(world, 10 * minuteMs)
    expect(agreements(world)).toHaveLength(1)
  })
})

const { runtime } = freeFacts
const withFuel = { ...freeFacts, runtime: { ...runtime, capabilities: [...runtime.capabilities, 'fuel'] } }

describe('a provider that was sold out to one job of ours', () => {
  it('[RQ9] is asked for the next as soon as it sells again', () => {
    const world = createWorld(requestor, provider)
    const first = submit(world, requestor)
    const second = submit(world, requestor, { nonce: 2, spec: { limits: { ...someSpec.limits, fuel: 1_000n } } })
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: withFuel }) })
    pass(world, 4_000)
    const { jobs } = nodeOf(world, requestor).state
    expect(jobs.get(second)?.notBefore.get(provider)?.reason.code).toBe('sold-out')
    command(world, requestor, { type: 'cancelJob', job: first, reason: '' })
    const [activity] = nodeOf(world, requestor).state.activities.keys()
    give(world, requestor, { type: 'activityStepped', activity: activity!, step: 'terminate' })
    pass(world, 100)
    expect(agreements(world).map(({ demand, state }) => [demand, state])).toEqual([
      [first, 'terminated'],
      [second, 'rejected'],
      [second, 'approved'],
    ])
  })
})
