import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { Amount } from '../kernel/amount.ts'
import { hourMs, minuteMs } from '../kernel/time.ts'
import { aCid, provider, requestor, stranger } from '../market/market.examples.ts'
import { AgreementTerminated } from '../market/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import type { ToSeal } from '../wire/sealing.ts'
import type { Effect } from './input.ts'
import { CatchUp } from './messages.ts'
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
  type World,
} from './world.examples.ts'

function underWay(plan = aPlan({ facts: freeFacts }), spec = {}): World {
  const world = createWorld(requestor, provider, stranger)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan })
  submit(world, requestor, { spec })
  return world
}
const agreementOf = (world: World, did = requestor) => only(nodeOf(world, did).state.agreements.values())

/** A tab closes and comes back with a log that lost its last `lost` events. */
function reload(world: World, { lost = 0, did = requestor } = {}): void {
  disconnect(world, requestor, provider)
  const node = nodeOf(world, did)
  const state = initialState(did)
  for (const event of node.log.slice(0, node.log.length - lost)) replay(state, event, world.rng)
  node.state = state
  node.log.length -= lost
  node.effects.length = 0
  node.timers.clear()
  give(world, did, { type: 'start' })
}

/** What the provider tells whoever asks it for the newest of these agreements. */
function told(world: World, from: Did, agreements: readonly Cid[]): Cid[] {
  const body = { to: provider, agreements }
  const effects = give(world, provider, { type: 'request', protocol: CatchUp, body, from, token: 4 })
  const answer = effects.find(({ type }) => type === 'respond') as Extract<Effect, { type: 'respond' }>
  return (answer.body as { events: ToSeal[] }).events.map(({ event }) => event.id)
}

describe('after a start', () => {
  it('[CU1] nothing is stated about an agreement before its counterparty told what it heard last', () => {
    const world = underWay()
    reload(world)
    command(world, requestor, {
      type: 'cancelJob',
      job: only(nodeOf(world, requestor).state.jobs.keys()),
      reason: '',
    })
    pass(world, minuteMs)
    expect(agreementOf(world).state).toBe('approved')
    connect(world, requestor, provider)
    pass(world, 20_000)
    expect(agreementOf(world).state).toBe('terminated')
  })

  it('[CU1] a lost tail is heard again from the other, and nothing is said twice', () => {
    const world = underWay()
    const before = agreementOf(world)
    // Lost: that the job is sealed, the activity, and the commitment before it.
    reload(world, { lost: 3 })
    expect(agreementOf(world).state).toBe('approving')
    connect(world, requestor, provider)
    pass(world, 5_000)
    expect(agreementOf(world)).toEqual(before)
    expect(agreementOf(world, provider)).toEqual(before)
  })

  it('[PV6] [CU1] what is held for a silent requestor is sold to nobody else before that one was asked', () => {
    const world = underWay()
    const activity = only(nodeOf(world, provider).state.activities.keys())
    makeReady(world, activity, [requestor, provider])
    const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully' })
    give(world, provider, { type: 'frameReady', activity, frame: last, token: 1 })
    give(world, provider, { type: 'activityStepped', activity, step: 'terminate' })
    reload(world, { did: provider })
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    connect(world, stranger, provider)
    submit(world, stranger)
    const held = () =>
      [...nodeOf(world, provider).state.agreements.values()].map(({ requestor: by, state }) => [by, state])
    pass(world, minuteMs)
    expect(held()).toEqual([[requestor, 'approved']])
    pass(world, 2 * minuteMs)
    expect(held()).toEqual([
      [requestor, 'terminated'],
      [stranger, 'approved'],
    ])
  })

  it('[CU3] a party is told the newest of its agreement, and nobody else is told of it', () => {
    const world = underWay()
    connect(world, stranger, provider)
    const { id, latest } = agreementOf(world, provider)
    expect(told(world, requestor, [id])).toEqual([latest.id])
    expect(told(world, stranger, [id])).toEqual([])
    expect(told(world, requestor, [aCid('no agreement'), id])).toEqual([latest.id])
  })

  it('[CU3] [ND14] a party is told the last receipts and the newest document too, and takes no receipt of its own job without its results', () => {
    const world = underWay(aPlan(), {
      platform: 'credits',
      policy: { ...someSpec.policy, maxPrice: 1_000_000n as Amount },
    })
    const activity = only(nodeOf(world, provider).state.activities.keys())
    makeReady(world, activity, [requestor, provider])
    world.loses = (_, __, type) => type.startsWith('payment/')
    for (const seconds of [20, 60]) {
      pass(world, 130_000)
      give(world, provider, { type: 'frameReady', activity, frame: frame(world, { seconds }), token: 1 })
    }
    const { chains, accounts } = nodeOf(world, provider).state
    const note = only(accounts.values()).activities.get(activity)?.notes.at(-1)
    const { id, latest } = agreementOf(world, provider)
    expect(told(world, requestor, [id])).toEqual([latest.id, chains.get(activity)?.latest.id, note?.event.id])
    reload(world, { lost: 1 })
    world.loses = () => false
    expect(nodeOf(world, requestor).state.chains.get(activity)?.latest.body.sequence).toBe(0)
    connect(world, requestor, provider)
    pass(world, 1_000)
    expect(nodeOf(world, requestor).state.chains.get(activity)?.latest.body.sequence).toBe(0)
    const held = only(nodeOf(world, requestor).state.accounts.values()).activities.get(activity)?.notes.at(-1)
    expect([note?.event.id, held?.event.id]).toEqual([expect.any(String), note?.event.id])
  })

  it('[CU4] what was missed is folded and kept once, however often it is told', () => {
    const world = underWay()
    const before = nodeOf(world, requestor).log.map(({ id }) => id)
    reload(world, { lost: 3 })
    connect(world, requestor, provider)
    pass(world, 5_000)
    const { log } = nodeOf(world, requestor)
    expect(new Set(log.map(({ id }) => id)).size).toBe(log.length)
    expect(log.map(({ id }) => id)).toContain(before.at(-2))
    const kept = log.length
    const { latest } = agreementOf(world)
    for (let n = 0; n < 3; n++)
      give(world, requestor, { type: 'caughtUp', from: provider, events: [latest as Verified<AnyBody>] })
    expect(log.length).toBe(kept)
  })

  it('[PV3] a provider that sells again keeps what it sold, and one that does not ends it after the grace', () => {
    const ends = [true, false].map((sellsAgain) => {
      const world = underWay()
      reload(world, { did: provider })
      if (sellsAgain) command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
      connect(world, requestor, provider)
      pass(world, 3 * minuteMs)
      give(world, provider, { type: 'timer', key: `agreement:${agreementOf(world, provider).id}` })
      return agreementOf(world)
    })
    expect(ends[0]).toMatchObject({ state: 'approved' })
    expect(ends[1]).toMatchObject({ state: 'terminated', ended: { reason: { code: 'Shutdown' } } })
  })

  it('[CU2] the counterparty is not awaited for longer than the grace', () => {
    const world = underWay()
    reload(world)
    pass(world, 2 * minuteMs - 1)
    expect(nodeOf(world, requestor).state.unheard.size).toBe(1)
    pass(world, 1)
    expect(nodeOf(world, requestor).state.unheard.size).toBe(0)
    pass(world, hourMs)
    expect(agreementOf(world)).toMatchObject({ state: 'terminated', ended: { reason: { code: 'Expired' } } })
  })

  it('[RQ2] an agreement is for an hour, told by its terms', () => {
    const world = underWay()
    const { terms, latest } = agreementOf(world)
    expect(terms.expiresAt - latest.body.issuedAt).toBe(hourMs)
  })

  it('[ND6] a thread that was agreed and came to nothing is forgotten', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    world.loses = (from, _, type) => from === requestor && type === 'market/agreement-proposed'
    submit(world, requestor)
    expect(only(nodeOf(world, provider).state.threads.values()).state).toBe('agreed')
    disconnect(world, requestor, provider)
    pass(world, 3 * minuteMs)
    expect(nodeOf(world, provider).state.threads.size).toBe(0)
  })

  it('[CU1] an end that was missed is heard', () => {
    const world = underWay()
    const { id, latest } = agreementOf(world, provider)
    const ended = AgreementTerminated.author(
      { author: provider, issuedAt: world.now, prev: latest.id },
      { agreement: id, reason: { code: 'Shutdown', message: '', isFinal: false } },
    )
    reload(world)
    give(world, requestor, { type: 'caughtUp', from: provider, events: [ended as Verified<AnyBody>] })
    expect(agreementOf(world)).toMatchObject({ state: 'terminated', ended: { by: provider } })
  })
})
