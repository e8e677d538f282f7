import { describe, expect, it } from 'vitest'
import { someSpec } from '../activity/job.examples.ts'
import type { JobSpec } from '../activity/messages.ts'
import { minuteMs, timestamp } from '../kernel/time.ts'
import { begun, provider, requestor } from '../market/market.examples.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { exampleCid, exampleDid, receipt } from '../receipts/receipt.examples.ts'
import { Review, type ReviewBody } from '../reputation/messages.ts'
import { ofCheck } from '../reputation/observation.ts'
import { evolveStanding } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Verdict } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'
import type { Effect } from './input.ts'
import { reputationOf } from './reputation.ts'
import { initialState } from './state.ts'
import { replay } from './step.ts'
import { survey } from './survey.ts'
import { keepsOut } from './trust.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  give,
  nodeOf,
  pass,
  submit,
  type TestNode,
  verdict,
  type World,
} from './world.examples.ts'

const listener = exampleDid('L')
const about = receipt({ author: provider, requestor, issuedAt: begun })

/** Three nodes; the listener has found results of the provider right, and knows nothing of the requestor. */
function heard(): World {
  const world = createWorld(requestor, provider, listener)
  connect(world, requestor, provider)
  connect(world, requestor, listener)
  connect(world, provider, listener)
  trust(nodeOf(world, listener), provider)
  return world
}
const trust = ({ state }: TestNode, did: Did) =>
  state.standings.set(
    did,
    evolveStanding(undefined, ofCheck(did, { at: begun, tag: 'wasi-p1', verified: 30, disputed: 0 })),
  )

/** Two that sell. */
function sellers(): World {
  const world = createWorld(requestor, provider, listener)
  for (const did of [provider, listener]) {
    connect(world, requestor, did)
    command(world, did, { type: 'sell', plan: aPlan({ facts: freeFacts }) })
  }
  return world
}
const asked = (world: World) => [...nodeOf(world, requestor).state.agreements.values()].map((one) => one.provider)

const say = (world: World, by: Did, ratingPermille = 900) =>
  command(world, by, { type: 'review', receipt: about, ratingPermille, comment: 'Done.' })

function word({ author = provider, subject = requestor, issuedAt = begun, ...told }: Partial<ReviewBody> = {}) {
  const fields = { receipt: about.id, job: about.body.job, tag: 'wasi-p1', ratingPermille: 900, comment: '', ...told }
  const { receipt: of, job, tag, ratingPermille, comment } = fields
  return Review.author({ author, issuedAt }, { subject, receipt: of, job, tag, ratingPermille, comment })
}
function hear(world: World, did: Did, review: Verified<ReviewBody>, of: Verified<ReceiptBody> = about): Verdict {
  const effects = give(world, did, {
    type: 'reviewed',
    review: review as Verified<AnyBody>,
    receipt: of as Verified<AnyBody>,
    token: 3,
  })
  return (effects.find(({ type }) => type === 'respond') as Extract<Effect, { type: 'respond' }>).body as Verdict
}
const reviewsOf = (world: World, did: Did, subject: Did) => [
  ...(nodeOf(world, did).state.reviews.get(subject)?.values() ?? []),
]

describe('a review', () => {
  it('[RV1] [RV7] reaches whom it is about and whoever knows its author, and stays over a reload', () => {
    const world = heard()
    expect(say(world, provider).ok).toBe(true)
    expect(reviewsOf(world, requestor, requestor)).toHaveLength(1)
    expect(reviewsOf(world, listener, requestor)).toHaveLength(1)
    const again = initialState(listener)
    for (const event of nodeOf(world, listener).log) replay(again, event, world.rng)
    expect(again.reviews).toEqual(nodeOf(world, listener).state.reviews)
    expect(again.reviewers.get(provider)).toBe(1)
  })

  it('[RV4] of the same receipt replaces the one before it', () => {
    const world = heard()
    say(world, provider, 900)
    expect(say(world, provider, 100)).toMatchObject({ code: 'review-outdated' })
    world.now = timestamp(world.now + 1)
    expect(say(world, provider, 100).ok).toBe(true)
    expect(reviewsOf(world, listener, requestor).map(({ newest }) => newest.body.ratingPermille)).toEqual([100])
  })

  it('[RV2] of somebody else’s work is refused to its own author too', () => {
    expect(say(heard(), listener)).toMatchObject({ code: 'review-not-yours' })
  })

  it('[RV7] that is forged is held against whoever passes it on, whoever is asked', () => {
    const world = heard()
    const forged = [word({ author: listener, subject: provider }), word({ author: requestor, subject: requestor })]
    for (const one of forged) for (const did of [provider, requestor]) expect(hear(world, did, one)).toBe('reject')
    expect(hear(world, listener, word(), receipt({ author: provider, requestor, sequence: 1 }))).toBe('reject')
    expect(hear(world, listener, about as never, about)).toBe('reject')
    expect(hear(world, listener, word({ issuedAt: timestamp(begun + 60 * minuteMs) }))).toBe('ignore')
  })

  it('[RV5] [RV7] of an author without a history is dropped and not passed on', () => {
    const world = heard()
    expect(hear(world, listener, word({ author: requestor, subject: provider }))).toBe('ignore')
    expect(reviewsOf(world, listener, provider)).toEqual([])
    expect(hear(world, listener, word())).toBe('accept')
    expect(hear(world, listener, word())).toBe('ignore')
    expect(hear(world, listener, word({ author: requestor, subject: provider }))).toBe('accept')
  })

  it('[RV5] [RV7] of somebody who comes from the range of addresses of whom it praises is dropped', () => {
    const world = heard()
    for (const did of [provider, requestor])
      give(world, listener, {
        type: 'peerChanged',
        peer: { did, isRelay: false, direct: true, range: '203.0.113.0/24' },
      })
    expect(hear(world, listener, word())).toBe('ignore')
  })

  it('[RV7] is heard twenty times an hour of one author, whoever brings them', () => {
    const world = heard()
    const verdicts = Array.from({ length: 25 }, (_, sequence) => {
      const of = receipt({ author: provider, requestor, issuedAt: begun, sequence })
      return hear(world, listener, word({ receipt: of.id }), of)
    })
    expect(verdicts.filter((one) => one === 'accept')).toHaveLength(20)
  })

  it('[RV7] comes with its receipt, or not at all', () => {
    const world = heard()
    expect(verdict(world, listener, word() as Verified<AnyBody>)).toBe('not-taken-here')
  })

  it('[RP14] moves the score of whom it is about', () => {
    const world = heard()
    const { state } = nodeOf(world, listener)
    state.standings.set(
      requestor,
      evolveStanding(undefined, { about: requestor, at: begun, deeds: { completed: 5, failed: 5 } }),
    )
    const before = reputationOf(state, requestor, { now: begun })
    hear(world, listener, word({ ratingPermille: 0 }))
    expect(reputationOf(state, requestor, { now: begun }).permille).toBeLessThan(before.permille)
  })
})

describe('who is asked', () => {
  const listed = (world: World, did: Did, role: 'provider' | 'requestor', rule: 'block' | 'only' | 'allow' | 'clear') =>
    command(world, requestor, { type: 'list', role, kind: 'did', name: did, rule })
  /** Five tasks, and three agreements that it let down. */
  const bad = (world: World, did: Did) => {
    const { standings } = nodeOf(world, requestor).state
    const seen = { about: did, at: world.now, deeds: {} }
    standings.set(did, evolveStanding(undefined, { ...seen, deeds: { completed: 5 } }))
    for (let n = 0; n < 3; n++)
      standings.set(did, evolveStanding(standings.get(did), { ...seen, terminated: 'ProviderUnreachable' }))
  }

  it('[SV4] is nobody who is blocked, and the funnel says so', () => {
    const world = sellers()
    listed(world, provider, 'provider', 'block')
    const job = submit(world, requestor)
    expect(asked(world)).toEqual([listener])
    const { state } = nodeOf(world, requestor)
    const seen = survey(state, state.jobs.get(job)!, world.now).find(({ sale }) => sale.provider === provider)
    expect(seen).toMatchObject({ step: 'not-affordable', why: 'provider-blocked' })
    listed(world, provider, 'provider', 'clear')
    expect(asked(world)).toContain(provider)
  })

  it('[SV4] is nobody else where some alone are to be asked', () => {
    const world = sellers()
    listed(world, listener, 'provider', 'only')
    submit(world, requestor)
    expect(asked(world)).toEqual([listener])
  })

  it('[SV4] is nobody on the blacklist, until its day is over, it is forgiven, or it is allowed by name', () => {
    for (const mend of [
      (world: World) => pass(world, 25 * 60 * minuteMs),
      (world: World) => command(world, requestor, { type: 'forgive', did: provider }),
      (world: World) => listed(world, provider, 'provider', 'allow'),
    ]) {
      const world = sellers()
      bad(world, provider)
      submit(world, requestor)
      expect(asked(world)).toEqual([listener])
      mend(world)
      pass(world, 10_000)
      expect(asked(world)).toContain(provider)
    }
  })

  it('[PV8] a provider answers nobody whom its lists keep out', () => {
    const world = sellers()
    const wanted = { type: 'list', role: 'requestor', kind: 'did', name: requestor, rule: 'block' } as const
    command(world, provider, wanted)
    const job = submit(world, requestor)
    expect(asked(world)).toEqual([listener])
    expect(nodeOf(world, requestor).state.jobs.get(job)?.notBefore.get(provider)?.reason.code).toBe('requestor-blocked')
  })

  it('[PV8] nor runs a program that they keep out', () => {
    const world = sellers()
    command(world, provider, { type: 'list', role: 'requestor', kind: 'module', name: someSpec.module, rule: 'block' })
    const job = submit(world, requestor)
    expect(asked(world)).toEqual([listener])
    expect(nodeOf(world, requestor).state.jobs.get(job)?.notBefore.get(provider)?.reason.code).toBe('module-blocked')
  })
})

describe('who signed a program', () => {
  const signer = exampleDid('S')
  const keepOut = (world: World, rule: 'block' | 'only') =>
    command(world, provider, { type: 'list', role: 'requestor', kind: 'signer', name: signer, rule })
  const answerOf = (world: World, job: Cid) =>
    nodeOf(world, requestor).state.jobs.get(job)?.notBefore.get(provider)?.reason.code

  it('[PV8] [LI4] keeps it from being run where that is blocked', () => {
    const world = sellers()
    keepOut(world, 'block')
    const job = submit(world, requestor, { spec: { ...someSpec, signers: [exampleDid('U'), signer] } })
    expect(asked(world)).toEqual([listener])
    expect(answerOf(world, job)).toBe('signer-blocked')
  })

  it('[PV8] [LI4] is asked for where others alone are run, and told, unless the program is sealed', () => {
    const specs: readonly (readonly [Partial<JobSpec>, string | undefined])[] = [
      [{ ...someSpec, signers: [signer] }, undefined],
      [{ ...someSpec, signers: [exampleDid('U')] }, 'signer-not-listed'],
      [someSpec, 'signer-not-listed'],
      [{ ...someSpec, isSealed: true }, undefined],
    ]
    for (const [spec, code] of specs) {
      const world = sellers()
      keepOut(world, 'only')
      expect(answerOf(world, submit(world, requestor, { spec }))).toBe(code)
    }
  })

  it('[PV8] is not asked of what the page brings, where that alone is lent for', () => {
    const world = sellers()
    const { state } = nodeOf(world, provider)
    keepOut(world, 'only')
    const program = { module: someSpec.module, signers: [] }
    expect(keepsOut(state)(requestor, program)).toBe('signer-not-listed')
    state.plan = { ...state.plan!, onlyModules: [someSpec.module] }
    expect(keepsOut(state)(requestor, program)).toBeUndefined()
    expect(keepsOut(state)(requestor, { ...program, module: exampleCid('other') })).toBe('signer-not-listed')
  })
})

describe('by hand', () => {
  it('[RP12] forgiving is kept in the log', () => {
    const world = createWorld(requestor)
    const { state, log } = nodeOf(world, requestor)
    const bad = { about: provider, at: begun, deeds: { disputed: 1 } }
    state.standings.set(provider, evolveStanding(undefined, bad))
    expect(reputationOf(state, provider, { now: begun }).permille).toBe(45)
    expect(command(world, requestor, { type: 'forgive', did: provider }).ok).toBe(true)
    expect(reputationOf(state, provider, { now: begun }).permille).toBe(500)
    const again = initialState(requestor)
    for (const event of log) replay(again, event, world.rng)
    expect(again.standings.get(provider)?.forgivenAt).toBe(world.now)
  })

  it('[LI1] lists are kept in the log', () => {
    const world = createWorld(requestor)
    const wanted = { type: 'list', role: 'provider', kind: 'did', name: provider, rule: 'block' } as const
    expect(command(world, requestor, wanted).ok).toBe(true)
    const { state, log } = nodeOf(world, requestor)
    const again = initialState(requestor)
    for (const event of log) replay(again, event, world.rng)
    expect(again.lists).toEqual(state.lists)
    expect(again.lists.size).toBe(1)
  })

  it('[RP12] [LI1] is nobody else’s to say', () => {
    const world = heard()
    command(world, requestor, { type: 'forgive', did: provider })
    const said = nodeOf(world, requestor).log.find(({ body }) => body.type === 'reputation/forgiven')!
    expect(verdict(world, provider, said)).toBe('not-taken-here')
  })
})
