import { describe, expect, it } from 'vitest'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { aCid, aDemand, anOffer, begun, provider, requestor, stated, stranger } from './market.examples.ts'
import { Proposal, ProposalRejected } from './messages.ts'
import {
  evolveNegotiation,
  mostRounds,
  type Negotiation,
  type NegotiationBody,
  negotiationMachine,
  type ProposalBody,
} from './negotiation.ts'
import { propertyNames } from './offer-properties-names.ts'
import type { Properties } from './property.ts'

const reason = { code: 'sold-out', message: 'Nothing is left.', isFinal: false }
const other = (author: Did): Did => (author === requestor ? provider : requestor)

const opening = (properties: Properties = aDemand()): Verified<ProposalBody> =>
  stated(
    Proposal,
    { author: requestor },
    {
      to: provider,
      offer: aCid('offer'),
      demand: aCid('job'),
      properties,
      constraints: '()',
      expiresAt: begun,
    },
  )
const answer = (
  thread: Negotiation,
  author: Did,
  told: { properties?: Properties; prev?: Cid; to?: Did } = {},
): Verified<ProposalBody> =>
  stated(
    Proposal,
    { author, prev: told.prev ?? thread.latest.id },
    {
      to: told.to ?? other(author),
      thread: thread.id,
      demand: thread.demand,
      properties: told.properties ?? anOffer(),
      constraints: '()',
      expiresAt: begun,
    },
  )
const rejection = (thread: Cid, author: Did, to = other(author)): Verified<NegotiationBody> =>
  stated(ProposalRejected, { author }, { to, thread, reason })
const folded = (thread: Negotiation | undefined, event: Verified<NegotiationBody>): Negotiation => {
  const next = evolveNegotiation(thread, event)
  if (!next.ok) throw new Error(next.code)
  return next.value
}
const opened = (): Negotiation => folded(undefined, opening())
const interval = propertyNames.debitNoteIntervalSec

describe('a negotiation', () => {
  it('[PR1] is agreed when the provider repeats what is negotiable', () => {
    const agreed = folded(opened(), answer(opened(), provider))
    expect(agreed).toMatchObject({ state: 'agreed', rounds: 2, opener: requestor, other: provider })
    expect(agreed.previous?.id).toBe(opened().id)
  })

  it('[PR1] goes on where the answer differs, until both say the same', () => {
    const countered = folded(opened(), answer(opened(), provider, { properties: { ...anOffer(), [interval]: 60 } }))
    expect(countered.state).toBe('open')
    const agreed = folded(countered, answer(countered, requestor, { properties: { ...aDemand(), [interval]: 60 } }))
    expect(agreed.state).toBe('agreed')
  })

  it('[PR1] agrees on a name that one side drops', () => {
    const { [interval]: _, ...without } = anOffer()
    expect(folded(opened(), answer(opened(), provider, { properties: without })).state).toBe('agreed')
  })

  it('[PR1] every state and step goes where the table says, and nowhere else', () => {
    const reached = new Map<string, string | undefined>()
    for (const state of negotiationMachine.states)
      for (const step of negotiationMachine.events)
        reached.set(`${state} ${step}`, negotiationMachine.next(state, step))
    expect([...reached].filter(([, next]) => next !== undefined)).toEqual([
      ['open counter', 'open'],
      ['open agree', 'agreed'],
      ['open reject', 'rejected'],
      ['open expire', 'expired'],
      ['agreed reject', 'rejected'],
      ['agreed expire', 'expired'],
      ['rejected reopen', 'open'],
    ])
  })

  it('[PR3] nobody speaks twice in a row, and no third party at all', () => {
    const thread = opened()
    for (const author of [requestor, stranger])
      expect(evolveNegotiation(thread, answer(thread, author, { to: provider }))).toMatchObject({
        code: 'negotiation-not-yours',
      })
    expect(evolveNegotiation(thread, rejection(thread.id, stranger, requestor))).toMatchObject({
      code: 'negotiation-not-yours',
    })
  })

  it('[PR3] a turn addressed to somebody else does not make that one a party', () => {
    const thread = opened()
    expect(evolveNegotiation(thread, answer(thread, provider, { to: stranger }))).toMatchObject({
      code: 'negotiation-not-yours',
      facts: { to: stranger },
    })
  })

  it('[PR3] a turn names the one before it', () => {
    const thread = opened()
    expect(evolveNegotiation(thread, answer(thread, provider, { prev: aCid('older') }))).toMatchObject({
      code: 'negotiation-stale',
      facts: { latest: thread.latest.id },
    })
  })

  it('[PR3] either side may reject, once, and also what was agreed', () => {
    const agreed = folded(opened(), answer(opened(), provider))
    for (const thread of [opened(), agreed])
      for (const author of [requestor, provider]) {
        const rejected = folded(thread, rejection(thread.id, author))
        expect(rejected).toMatchObject({ state: 'rejected', rejected: { by: author, reason } })
        expect(evolveNegotiation(rejected, rejection(thread.id, author))).toMatchObject({ code: 'negotiation-over' })
      }
  })

  it('[PR3] a rejected thread is taken up again by the side that rejected, and by no other', () => {
    const rejected = folded(opened(), rejection(opened().id, provider))
    expect(evolveNegotiation(rejected, answer(rejected, requestor))).toMatchObject({ code: 'negotiation-not-yours' })
    const again = folded(rejected, answer(rejected, provider))
    expect(again).toMatchObject({ state: 'open', rejected: undefined })
    expect(folded(again, answer(again, requestor)).state).toBe('agreed')
  })

  it('[PR1] is over once it was agreed: a further proposal is refused', () => {
    const agreed = folded(opened(), answer(opened(), provider))
    expect(evolveNegotiation(agreed, answer(agreed, requestor))).toMatchObject({ code: 'negotiation-over' })
  })

  it('[PR2] ends after ten turns', () => {
    let thread = opened()
    for (let turn = 1; turn < mostRounds; turn++) {
      const author = turn % 2 === 1 ? provider : requestor
      thread = folded(thread, answer(thread, author, { properties: { [interval]: turn } }))
    }
    expect(thread).toMatchObject({ state: 'open', rounds: mostRounds })
    expect(evolveNegotiation(thread, answer(thread, requestor, { properties: { [interval]: 99 } }))).toMatchObject({
      code: 'negotiation-too-long',
      facts: { mostRounds: 10 },
    })
  })

  it('[PR3] knows its own turns from those of another thread', () => {
    const thread = opened()
    expect(evolveNegotiation(undefined, answer(thread, provider))).toMatchObject({ code: 'negotiation-unknown' })
    expect(evolveNegotiation({ ...thread, id: aCid('other') }, answer(thread, provider))).toMatchObject({
      code: 'negotiation-unknown',
    })
    expect(evolveNegotiation(undefined, rejection(thread.id, provider))).toMatchObject({ code: 'negotiation-unknown' })
    expect(evolveNegotiation(thread, opening())).toMatchObject({ code: 'negotiation-known' })
  })
})
