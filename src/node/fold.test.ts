import { describe, expect, it } from 'vitest'
import { someNonce, someSpec } from '../activity/job.examples.ts'
import { ActivityCreated, JobSubmitted } from '../activity/messages.ts'
import { hourMs, timestamp } from '../kernel/time.ts'
import {
  aCid,
  aDemand,
  anOffer,
  begun,
  provider,
  requestor,
  someTerms,
  stated,
  stranger,
} from '../market/market.examples.ts'
import {
  AgreementApproved,
  AgreementProposed,
  JobAnnounced,
  JobInterest,
  Offer,
  OfferWithdrawn,
  Proposal,
  ProposalRejected,
} from '../market/messages.ts'
import { Allocated, DebitNote, DebitNoteAccepted } from '../payment/messages.ts'
import { receipt } from '../receipts/receipt.examples.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import { replay } from './step.ts'
import {
  aPlan,
  command,
  connect,
  createWorld,
  freeFacts,
  nodeOf,
  only,
  submit,
  verdict,
  type World,
} from './world.examples.ts'

/** Everything that a refused event could have changed. */
const pictureOf = (world: World, did: Did) => {
  const { offers, threads, agreements, activities, chains, accounts, jobs, announcements } = nodeOf(world, did).state
  return structuredClone(
    [offers, threads, agreements, activities, chains, accounts, jobs, announcements].map((map) => [...map.keys()]),
  )
}
function refuses(world: World, to: Did, event: Verified<AnyBody>, code: string): void {
  const before = pictureOf(world, to)
  expect(verdict(world, to, event)).toBe(code)
  expect(pictureOf(world, to)).toEqual(before)
}

/** A market in which the requestor's job is under way with the provider; a stranger is connected to both. */
function busy(plan = aPlan({ facts: freeFacts })): World {
  const world = createWorld(requestor, provider, stranger)
  connect(world, requestor, provider)
  connect(world, requestor, stranger)
  connect(world, provider, stranger)
  command(world, provider, { type: 'sell', plan })
  submit(world, requestor)
  return world
}
const empty = (): World => {
  const world = createWorld(requestor, provider, stranger)
  connect(world, requestor, provider)
  connect(world, provider, stranger)
  return world
}
const theAgreement = (world: World) => only(nodeOf(world, requestor).state.agreements.values())
const theActivity = (world: World) => only(nodeOf(world, requestor).state.activities.values())

const offer = (told: object = {}, author = provider, issuedAt: number = begun) =>
  stated(
    Offer,
    { author, issuedAt },
    { properties: anOffer(), constraints: '()', expiresAt: timestamp(begun + hourMs), ...told },
  ) as Verified<AnyBody>
const proposal = (told: object = {}, author = requestor) =>
  stated(
    Proposal,
    { author },
    {
      to: provider,
      demand: aCid('job'),
      properties: aDemand(),
      constraints: '()',
      expiresAt: timestamp(begun + 10_000),
      ...told,
    },
  ) as Verified<AnyBody>

describe('what a peer brings', () => {
  it('[ND7] is taken from its author alone', () => {
    const world = empty()
    expect(verdict(world, requestor, offer(), stranger)).toBe('not-the-author')
    expect(nodeOf(world, requestor).state.offers.size).toBe(0)
  })

  it('[ND7] is taken again when it is brought again, and changes nothing', () => {
    const world = busy()
    const { log } = nodeOf(world, requestor)
    const newest = theAgreement(world).latest as Verified<AnyBody>
    expect(log).toContainEqual(newest)
    const before = pictureOf(world, provider)
    const kept = nodeOf(world, provider).log.length
    expect(verdict(world, provider, newest)).toBeUndefined()
    expect(verdict(world, provider, theActivity(world).created as Verified<AnyBody>)).toBeUndefined()
    expect(pictureOf(world, provider)).toEqual(before)
    expect(nodeOf(world, provider).log.length).toBe(kept)
  })

  it('[ND9] is never a fact of our own household', () => {
    const world = empty()
    const head = { author: stranger }
    const job = stated(JobSubmitted, head, { job: aCid('job'), nonce: someNonce, spec: someSpec })
    const given = stated(Allocated, head, { job: aCid('job'), total: 1n as never, until: begun })
    for (const event of [job, given]) refuses(world, provider, event as Verified<AnyBody>, 'not-taken-here')
  })

  it('[ND7] of a kind that nobody folds is refused', () => {
    const unknown = stated(
      { ...Offer, author: (head: object) => ({ id: aCid('x'), body: { ...head, type: 'market/new' } }) } as never,
      { author: stranger },
      {},
    )
    expect(verdict(empty(), provider, unknown as Verified<AnyBody>)).toBe('not-taken-here')
  })
})

describe('an offer', () => {
  it('[OF5] that is expired, unreadable or of strange constraints is refused', () => {
    const world = empty()
    refuses(world, requestor, offer({ expiresAt: begun }), 'offer-expired')
    refuses(world, requestor, offer({ properties: {} }), 'offer-lacks-runtime')
    refuses(world, requestor, offer({ constraints: '(((' }), 'constraint-malformed')
  })

  it('[OF5] replaces an older one of its provider, and is not replaced by one', () => {
    const world = empty()
    const [older, newer] = [offer({}, provider, begun), offer({}, provider, begun + 1)]
    expect(verdict(world, requestor, older)).toBeUndefined()
    expect(verdict(world, requestor, newer)).toBeUndefined()
    expect([...nodeOf(world, requestor).state.offers.keys()]).toEqual([newer.id])
    refuses(world, requestor, older, 'offer-outdated')
  })

  it('[OF5] is withdrawn by its provider alone', () => {
    const world = empty()
    const sold = offer()
    verdict(world, requestor, sold)
    const withdrawal = (author: Did) => stated(OfferWithdrawn, { author }, { offer: sold.id }) as Verified<AnyBody>
    refuses(world, requestor, withdrawal(stranger), 'offer-not-yours')
    expect(verdict(world, requestor, withdrawal(provider))).toBeUndefined()
    expect(nodeOf(world, requestor).state.offers.size).toBe(0)
    expect(verdict(world, requestor, withdrawal(provider))).toBeUndefined()
  })
})

describe('an announced job', () => {
  const { manifest } = { manifest: {} as never }
  const announcement = (told: object = {}, author = stranger) =>
    stated(
      JobAnnounced,
      { author },
      {
        job: aCid('job'),
        manifest,
        properties: aDemand(),
        constraints: '()',
        closesAt: timestamp(begun + 2_000),
        enoughBids: 2,
        ...told,
      },
    ) as Verified<AnyBody>

  it('[BD4] is heard while bids are taken, and only if it can be read', () => {
    const world = empty()
    refuses(world, provider, announcement({ closesAt: begun }), 'bidding-closed')
    refuses(world, provider, announcement({ constraints: '(' }), 'constraint-malformed')
    expect(verdict(world, provider, announcement())).toBeUndefined()
    expect(verdict(world, provider, announcement())).toBeUndefined()
  })

  it('[BD4] is of interest to its own requestor alone', () => {
    const world = empty()
    const interest = (to: Did) =>
      stated(JobInterest, { author: stranger }, { job: aCid('job'), to }) as Verified<AnyBody>
    for (const to of [provider, requestor]) refuses(world, provider, interest(to), 'not-addressed')
  })
})

describe('a proposal', () => {
  it('[ND4] [PR3] is for whom it names, in a thread that is known, by its parties', () => {
    const world = empty()
    refuses(world, provider, proposal({ to: requestor }), 'not-addressed')
    refuses(world, provider, proposal({ thread: aCid('thread') }), 'negotiation-unknown')
    const rejection = stated(
      ProposalRejected,
      { author: requestor },
      { to: provider, thread: aCid('thread'), reason: { code: 'no', message: '', isFinal: true } },
    )
    refuses(world, provider, rejection as Verified<AnyBody>, 'negotiation-unknown')
  })

  it('[ND5] [ND12] of a stranger opens sixteen threads at once, and no more, and reads all back that there ever were', () => {
    const world = empty()
    command(world, provider, { type: 'sell', plan: aPlan({ threads: 64, memoryMb: 65_536 }) })
    const open = nodeOf(world, provider).state.offer!
    const told = (n: number) =>
      proposal(
        { demand: aCid(`job ${n}`), offer: open.id, properties: aDemand({ expiresAt: timestamp(begun + hourMs) }) },
        stranger,
      )
    for (let n = 0; n < 16; n++) expect(verdict(world, provider, told(n))).toBeUndefined()
    refuses(world, provider, told(16), 'too-many-threads')
    // Of a log: the threads that were forgotten in between are in it all.
    expect(replay(nodeOf(world, provider).state, told(16), world.rng)).toEqual({ ok: true, value: 'new' })
  })

  it('[ND5] for a job of ours is refused where no bids are taken', () => {
    const world = busy()
    const job = only(nodeOf(world, requestor).state.jobs.keys())
    refuses(world, requestor, proposal({ to: requestor, demand: job }, stranger), 'bidding-closed')
  })
})

describe('an agreement', () => {
  const proposed = (told: object = {}, author = requestor) =>
    stated(
      AgreementProposed,
      { author },
      {
        to: provider,
        proposal: aCid('proposal'),
        demand: aCid('job'),
        terms: someTerms(),
        approveUntil: timestamp(begun + 30_000),
        ...told,
      },
    ) as Verified<AnyBody>

  /** The provider has agreed with the requestor; the agreement is not yet proposed. */
  function agreed(): { world: World; proposal: Cid; demand: Cid } {
    const world = empty()
    command(world, provider, { type: 'sell', plan: aPlan() })
    const opening = proposal({ offer: nodeOf(world, provider).state.offer!.id })
    expect(verdict(world, provider, opening)).toBeUndefined()
    const thread = only(nodeOf(world, provider).state.threads.values())
    expect(thread.state).toBe('agreed')
    return { world, proposal: thread.latest.id, demand: thread.demand }
  }

  it('[ND4] is taken on the last proposal of an agreed thread', () => {
    const { world, ...on } = agreed()
    expect(verdict(world, provider, proposed(on))).toBeUndefined()
    expect(only(nodeOf(world, provider).state.agreements.values()).state).toBe('approving')
  })

  it('[ND4] is refused when it is somebody else’s, about something else, or from somebody else', () => {
    const { world, ...on } = agreed()
    refuses(world, provider, proposed({ ...on, to: requestor }), 'not-addressed')
    refuses(world, provider, proposed({ ...on, proposal: aCid('older') }), 'proposal-unknown')
    refuses(world, provider, proposed({ ...on, demand: aCid('another job') }), 'proposal-unknown')
    refuses(world, provider, proposed(on, stranger), 'agreement-not-yours')
  })

  it('[ND4] that names a job of the receiver’s own does not make it the requestor', () => {
    const { world, ...on } = agreed()
    const own = submit(world, provider)
    refuses(world, provider, proposed({ ...on, demand: own }), 'proposal-unknown')
  })

  it('[PV2] [CP1] of two that were agreed at once and want everything, one is signed and one is sold out', () => {
    const world = empty()
    command(world, provider, { type: 'sell', plan: aPlan() })
    const { id: open } = nodeOf(world, provider).state.offer!
    const properties = aDemand({ threads: 4 })
    const terms = { ...someTerms(), threads: 4, memoryMb: 256, creditLimit: 4_800n }
    const authors = [requestor, stranger]
    for (const author of authors)
      expect(verdict(world, provider, proposal({ offer: open, properties }, author))).toBeUndefined()
    const threads = [...nodeOf(world, provider).state.threads.values()]
    expect(threads.map(({ state }) => state)).toEqual(['agreed', 'agreed'])
    for (const [at, author] of authors.entries())
      verdict(world, provider, proposed({ proposal: threads[at]!.latest.id, terms }, author))
    const states = [...nodeOf(world, provider).state.agreements.values()].map(({ state, ended }) => [
      state,
      ended?.reason?.code,
    ])
    expect(states).toEqual([
      ['approving', undefined],
      ['rejected', 'sold-out'],
    ])
  })

  it('[PV2] with other terms than those that follow is rejected', () => {
    const { world, ...on } = agreed()
    verdict(world, provider, proposed({ ...on, terms: { ...someTerms(), coefficients: [1n, 0n] } }))
    expect(only(nodeOf(world, provider).state.agreements.values())).toMatchObject({
      state: 'rejected',
      ended: { reason: { code: 'terms-differ', isFinal: true } },
    })
  })

  it('[ND7] does not know the events of an agreement that was never proposed', () => {
    const approval = stated(AgreementApproved, { author: stranger }, { agreement: aCid('none') })
    refuses(empty(), provider, approval as Verified<AnyBody>, 'agreement-unknown')
  })
})

describe('an activity', () => {
  const created = (agreement: Cid, told: object = {}, author = requestor) =>
    stated(
      ActivityCreated,
      { author },
      {
        to: provider,
        agreement,
        job: aCid('job'),
        module: aCid('module'),
        threads: 1,
        limits: someSpec.limits,
        ...told,
      },
    ) as Verified<AnyBody>

  it('[RQ6] is taken under an approved agreement, from its requestor, within what it reserves', () => {
    const world = busy()
    const { id } = theAgreement(world)
    refuses(world, provider, created(aCid('none')), 'agreement-unknown')
    refuses(world, provider, created(id, {}, stranger), 'agreement-not-yours')
    refuses(world, provider, created(id, { to: stranger }), 'agreement-not-yours')
    refuses(world, provider, created(id), 'reservation-exceeded')
    command(world, provider, { type: 'stopSelling', reason: '' })
    refuses(world, provider, created(id), 'agreement-not-approved')
  })

  it('[ND12] read back from the log, ends the one whose threads it took', () => {
    const world = busy()
    const { id: former } = theActivity(world)
    const { state } = nodeOf(world, provider)
    const next = created(theAgreement(world).id)
    expect(replay(state, next, world.rng)).toEqual({ ok: true, value: 'new' })
    expect([former, next.id].map((id) => state.activities.get(id)?.state)).toEqual(['Terminated', 'New'])
    const tooMany = created(theAgreement(world).id, { threads: 99 })
    expect(replay(state, tooMany, world.rng)).toMatchObject({ code: 'reservation-exceeded' })
  })

  it('[ND14] [AT1] has receipts that come with their results', () => {
    const world = busy()
    const { id: activity, agreement, job, module } = theActivity(world)
    const about = { activity, agreement, job, module, requestor, author: provider }
    refuses(world, requestor, receipt({ ...about, activity: aCid('none') }) as Verified<AnyBody>, 'activity-unknown')
    refuses(world, requestor, receipt({ ...about, author: stranger }) as Verified<AnyBody>, 'not-taken-here')
    refuses(world, requestor, receipt({ ...about, sequence: 1 }) as Verified<AnyBody>, 'not-taken-here')
  })
})

describe('payment', () => {
  const note = (agreement: Cid, author = provider) =>
    stated(
      DebitNote,
      { author },
      { agreement, activity: aCid('activity'), to: requestor, totalDue: 5n as never, usage: [] },
    ) as Verified<AnyBody>

  it('[ND7] is about an account that is known, priced, and between its parties', () => {
    const world = busy()
    refuses(world, requestor, note(aCid('none')), 'agreement-unknown')
    refuses(world, requestor, note(theAgreement(world).id), 'agreement-is-free')
  })

  it('[ND7] is asked for by the provider and answered by the requestor', () => {
    const world = createWorld(requestor, provider, stranger)
    connect(world, requestor, provider)
    command(world, provider, { type: 'sell', plan: aPlan() })
    submit(world, requestor, {
      spec: { platform: 'credits', policy: { ...someSpec.policy, maxPrice: 1_000_000n as never } },
    })
    const { id } = theAgreement(world)
    refuses(world, requestor, note(id, stranger), 'account-not-yours')
    const answer = stated(
      DebitNoteAccepted,
      { author: stranger },
      {
        agreement: id,
        note: aCid('note'),
        total: 5n as never,
        channel: { payee: provider, sequence: 1, total: 5n as never },
      },
    )
    refuses(world, provider, answer as Verified<AnyBody>, 'account-not-yours')
  })
})
