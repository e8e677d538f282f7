import { describe, expect, it } from 'vitest'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { aCid, aDemand, begun, provider, requestor, stated, stranger } from '../market/market.examples.ts'
import { AgreementProposed, JobInterest, Offer, OfferWithdrawn, Proposal } from '../market/messages.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
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
  pass,
  submit,
  verdict,
  type World,
} from './world.examples.ts'

/** A provider that sells, and whoever comes to it. */
function market(): World {
  const world = createWorld(requestor, provider, stranger)
  for (const did of [requestor, stranger]) connect(world, did, provider)
  command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  return world
}
/** The `n`th of many events alike, about something that is not known here. */
const withdrawal = (n: number, author: Did = requestor) =>
  stated(OfferWithdrawn, { author }, { offer: aCid(`offer ${n}`) }) as Verified<AnyBody>
const brings = (world: World, from: Did, count: number): (string | undefined)[] =>
  Array.from({ length: count }, (_, n) => verdict(world, provider, withdrawal(n, from)))
const { count: most, windowMs } = OfferWithdrawn.perPeer

describe('what one peer may bring', () => {
  it('[ND10] ends at what the kind of event allows, and not before', () => {
    const verdicts = brings(market(), requestor, most + 2)
    expect(verdicts.slice(0, most)).toEqual(Array.from({ length: most }, () => undefined))
    expect(verdicts.slice(most)).toEqual(['over-quota', 'over-quota'])
  })

  it('[ND10] is counted for each peer and each kind alone', () => {
    const world = market()
    brings(world, requestor, most)
    expect(verdict(world, provider, withdrawal(most))).toBe('over-quota')
    expect(verdict(world, provider, withdrawal(0, stranger))).toBeUndefined()
    const interest = stated(JobInterest, { author: requestor }, { job: aCid('job'), to: provider })
    expect(verdict(world, provider, interest as Verified<AnyBody>)).toBe('not-addressed')
  })

  it('[ND10] is allowed anew when the time of the kind is over', () => {
    const world = market()
    brings(world, requestor, most)
    pass(world, windowMs - 1)
    expect(verdict(world, provider, withdrawal(0))).toBe('over-quota')
    pass(world, 1)
    expect(verdict(world, provider, withdrawal(0))).toBeUndefined()
  })

  it('[ND10] is allowed anew where the clock was set back', () => {
    const world = market()
    brings(world, requestor, most)
    world.now = timestamp(world.now - 10 * minuteMs)
    expect(verdict(world, provider, withdrawal(0))).toBeUndefined()
  })

  it('[ND10] changes nothing and is not kept when it is too much', () => {
    const world = market()
    brings(world, requestor, most)
    const { log, state } = nodeOf(world, provider)
    const kept = log.length
    const offer = stated(Offer, { author: requestor }, { properties: {}, constraints: '()', expiresAt: begun })
    for (let n = 0; n < Offer.perPeer.count + 1; n++) verdict(world, provider, offer as Verified<AnyBody>)
    expect(verdict(world, provider, offer as Verified<AnyBody>)).toBe('over-quota')
    expect([log.length, state.offers.size]).toEqual([kept, 0])
  })
})

describe('what was too much', () => {
  it('[OB1] is brought again when there is room for it, and comes about', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    const { brought } = nodeOf(world, provider).state
    const key = `${requestor} ${AgreementProposed.type}`
    brought.set(key, { since: timestamp(world.now - 55_000), count: AgreementProposed.perPeer.count })
    submit(world, requestor)
    expect(nodeOf(world, provider).state.agreements.size).toBe(0)
    expect([...nodeOf(world, requestor).state.outbox.parcels.values()].map(({ event }) => event.body.type)).toEqual([
      AgreementProposed.type,
    ])
    pass(world, 10_000)
    expect([...nodeOf(world, requestor).state.agreements.values()].map(({ state }) => state)).toEqual(['approved'])
  })

  it('[ND10] is far from what a requestor of many small jobs brings: two a second, for a minute', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
    for (let nonce = 0; nonce < 120; nonce++) {
      const job = submit(world, requestor, { nonce, tasks: 1 })
      const activity = [...nodeOf(world, requestor).state.activities.values()].find((one) => one.job === job)
      expect(activity?.state).toBe('New')
      makeReady(world, activity!.id, [requestor, provider])
      const progress = { total: 1, isSealed: true, done: 1, ok: 1, failed: 0, inFlight: 0, fuelUsed: 0n }
      give(world, requestor, { type: 'tasksReported', job, progress })
      const last = frame(world, { isFinal: true, outcome: 'CompletedSuccessfully' })
      give(world, provider, { type: 'frameReady', activity: activity!.id, frame: last, token: 1 })
      pass(world, 500)
    }
  })
})

describe('what comes from another hand than its author’s', () => {
  it('[ND11] is folded only if it is an offer, its withdrawal or a receipt', () => {
    const world = market()
    const rejected = (events: readonly Verified<AnyBody>[]) => {
      const { log, state } = nodeOf(world, provider)
      const before = [log.length, state.threads.size, state.agreements.size]
      give(world, provider, { type: 'pulled', from: stranger, events })
      expect([log.length, state.threads.size, state.agreements.size]).toEqual(before)
    }
    const fields = { to: provider, demand: aCid('job'), properties: aDemand(), constraints: '()' }
    const proposal = stated(Proposal, { author: requestor }, { ...fields, expiresAt: timestamp(begun + 10_000) })
    rejected([proposal as Verified<AnyBody>])
    expect(verdict(world, provider, proposal as Verified<AnyBody>)).toBeUndefined()
    expect(nodeOf(world, provider).state.threads.size).toBe(1)
  })
})

describe('a proposal', () => {
  const proposal = (openMs: number, world: World) =>
    stated(
      Proposal,
      { author: requestor },
      {
        to: provider,
        demand: aCid('job'),
        offer: nodeOf(world, provider).state.offer!.id,
        properties: aDemand({ platform: 'none' }),
        constraints: '()',
        expiresAt: timestamp(world.now + openMs),
      },
    ) as Verified<AnyBody>

  it('[ND5] that wants to stay open for more than two minutes is refused', () => {
    const world = market()
    expect(verdict(world, provider, proposal(2 * minuteMs + 1, world))).toBe('expires-too-late')
    expect(nodeOf(world, provider).state.threads.size).toBe(0)
    expect(verdict(world, provider, proposal(2 * minuteMs, world))).toBeUndefined()
    expect(nodeOf(world, provider).state.threads.size).toBe(1)
  })

  it('[ND7] that is brought again after its answer is known, answered once and kept once', () => {
    const world = market()
    const asked = proposal(minuteMs, world)
    expect(verdict(world, provider, asked)).toBeUndefined()
    const { log } = nodeOf(world, provider)
    const kept = log.length
    for (let n = 0; n < 5; n++) expect(verdict(world, provider, asked)).toBe('negotiation-known')
    expect(log.length).toBe(kept)
    expect(log.filter(({ id }) => id === asked.id)).toHaveLength(1)
  })

  it('[ND7] of another author that is brought is not kept', () => {
    const world = market()
    const kept = nodeOf(world, provider).log.length
    expect(verdict(world, provider, proposal(minuteMs, world), stranger)).toBe('not-the-author')
    expect(nodeOf(world, provider).log.length).toBe(kept)
  })
})
