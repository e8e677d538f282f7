import { describe, expect, it } from 'vitest'
import { hourMs, minuteMs, timestamp } from '../kernel/time.ts'
import { aCid, aDid, provider, requestor, stated, stranger } from '../market/market.examples.ts'
import { Offer } from '../market/messages.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import type { Effect } from './input.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  give,
  nodeOf,
  only,
  pass,
  submit,
  typesOf,
  type World,
} from './world.examples.ts'

const free = aPlan({ facts: freeFacts })

/** Requestor and provider, connected; the provider gives its work away. */
function market(plan = free): World {
  const world = createWorld(requestor, provider)
  connect(world, requestor, provider)
  command(world, provider, { type: 'sell', plan })
  return world
}
const agreements = (world: World, did = requestor) => [...nodeOf(world, did).state.agreements.values()]

/** Who is asked for an offer that is heard of: nobody knows it unless it is told. */
function hears(world: World, told: { from: Did; by: Did }, name = 'unknown', id = aCid(name)): Did[] {
  const effects = give(world, requestor, { type: 'offerIds', ...told, offers: [id] })
  return effects.flatMap((one) => (one.type === 'request' ? [one.to] : []))
}

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

  it('[OF3] are asked of who sells them, not of who passed the word on', () => {
    const world = createWorld(requestor, provider, stranger)
    connect(world, requestor, provider)
    connect(world, requestor, stranger)
    const pulls = hears(world, { from: stranger, by: provider })
    expect(pulls).toEqual([provider])
  })

  it('[OF3] are asked of a fellow where only relays carried the word', () => {
    const world = createWorld(requestor, stranger)
    give(world, requestor, { type: 'peerUp', peer: { did: provider, isRelay: true, direct: true } })
    expect(hears(world, { from: provider, by: aDid('Q') })).toEqual([])
    connect(world, requestor, stranger)
    expect(hears(world, { from: provider, by: aDid('Q') }, 'other')).toEqual([stranger])
  })

  it('[OF3] that nobody gives are asked for three times more, and then no more', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    expect(hears(world, { from: provider, by: provider })).toHaveLength(1)
    const { effects, state } = nodeOf(world, requestor)
    const before = effects.length
    const asked = () => effects.slice(before).filter((one) => one.type === 'request').length
    pass(world, 499)
    expect(asked()).toBe(0)
    pass(world, 1)
    expect(asked()).toBe(1)
    pass(world, 1_999)
    expect(asked()).toBe(1)
    pass(world, 1)
    expect(asked()).toBe(2)
    pass(world, 30_000)
    expect([asked(), state.missing.size]).toEqual([3, 0])
  })

  it('[OF3] are asked for again in time, however many others are heard of meanwhile', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    const { effects } = nodeOf(world, requestor)
    hears(world, { from: provider, by: provider }, 'first')
    const before = effects.length
    for (let n = 0; n < 3; n++) {
      pass(world, 150)
      hears(world, { from: provider, by: provider }, `next ${n}`)
    }
    pass(world, 50)
    const asked = effects.slice(before).flatMap((one) => (one.type === 'request' ? [one.body] : []))
    expect(asked.slice(3)).toMatchObject([{ ids: [aCid('first')] }])
  })

  it('[OF3] that cannot be read are not asked for again', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    const fields = { properties: {}, constraints: '()', expiresAt: timestamp(world.now + hourMs) }
    const unreadable = stated(Offer, { author: provider }, fields) as Verified<AnyBody>
    give(world, requestor, { type: 'pulled', from: provider, events: [unreadable] })
    expect([...nodeOf(world, requestor).state.unread.values()]).toEqual(['offer-lacks-runtime'])
    expect(hears(world, { from: provider, by: provider }, undefined, unreadable.id)).toEqual([])
  })

  it('[OF3] that come late are had with the next asking', () => {
    const world = createWorld(requestor, provider)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: free })
    const { state: seller } = nodeOf(world, provider)
    const { state: hearer } = nodeOf(world, requestor)
    const { offer } = seller
    for (const known of [hearer.offers, hearer.offerOf]) known.clear()
    seller.offer = undefined // it has not reached whoever is asked
    hears(world, { from: provider, by: provider }, undefined, offer!.id)
    seller.offer = offer
    pass(world, 500)
    expect([...hearer.offers.keys()]).toEqual([offer!.id])
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
