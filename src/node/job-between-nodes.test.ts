import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { hourMs, minuteMs, timestamp } from '../kernel/time.ts'
import { aDid, begun, provider, requestor } from '../market/market.examples.ts'
import { acceptedOf } from '../payment/account.ts'
import { spentOf } from '../payment/allocation.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  disconnect,
  frame,
  freeFacts,
  give,
  makeReady,
  nodeOf,
  only,
  pass,
  submit,
  typesOf,
  type World,
} from './world.examples.ts'

const free = aPlan({ facts: freeFacts })
const paid = { maxPrice: 100_000_000n as Amount }
const spec = (policy: object) => ({ platform: 'credits', policy: { ...policyOfJob, ...policy } })
const policyOfJob = {
  maxPrice: 0n as Amount,
  minReputationPermille: 0,
  regions: [],
  selection: 'hybrid' as const,
  redundancy: { mode: 'once' as const },
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
const activities = (world: World, did = requestor) => [...nodeOf(world, did).state.activities.values()]
const done = (tasks: number) => ({
  total: tasks,
  isSealed: true,
  done: tasks,
  ok: tasks,
  failed: 0,
  inFlight: 0,
  fuelUsed: 0n,
})

describe('one job between two nodes', () => {
  it('[RQ5] [PV1] [PV2] [RQ6] goes from offer to proposal, agreement and activity, alike on both sides', () => {
    const world = market()
    submit(world, requestor)
    for (const did of [requestor, provider]) {
      expect(only(agreements(world, did))).toMatchObject({ state: 'approved', requestor, provider })
      expect(only(activities(world, did))).toMatchObject({ state: 'New', threads: 4 })
    }
    expect(only(agreements(world))).toEqual(only(agreements(world, provider)))
    expect(nodeOf(world, requestor).effects).toContainEqual(
      expect.objectContaining({ type: 'openActivity', activity: only(activities(world)).id }),
    )
    expect(nodeOf(world, provider).effects).toContainEqual({
      type: 'acceptActivity',
      activity: only(activities(world)).id,
    })
    expect(typesOf(nodeOf(world, provider).log)).toEqual([
      'market/offer',
      'market/proposal',
      'market/proposal',
      'market/agreement-proposed',
      'market/agreement-approved',
      'market/offer-withdrawn',
      'market/agreement-committed',
      'activity/created',
    ])
  })

  it('[AT1] [AT2] [RQ7] ends with receipts, a job that is completed and an agreement that is over', () => {
    const world = market()
    const job = submit(world, requestor)
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    expect(nodeOf(world, requestor).state.jobs.get(job)?.status).toBe('Running')
    give(world, provider, { type: 'frameReady', activity, frame: frame(world), token: 5 })
    expect(nodeOf(world, requestor).state.chains.get(activity)).toMatchObject({ okCount: 10, isFinal: false })
    give(world, requestor, { type: 'tasksReported', job, progress: done(10) })
    expect(nodeOf(world, requestor).state.jobs.get(job)).toMatchObject({ status: 'Completed', outcome: 'Completed' })
    expect(nodeOf(world, requestor).effects).toContainEqual({
      type: 'closeActivity',
      activity,
      reason: 'job-over',
    })
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully', taskCount: 0, okCount: 0 })
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 6 })
    for (const did of [requestor, provider]) {
      expect(only(agreements(world, did))).toMatchObject({
        state: 'terminated',
        ended: { reason: { code: 'Success' } },
      })
      expect(only(activities(world, did)).state).toBe('Terminated')
      expect(nodeOf(world, did).effects.filter(({ type }) => type === 'anchor')).toHaveLength(1)
      expect(nodeOf(world, did).state.threads.size).toBe(0)
    }
    expect(nodeOf(world, requestor).state.jobs.get(job)?.status).toBe('ReceiptAnchored')
    const again = give(world, provider, { type: 'frameReady', activity, frame: last, token: 7 })
    expect(again).toContainEqual({ type: 'attest', token: 7, receipt: undefined })
  })

  it('[AT3] has receipts also where a clock was set back meanwhile', () => {
    const world = market()
    submit(world, requestor)
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    const startedAt = timestamp(world.now + hourMs)
    give(world, provider, { type: 'frameReady', activity, frame: frame(world, { startedAt }), token: 1 })
    for (const did of [requestor, provider])
      expect(nodeOf(world, did).state.chains.get(activity)?.latest.body).toMatchObject({
        startedAt,
        endedAt: startedAt,
      })
  })

  it('[AT2] has its last receipt kept by both, also where it comes after the end of its agreement', () => {
    const world = market()
    submit(world, requestor)
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    command(world, provider, { type: 'stopSelling', reason: '' })
    const last = frame(world, { isFinal: true, outcome: 'Cancelled', taskCount: 0, okCount: 0 })
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 1 })
    for (const did of [requestor, provider]) {
      expect(agreements(world, did)[0]).toMatchObject({ state: 'terminated', ended: { reason: { code: 'Shutdown' } } })
      expect([...nodeOf(world, did).state.anchors.values()]).toEqual(['kept'])
    }
  })

  it('[AT2] tries again where a last receipt could not be kept, within five minutes, also when all is over', () => {
    const world = market()
    const job = submit(world, requestor)
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully' })
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 1 })
    const { state, effects } = nodeOf(world, provider)
    const tries = () => effects.filter(({ type }) => type === 'anchor').length
    expect([tries(), ...state.anchors.values()]).toEqual([1, 'kept'])
    const receipt = only(state.anchors.keys())
    pass(world, 3 * minuteMs)
    expect(only(agreements(world, provider)).state).toBe('terminated')
    give(world, provider, { type: 'anchored', receipt, isKept: false })
    pass(world, 5 * minuteMs - 1)
    expect(tries()).toBe(1)
    pass(world, 1)
    expect([tries(), ...state.anchors.values()]).toEqual([2, 'kept'])
  })

  it('[PV4] [RQ7] is paid to the last micro-credit, out of what was set aside', () => {
    const world = market(aPlan())
    const job = submit(world, requestor, { spec: spec(paid) })
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    for (const seconds of [60, 130, 300]) {
      pass(world, 130_000)
      give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds }), token: 1 })
    }
    give(world, requestor, { type: 'tasksReported', job, progress: done(10) })
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully', seconds: 300 })
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 2 })
    pass(world, minuteMs)
    const { id } = only(agreements(world))
    for (const did of [requestor, provider]) {
      const account = nodeOf(world, did).state.accounts.get(id)!
      expect(acceptedOf(account)).toBe(3_000n)
      expect(account.invoice?.status).toBe('settled')
    }
    expect(spentOf(nodeOf(world, requestor).state.allocations.get(job)!)).toBe(3_000n)
  })

  it('[OB1] [OB2] comes about whatever is lost on the way, each loss once', () => {
    for (const lost of [
      'market/proposal',
      'market/agreement-proposed',
      'market/agreement-approved',
      'market/agreement-committed',
      'activity/created',
    ]) {
      const world = market()
      const heard = new Set<string>()
      world.loses = (from, _, type) => {
        if (type !== lost || heard.has(`${from} ${type}`)) return false
        heard.add(`${from} ${type}`)
        return true
      }
      submit(world, requestor)
      pass(world, 5_000)
      expect(heard.size).toBeGreaterThan(0)
      for (const did of [requestor, provider]) expect(only(agreements(world, did)).state).toBe('approved')
      for (const did of [requestor, provider]) expect(activities(world, did)).toHaveLength(1)
    }
  })

  it('[RQ7] a cancelled job lets its agreement go', () => {
    const world = market()
    const job = submit(world, requestor)
    expect(command(world, requestor, { type: 'cancelJob', job, reason: 'no more' })).toMatchObject({ ok: true })
    expect(nodeOf(world, requestor).state.jobs.get(job)).toMatchObject({ outcome: 'Cancelled', reason: 'no more' })
    pass(world, 15_000)
    for (const did of [requestor, provider]) expect(only(agreements(world, did)).state).toBe('terminated')
  })

  it('[RQ7] a provider that falls silent for the grace is let go, and asked again later', () => {
    const world = market()
    submit(world, requestor)
    const activity = only(activities(world)).id
    makeReady(world, activity, [requestor, provider])
    disconnect(world, requestor, provider)
    give(world, requestor, { type: 'activityStepped', activity, step: 'lose' })
    give(world, provider, { type: 'activityStepped', activity, step: 'lose' })
    pass(world, 2 * minuteMs - 1)
    expect(only(agreements(world)).state).toBe('approved')
    pass(world, 1)
    expect(only(agreements(world))).toMatchObject({
      state: 'terminated',
      ended: { reason: { code: 'ProviderUnreachable' } },
    })
    expect(only(agreements(world, provider)).ended?.reason?.code).toBe('RequestorUnreachable')
    connect(world, requestor, provider)
    pass(world, 2 * minuteMs)
    expect(agreements(world).map(({ state }) => state)).toEqual(['terminated', 'approved'])
  })
})

describe('a provider', () => {
  it('[PV3] [OF6] that stops selling withdraws its offer and ends what it sold', () => {
    const world = market()
    submit(world, requestor)
    command(world, provider, { type: 'stopSelling', reason: 'enough' })
    expect(nodeOf(world, provider).state.offer).toBeUndefined()
    expect(nodeOf(world, requestor).state.offers.size).toBe(0)
    for (const did of [requestor, provider])
      expect(only(agreements(world, did))).toMatchObject({
        state: 'terminated',
        ended: { reason: { code: 'Shutdown' } },
      })
    for (const did of [requestor, provider]) expect(only(activities(world, did)).state).toBe('Terminated')
  })

  it('[PV2] [OF6] that is sold out withdraws its offer, and sells again what comes back', () => {
    const world = market()
    const first = submit(world, requestor)
    expect(nodeOf(world, provider).state.offer).toBeUndefined()
    expect(nodeOf(world, requestor).state.offers.size).toBe(0)
    submit(world, requestor, { nonce: 2 })
    expect(agreements(world)).toHaveLength(1)
    command(world, requestor, { type: 'cancelJob', job: first, reason: '' })
    pass(world, 20_000)
    expect(agreements(world).map(({ state }) => state)).toEqual(['terminated', 'approved'])
  })

  it('[OF1] that sold a part of itself offers the rest', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    submit(world, requestor, { tasks: 1 })
    command(world, provider, { type: 'sell', plan: free })
    expect(only(agreements(world)).terms.threads).toBe(1)
    expect(only(nodeOf(world, requestor).state.offers.values()).facts.hardware).toMatchObject({
      threads: 3,
      memoryMib: 960,
      loadPermille: 250,
    })
  })

  it('[PV1] [RQ4] that rejects for now is asked again when it said so, and not before', () => {
    const other = aDid('Q')
    const world = createWorld(requestor, provider, other)
    connect(world, requestor, provider)
    connect(world, other, provider)
    command(world, provider, { type: 'sell', plan: free })
    const stale = [...nodeOf(world, other).state.offers]
    const first = submit(world, requestor)
    // The word that the offer is withdrawn did not reach the other requestor yet.
    for (const [id, offer] of stale) nodeOf(world, other).state.offers.set(id, offer)
    const job = submit(world, other)
    expect(agreements(world, other)).toHaveLength(0)
    expect(nodeOf(world, other).state.jobs.get(job)?.notBefore.get(provider)?.until).toBe(world.now + 10_000)
    command(world, requestor, { type: 'cancelJob', job: first, reason: '' })
    pass(world, 9_999)
    expect(agreements(world, other)).toHaveLength(0)
    pass(world, 20_000)
    expect(agreements(world, other).map(({ state }) => state)).toEqual(['approved'])
  })

  it('[PV1] [RQ4] that rejects for good is not asked again that day', () => {
    const world = market({ ...free, blocked: [requestor] })
    const job = submit(world, requestor)
    const proposals = () => typesOf(nodeOf(world, requestor).log).filter((type) => type === 'market/proposal').length
    expect(proposals()).toBe(1)
    expect(only(nodeOf(world, requestor).state.threads.values()).state).toBe('rejected')
    expect(nodeOf(world, requestor).state.jobs.get(job)?.notBefore.get(provider)?.until).toBe(begun + 24 * hourMs)
    pass(world, 5 * minuteMs)
    expect(proposals()).toBe(1)
    expect(nodeOf(world, requestor).state.threads.size).toBe(0)
  })

  it('[RQ1] [RQ4] that does not answer within ten seconds is left, and asked again after a minute', () => {
    const world = market()
    world.loses = () => true
    const job = submit(world, requestor)
    pass(world, 9_999)
    expect(nodeOf(world, requestor).state.threads.size).toBe(1)
    pass(world, 1)
    expect(nodeOf(world, requestor).state.threads.size).toBe(0)
    expect(nodeOf(world, requestor).state.jobs.get(job)?.notBefore.get(provider)?.until).toBe(begun + 10_000 + minuteMs)
    world.loses = () => false
    pass(world, 65_000)
    expect(only(agreements(world)).state).toBe('approved')
  })

  it('[RQ1] that does not sign within thirty seconds is left', () => {
    const world = market()
    world.loses = (_, __, type) => type === 'market/agreement-approved'
    submit(world, requestor)
    pass(world, 31_000)
    expect(only(agreements(world)).state).toBe('expired')
    expect(only(agreements(world, provider)).state).toBe('expired')
  })

  it('[PV3] ends an agreement under which nothing is run', () => {
    const world = market()
    submit(world, requestor)
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully' })
    give(world, provider, { type: 'frameReady', activity: only(activities(world)).id, frame: last, token: 1 })
    pass(world, 89_000)
    expect(only(agreements(world, provider)).state).toBe('approved')
    pass(world, 2_000)
    expect(only(agreements(world, provider)).ended?.reason?.code).toBe('NoActivity')
  })
})
