import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import { timestamp } from '../kernel/time.ts'
import { aDid, begun, provider, requestor, stated } from '../market/market.examples.ts'
import { JobAnnounced, JobInterest, Proposal, type ProposalRejected } from '../market/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
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
  verdict,
  type World,
} from './world.examples.ts'

const other = aDid('Q')
const free = aPlan({ facts: freeFacts })
const announced = (mostProviders = 1) => ({
  spec: { policy: { ...someSpec.policy, door: 'announcement' as const, mostProviders } },
})
const agreements = (world: World, did: Did = requestor) => [...nodeOf(world, did).state.agreements.values()]
const said = (world: World, did: Did, type: string) =>
  nodeOf(world, did).log.filter(({ body }) => body.type === type && body.author === did)

/** A requestor and two providers that sell, or three. */
function market(...plans: (typeof free | undefined)[]): World {
  const sellers = [provider, other, aDid('T')].slice(0, Math.max(2, plans.length))
  const world = createWorld(requestor, ...sellers)
  for (const [at, did] of sellers.entries()) {
    connect(world, requestor, did)
    const plan = plans[at]
    if (plan) command(world, did, { type: 'sell', plan })
  }
  return world
}

const list = (world: World, did: Did, name: { kind: 'did' | 'module' | 'signer'; name: string }) =>
  command(world, did, { type: 'list', role: 'requestor', rule: 'block', ...name })

describe('a job that is announced', () => {
  it('[BD1] [BD4] collects bids for two seconds, and takes the agreement from there', () => {
    const world = market(free)
    submit(world, requestor, announced())
    expect(said(world, provider, 'market/proposal')).toHaveLength(1)
    expect(agreements(world)).toHaveLength(0)
    pass(world, 1_999)
    expect(agreements(world)).toHaveLength(0)
    pass(world, 1)
    expect(only(agreements(world)).state).toBe('approved')
    expect(only(agreements(world, provider))).toMatchObject({ requestor, provider, state: 'approved' })
  })

  it('[BD1] says what the whole job may burn, for whoever prices by it', () => {
    const world = market(free)
    const { policy } = announced().spec
    submit(world, requestor, {
      spec: { limits: { ...someSpec.limits, fuel: 10n }, policy: { ...policy, maxFuel: 2n ** 60n } },
    })
    expect(only(said(world, requestor, 'market/job-announced')).body).toMatchObject({
      manifest: { maxFuel: 2n ** 60n },
    })
  })

  it('[BD1] closes at once when twice as many bids came as are wanted', () => {
    const world = market(free, free)
    submit(world, requestor, announced(1))
    expect(only(agreements(world)).state).toBe('approved')
  })

  it('[BD3] tells whoever was not chosen why, and when to try again', () => {
    const world = market(free, free)
    submit(world, requestor, announced(1))
    const [rejection, ...more] = said(world, requestor, 'market/proposal-rejected')
    expect(more).toEqual([])
    expect(rejection?.body).toMatchObject({
      reason: { code: 'not-chosen', isFinal: false, retryAfterMs: 30_000 },
    })
    const { provider: chosen } = only(agreements(world))
    expect(rejection?.body).toMatchObject({ to: chosen === provider ? other : provider })
  })

  it('[SL5] tells a bidder that was not chosen where it stood, and keeps it for whoever asks', () => {
    const dear = { ...freeFacts, hardware: { ...freeFacts.hardware, loadPermille: 900 } }
    const world = market(free, aPlan({ facts: dear }))
    submit(world, requestor, announced(1))
    const loser = only(agreements(world)).provider === provider ? other : provider
    const kept = only(nodeOf(world, loser).state.unchosen.values())
    expect(kept).toMatchObject({ requestor, reason: { code: 'not-chosen' } })
    expect(kept.reason.figures).toMatchObject({ rank: 2, of: 2, reputationPermille: 500, price: 0n })
    const { job } = kept
    const { figures } = nodeOf(world, requestor).state.links.get(job)!
    const { provider: chosen } = only(agreements(world))
    expect(figures.get(chosen)).toMatchObject({ rank: 1, of: 2 })
    expect(only(said(world, requestor, 'market/agreement-proposed')).body).toMatchObject({
      figures: figures.get(chosen),
    })
    expect(nodeOf(world, requestor).state.unchosen.size).toBe(0)
  })

  it('[SL5] tells a bidder that came when all were taken that others were earlier, and no place among them', () => {
    const world = market(free, free, free)
    submit(world, requestor, announced(1))
    const told = said(world, requestor, 'market/proposal-rejected').map(
      ({ body }) => (body as BodyOf<typeof ProposalRejected>).reason,
    )
    expect(told.map(({ code, figures }) => [code, figures?.rank])).toEqual([
      ['not-chosen', 2],
      ['bidding-closed', 0],
    ])
  })

  it('[SL5] tells a bidder that is passed over by which rule', () => {
    const world = market(free)
    const { policy } = announced().spec
    submit(world, requestor, { spec: { policy: { ...policy, minReputationPermille: 600 } } })
    pass(world, 2_000)
    const { reason } = only(nodeOf(world, provider).state.unchosen.values())
    expect(reason).toMatchObject({ code: 'reputation-too-low', figures: { rank: 0, of: 1, reputationPermille: 500 } })
  })

  it('[PV8] gets no bid of a provider whose lists keep its requestor out, or its program', () => {
    const world = market(free, free)
    const { module } = someSpec
    list(world, provider, { kind: 'did', name: requestor })
    list(world, other, { kind: 'module', name: module })
    submit(world, requestor, announced())
    pass(world, 5_000)
    for (const did of [provider, other]) expect(said(world, did, 'market/proposal')).toEqual([])
  })

  it('[PV8] gets no bid of a provider whose lists keep a signer of its program out', () => {
    const world = market(free, free)
    const signer = aDid('S')
    list(world, provider, { kind: 'signer', name: signer })
    submit(world, requestor, { spec: { ...announced().spec, signers: [aDid('U'), signer] } })
    pass(world, 5_000)
    expect(said(world, provider, 'market/proposal')).toEqual([])
    expect(said(world, other, 'market/proposal')).toHaveLength(1)
  })

  it('[BD2] is announced again after half a minute while nobody works on it', () => {
    const world = market()
    submit(world, requestor, announced())
    expect(said(world, requestor, JobAnnounced.type)).toHaveLength(1)
    pass(world, 31_000)
    expect(said(world, requestor, JobAnnounced.type)).toHaveLength(1)
    pass(world, 2_000)
    expect(said(world, requestor, JobAnnounced.type)).toHaveLength(2)
    command(world, provider, { type: 'sell', plan: free })
    pass(world, 40_000)
    expect(only(agreements(world)).state).toBe('approved')
  })

  it('[BD4] gets no bid from whoever runs other programs only, or in another part of the market', () => {
    const elsewhere = { ...freeFacts, node: { ...freeFacts.node, subnet: 'private' } }
    const world = market({ ...free, onlyModules: [] }, aPlan({ facts: elsewhere }))
    submit(world, requestor, announced())
    pass(world, 5_000)
    for (const did of [provider, other]) expect(typesOf(nodeOf(world, did).log)).toEqual(['market/offer'])
  })

  it('[BD4] gets a bid of what is left, which is what is agreed', () => {
    const world = market(aPlan({ facts: freeFacts, threads: 2 }))
    submit(world, requestor, announced())
    pass(world, 2_000)
    expect(only(agreements(world)).terms.threads).toBe(2)
  })

  it('[BD4] is of interest to whoever could do it and is sold out: it says so once, and bids for the next', () => {
    const world = market(free)
    const first = submit(world, requestor)
    expect(nodeOf(world, provider).state.offer).toBeUndefined()
    const job = submit(world, requestor, { ...announced(), nonce: 2 })
    expect(nodeOf(world, requestor).state.interest.get(job)).toEqual(new Set([provider]))
    expect(said(world, provider, JobInterest.type)).toHaveLength(1)
    pass(world, 1_000)
    give(world, provider, { type: 'timer', key: `announcement:${job}` })
    expect(said(world, provider, JobInterest.type)).toHaveLength(1)
    command(world, requestor, { type: 'cancelJob', job: first, reason: '' })
    pass(world, 60_000)
    expect(agreements(world).filter(({ demand }) => demand === job)).toMatchObject([{ state: 'approved' }])
  })

  /** The job's data plane is done, and with it the agreement. */
  function end(world: World, job: Cid): void {
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    for (const activity of nodeOf(world, requestor).state.links.get(job)?.activities ?? [])
      give(world, requestor, { type: 'activityStepped', activity, step: 'terminate' })
  }
  const agreedOn = (world: World, job: Cid) =>
    agreements(world)
      .filter(({ demand }) => demand === job)
      .at(-1)?.state

  it('[BD5] gets the bid of whoever was sold out as soon as there is room again, and takes it at once', () => {
    const world = market(free)
    const first = submit(world, requestor)
    const job = submit(world, requestor, { ...announced(), nonce: 2 })
    pass(world, 10_000)
    end(world, first)
    expect(agreedOn(world, job)).toBe('approved')
    expect(said(world, requestor, JobAnnounced.type)).toHaveLength(1)
  })

  it('[BD5] gets another bid of whoever was sold out when the first was taken up', () => {
    const world = market(free)
    const [first, second] = [1, 2].map((nonce) => submit(world, requestor, { ...announced(), nonce })) as [Cid, Cid]
    pass(world, 2_000)
    expect([first, second].map((job) => agreedOn(world, job))).toEqual(['approved', 'rejected'])
    end(world, first)
    expect(agreedOn(world, second)).toBe('approved')
    expect(said(world, requestor, JobAnnounced.type)).toHaveLength(2)
  })

  it('[BD4] is of no interest to a provider that it does not fit, sold out or not', () => {
    const world = market({ ...free, memoryMb: 60 })
    submit(world, requestor)
    const job = submit(world, requestor, { ...announced(), nonce: 2 })
    expect(nodeOf(world, requestor).state.interest.get(job)).toBeUndefined()
  })

  it('[BD4] gets one bid an announcement, though the bid was lost and refused', () => {
    const world = market(free)
    const job = submit(world, requestor, announced())
    for (let n = 0; n < 3; n++) give(world, provider, { type: 'timer', key: `announcement:${job}` })
    expect(said(world, provider, 'market/proposal')).toHaveLength(1)
  })

  it('[BD3] as many bids win as are wanted, and the others may bid for the next', () => {
    const world = market(free, free)
    const job = submit(world, requestor, announced(1))
    const chosen = only(agreements(world)).provider
    const passedOver = chosen === provider ? other : provider
    expect(agreements(world, passedOver)).toHaveLength(0)
    command(world, requestor, { type: 'cancelJob', job, reason: '' })
    submit(world, requestor, { ...announced(2), nonce: 2 })
    pass(world, 2_000)
    expect(agreements(world, passedOver).map(({ state }) => state)).toEqual(['approved'])
  })

  it('[BD3] two bids win where two are wanted', () => {
    const world = market(free, free)
    submit(world, requestor, announced(2))
    expect(agreements(world)).toHaveLength(0)
    pass(world, 2_000)
    expect(agreements(world).map(({ provider: by, state }) => [by, state])).toEqual(
      expect.arrayContaining([
        [provider, 'approved'],
        [other, 'approved'],
      ]),
    )
    expect(said(world, requestor, 'market/proposal-rejected')).toEqual([])
  })

  it('[BD3] a bid whose facts nobody can read loses', () => {
    const world = market(free)
    const job = submit(world, requestor, announced(2))
    const told = { to: requestor, demand: job, properties: {}, constraints: '()', expiresAt: timestamp(begun + 10_000) }
    const bid = stated(Proposal, { author: other }, told)
    expect(verdict(world, requestor, bid as Verified<AnyBody>)).toBeUndefined()
    pass(world, 2_000)
    expect(only(said(world, requestor, 'market/proposal-rejected')).body).toMatchObject({
      to: other,
      reason: { code: 'not-matching' },
    })
    expect(only(agreements(world)).provider).toBe(provider)
  })

  it('[BD4] [SV1] gets no bid that costs something where there is no budget', () => {
    const world = market(aPlan())
    submit(world, requestor, announced())
    pass(world, 40_000)
    expect(said(world, provider, 'market/proposal')).toEqual([])
  })
})
