import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { Amount } from '../kernel/amount.ts'
import { hourMs, minuteMs, timestamp } from '../kernel/time.ts'
import { aCid, provider, requestor, stranger } from '../market/market.examples.ts'
import { type AcceptedBody, ReceiptsAccepted } from '../receipts/acceptance.ts'
import { ExecutionReceipt } from '../receipts/messages.ts'
import type { Redundancy } from '../receipts/redundancy.ts'
import { PullAttestations } from '../receipts/witness.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import { ToSeal } from '../wire/sealing.ts'
import { initialState } from './state.ts'
import { replay } from './step.ts'
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
  verdict,
  type World,
} from './world.examples.ts'

const parties = [requestor, provider]

/** A free job whose provider has signed for ten tasks of it. */
function underWay(redundancy: Redundancy = { mode: 'once' }): { world: World; job: Cid; activity: Cid } {
  const world = createWorld(requestor, provider, stranger)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  const job = submit(world, requestor, { spec: { policy: { ...someSpec.policy, redundancy } } })
  const activity = only(nodeOf(world, provider).state.activities.keys())
  makeReady(world, activity, parties)
  give(world, provider, { type: 'frameReady', activity, frame: frame(world), token: 1 })
  return { world, job, activity }
}

const over = { total: 10, isSealed: true, done: 10, ok: 10, failed: 0, inFlight: 0, fuelUsed: 0n }
function endJob(world: World, job: Cid): void {
  give(world, requestor, { type: 'tasksReported', job, progress: over })
}
function endActivity(world: World, activity: Cid): void {
  const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully', taskCount: 0, okCount: 0 })
  give(world, provider, { type: 'frameReady', activity, frame: last, token: 2 })
}
function ended(): ReturnType<typeof underWay> {
  const begun = underWay()
  endJob(begun.world, begun.job)
  endActivity(begun.world, begun.activity)
  return begun
}
/** A tab closes and comes back with its log. */
function reload(world: World, did: typeof requestor): void {
  disconnect(world, requestor, provider)
  const node = nodeOf(world, did)
  node.state = initialState(did)
  for (const event of node.log) replay(node.state, event, world.rng)
  node.timers.clear()
  give(world, did, { type: 'start' })
}

const signed = (world: World, did = provider) => [...nodeOf(world, did).state.acceptances.values()]
const names = (world: World, did = provider) => signed(world, did).map(({ id }) => id)
const stated = (world: World, did = requestor) =>
  typesOf(nodeOf(world, did).log).filter((type) => type === ReceiptsAccepted.type).length

describe('what the requestor signs', () => {
  it('[CS1] is the last receipt of an activity, once, and both keep it', () => {
    const { world, job, activity } = underWay()
    endJob(world, job)
    expect(signed(world, requestor)).toEqual([])
    endActivity(world, activity)
    const { latest } = nodeOf(world, provider).state.chains.get(activity)!
    expect(signed(world)).toMatchObject([
      { body: { author: requestor, to: provider, activity, job, receipt: latest.id, sequence: 1, taskCount: 10 } },
    ])
    expect(names(world, requestor)).toEqual(names(world))
    pass(world, 5 * minuteMs)
    expect([stated(world), stated(world, provider)]).toEqual([1, 1])
  })

  it('[CS1] waits for whoever is away, and is the same after a reload on either side', () => {
    const { world, activity } = ended()
    const { world: away, job, activity: other } = underWay()
    away.loses = (_, __, type) => type === ReceiptsAccepted.type
    endJob(away, job)
    endActivity(away, other)
    expect([stated(away), signed(away)]).toEqual([1, []])
    reload(away, requestor)
    away.loses = () => false
    connect(away, requestor, provider)
    expect(names(away)).toEqual(names(away, requestor))
    expect([stated(away), stated(away, provider)]).toEqual([1, 1])
    for (const did of [requestor, provider]) reload(world, did)
    connect(world, requestor, provider)
    expect(nodeOf(world, provider).state.acceptances.get(activity)?.body.receipt).toBe(
      nodeOf(world, requestor).state.chains.get(activity)?.latest.id,
    )
    expect([stated(world), stated(world, provider)]).toEqual([1, 1])
  })

  it('[CS2] is nothing while the job runs and its answers are compared', () => {
    const { world, job, activity } = underWay({ mode: 'adaptive' })
    endActivity(world, activity)
    expect(nodeOf(world, requestor).state.chains.get(activity)?.isFinal).toBe(true)
    expect(signed(world, requestor)).toEqual([])
    endJob(world, job)
    expect(names(world)).toEqual(names(world, requestor))
    expect(stated(world)).toBe(1)
  })

  it('[CS3] is nothing of whoever was found wrong', () => {
    const { world, job, activity } = underWay({ mode: 'adaptive' })
    const found = { verified: 0, disputed: 1, priceClass: 0, cleared: 0n as Amount }
    give(world, requestor, { type: 'checked', activity, ...found })
    endActivity(world, activity)
    endJob(world, job)
    pass(world, 5 * minuteMs)
    expect(nodeOf(world, requestor).state.chains.size).toBe(1)
    expect([stated(world), signed(world)]).toEqual([0, []])
    reload(world, requestor)
    expect(stated(world)).toBe(0)
  })

  it('[CS3] is nothing of whoever told two stories', () => {
    const { world, job, activity } = underWay()
    const { latest } = nodeOf(world, requestor).state.chains.get(activity)!
    const { type: _, version: __, author, issuedAt, prev, ...fields } = latest.body
    const twin = ExecutionReceipt.author({ author, issuedAt, prev }, { ...fields, taskCount: 9, okCount: 9 })
    expect(verdict(world, requestor, twin as Verified<AnyBody>)).toBeUndefined()
    endJob(world, job)
    pass(world, 5 * minuteMs)
    expect([stated(world), signed(world)]).toEqual([0, []])
  })

  it('[CS5] is the newest receipt that came where a provider is lost, once their agreement is over, and of a cancelled job as of any', () => {
    const { world, activity } = underWay()
    give(world, requestor, { type: 'activityStepped', activity, step: 'lose' })
    disconnect(world, requestor, provider)
    pass(world, minuteMs)
    expect(stated(world)).toBe(0)
    pass(world, 5 * minuteMs)
    expect(only(nodeOf(world, requestor).state.agreements.values()).ended).toMatchObject({
      reason: { code: 'ProviderUnreachable' },
    })
    expect(signed(world, requestor)).toMatchObject([{ body: { sequence: 0, taskCount: 10 } }])
    connect(world, requestor, provider)
    expect(names(world)).toEqual(names(world, requestor))

    const cancelled = underWay()
    command(cancelled.world, requestor, { type: 'cancelJob', job: cancelled.job, reason: 'enough' })
    const last = frame(cancelled.world, { isFinal: true, outcome: 'Cancelled', taskCount: 0, okCount: 0 })
    give(cancelled.world, provider, { type: 'frameReady', activity: cancelled.activity, frame: last, token: 2 })
    expect(signed(cancelled.world)).toMatchObject([{ body: { sequence: 1, taskCount: 10 } }])
  })

  it('[CS5] is brought for ten minutes', () => {
    const { world, job, activity } = underWay()
    world.loses = (_, __, type) => type === ReceiptsAccepted.type
    endJob(world, job)
    endActivity(world, activity)
    pass(world, 11 * minuteMs)
    world.loses = () => false
    reload(world, requestor)
    connect(world, requestor, provider)
    expect([stated(world), signed(world)]).toEqual([1, []])
  })
})

describe('what its provider takes', () => {
  /** Their word on the first receipt of the activity, but for what is told otherwise. */
  function word(world: World, activity: Cid, { author = requestor, ...told }: Partial<AcceptedBody> = {}) {
    const { latest, agreement, job } = nodeOf(world, provider).state.chains.get(activity)!
    const { sequence } = latest.body
    const fields = { to: provider, agreement, activity, job, receipt: latest.id, sequence, taskCount: 10, ...told }
    return ReceiptsAccepted.author({ author, issuedAt: world.now }, fields) as Verified<AnyBody>
  }

  it('[CS4] is the word of the requestor alone, on a receipt that there is', () => {
    const { world, activity } = underWay()
    connect(world, stranger, provider)
    const refusalOf = (told: Partial<AcceptedBody>, from = told.author) =>
      verdict(world, provider, word(world, activity, told), from)
    expect(refusalOf({ author: stranger })).toBe('acceptance-not-yours')
    expect(refusalOf({ author: provider })).toBe('acceptance-not-yours')
    expect(refusalOf({}, stranger)).toBe('not-the-author')
    expect(refusalOf({ activity: aCid('none') })).toBe('activity-unknown')
    expect(refusalOf({ agreement: aCid('none') })).toBe('receipt-of-other-activity')
    expect(refusalOf({ receipt: aCid('none') })).toBe('receipt-not-in-chain')
    expect(refusalOf({ sequence: 7 })).toBe('receipt-not-in-chain')
    expect(refusalOf({ taskCount: 11 })).toBe('receipt-not-in-chain')
    expect([stated(world, provider), signed(world)]).toEqual([0, []])
    expect(refusalOf({})).toBeUndefined()
  })

  it('[CS4] is kept once, and nothing that contradicts it or is older', () => {
    const { world, activity } = underWay()
    const first = word(world, activity)
    expect(verdict(world, provider, first)).toBeUndefined()
    world.now = timestamp(world.now + 1)
    expect(verdict(world, provider, word(world, activity))).toBeUndefined()
    expect(verdict(world, provider, word(world, activity, { receipt: aCid('rival') }))).toBe('receipt-not-in-chain')
    expect(names(world)).toEqual([first.id])
    expect(stated(world, provider)).toBe(1)
    give(world, provider, { type: 'frameReady', activity, frame: frame(world), token: 3 })
    expect(verdict(world, provider, word(world, activity, { taskCount: 20 }))).toBeUndefined()
    expect(verdict(world, provider, first)).toBe('acceptance-outdated')
    expect(signed(world)).toMatchObject([{ body: { sequence: 1 } }])
  })

  it('[CS6] is given to whoever names a receipt of the activity', () => {
    const { world, activity } = ended()
    const asked = (receipt: Cid, about = activity) => {
      const body = { receipt, activity: about }
      const effects = give(world, provider, {
        type: 'request',
        protocol: PullAttestations,
        body,
        from: stranger,
        token: 3,
      })
      return effects.find(({ type }) => type === 'respond')
    }
    const [accepted] = signed(world).map((event) => new ToSeal(event))
    const { latest } = nodeOf(world, provider).state.chains.get(activity)!
    for (const receipt of [latest.id, latest.body.prev!])
      expect(asked(receipt)).toMatchObject({ body: { attestations: [], accepted } })
    expect(asked(latest.id, aCid('none'))).toEqual({ type: 'respond', token: 3, body: { attestations: [] } })
    // Also when both have forgotten what is over.
    pass(world, hourMs)
    expect(nodeOf(world, provider).state.chains.size).toBe(0)
    expect(asked(latest.id)).toMatchObject({ body: { accepted } })
  })
})
