import { describe, expect, it } from 'vitest'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import {
  type Agreement,
  type AgreementBody,
  type AgreementState,
  agreementMachine,
  counterpartyOf,
  evolveAgreement,
  isLive,
  stepOf,
} from './agreement.ts'
import { aCid, begun, proposedAgreement, provider, requestor, stated, stranger } from './market.examples.ts'
import {
  AgreementApproved,
  AgreementCancelled,
  AgreementCommitted,
  AgreementExpired,
  AgreementRejected,
  AgreementTerminated,
} from './messages.ts'
import { partiesOf } from './rules.ts'

const reason = { code: 'sold-out', message: 'Nothing is left.', isFinal: false }
const late = begun + 30_000

type Step = Exclude<(typeof stepOf)[AgreementBody['type']], 'send'>
const says: Record<Exclude<Step, 'revert'>, (agreement: Cid, author: Did, prev: Cid) => Verified<AgreementBody>> = {
  approve: (agreement, author, prev) => stated(AgreementApproved, { author, prev }, { agreement }),
  commit: (agreement, author, prev) => stated(AgreementCommitted, { author, prev }, { agreement }),
  reject: (agreement, author, prev) => stated(AgreementRejected, { author, prev }, { agreement, reason }),
  cancel: (agreement, author, prev) => stated(AgreementCancelled, { author, prev }, { agreement, reason }),
  expire: (agreement, author, prev) => stated(AgreementExpired, { author, prev, issuedAt: late }, { agreement }),
  terminate: (agreement, author, prev) => stated(AgreementTerminated, { author, prev }, { agreement, reason }),
}
const steps = Object.keys(says) as (keyof typeof says)[]

const folded = (agreement: Agreement | undefined, event: Verified<AgreementBody>): Agreement => {
  const next = evolveAgreement(agreement, event)
  if (!next.ok) throw new Error(next.code)
  return next.value
}
const pending = (): Agreement => folded(undefined, proposedAgreement())
const after = (agreement: Agreement, step: keyof typeof says, author: Did): Agreement =>
  folded(agreement, says[step](agreement.id, author, agreement.latest.id))

const inState: Record<Exclude<AgreementState, 'proposal'>, () => Agreement> = {
  pending,
  approving: () => after(pending(), 'approve', provider),
  approved: () => after(inState.approving(), 'commit', requestor),
  rejected: () => after(pending(), 'reject', provider),
  cancelled: () => after(pending(), 'cancel', requestor),
  expired: () => after(pending(), 'expire', requestor),
  terminated: () => after(inState.approved(), 'terminate', provider),
}

describe('an agreement', () => {
  it('[AG1] is pending when it was proposed, between the two whom the proposal names', () => {
    const event = proposedAgreement()
    expect(pending()).toMatchObject({ id: event.id, state: 'pending', requestor, provider, latest: event })
    expect(evolveAgreement(pending(), event)).toMatchObject({ ok: false, code: 'agreement-known' })
  })

  it('[AG1] needs three signatures, of requestor, provider and requestor again', () => {
    const approved = inState.approved()
    expect(approved.state).toBe('approved')
    expect(approved.approvedAt).toBe(begun)
    expect(isLive(approved)).toBe(true)
    expect(evolveAgreement(pending(), says.commit(pending().id, requestor, pending().latest.id))).toMatchObject({
      code: 'agreement-out-of-order',
      facts: { state: 'pending', step: 'commit' },
    })
  })

  const everyCase = Object.entries(inState).flatMap(([state, make]) =>
    steps.flatMap((step) =>
      ([requestor, provider, stranger] as const).map((author) => ({
        state: state as Exclude<AgreementState, 'proposal'>,
        step,
        who: author === requestor ? 'requestor' : author === provider ? 'provider' : 'stranger',
        author,
        make,
      })),
    ),
  )
  it.each(everyCase)('[AG1] [AG2] $state, $step by the $who', ({ state, step, who, author, make }) => {
    const agreement = make()
    const outcome = evolveAgreement(agreement, says[step](agreement.id, author, agreement.latest.id))
    const next = agreementMachine.next(state, step)
    const mayCause = partiesOf[step].some((party) => party === who)
    if (next === undefined) expect(outcome).toMatchObject({ ok: false, code: 'agreement-out-of-order' })
    else if (!mayCause) expect(outcome).toMatchObject({ ok: false, code: 'agreement-not-yours' })
    else expect(outcome).toMatchObject({ ok: true, value: { state: next, latest: { body: { author } } } })
    expect(agreement).toEqual(make())
  })

  it('[AG1] is over in its last states, and remembers who ended it and why', () => {
    for (const state of ['rejected', 'cancelled', 'expired', 'terminated'] as const)
      expect(isLive(inState[state]())).toBe(false)
    expect(inState.rejected().ended).toEqual({ by: provider, at: begun, reason })
    expect(inState.expired().ended).toEqual({ by: requestor, at: late, reason: undefined })
    expect(counterpartyOf(pending(), requestor)).toBe(provider)
    expect(counterpartyOf(pending(), provider)).toBe(requestor)
  })

  it('[AG3] takes only what follows its newest event', () => {
    const agreement = inState.approving()
    for (const prev of [proposedAgreement().id, aCid('elsewhere')])
      expect(evolveAgreement(agreement, says.commit(agreement.id, requestor, prev))).toMatchObject({
        code: 'agreement-stale',
        facts: { named: prev, latest: agreement.latest.id },
      })
    const unnamed = stated(AgreementCommitted, { author: requestor }, { agreement: agreement.id })
    expect(evolveAgreement(agreement, unnamed)).toMatchObject({ code: 'agreement-stale', facts: { named: 'none' } })
  })

  it('[AG3] refuses two successors of one event, so that one of them is proof of a lie', () => {
    const both = pending()
    const approved = after(both, 'approve', provider)
    const rejection = says.reject(both.id, provider, both.latest.id)
    expect(evolveAgreement(approved, rejection).ok).toBe(false)
  })

  it('[AG1] knows nothing of the events of another', () => {
    const foreign = says.approve(aCid('another'), provider, pending().latest.id)
    expect(evolveAgreement(pending(), foreign)).toMatchObject({ code: 'agreement-unknown' })
    expect(evolveAgreement(undefined, foreign)).toMatchObject({ code: 'agreement-unknown' })
  })

  it('[AG4] does not expire a millisecond too early', () => {
    const agreement = pending()
    const expired = (issuedAt: number) =>
      stated(
        AgreementExpired,
        { author: provider, prev: agreement.latest.id, issuedAt },
        {
          agreement: agreement.id,
        },
      )
    expect(evolveAgreement(agreement, expired(late - 1))).toMatchObject({ code: 'agreement-not-expired' })
    expect(evolveAgreement(agreement, expired(late))).toMatchObject({ value: { state: 'expired' } })
  })

  it('[AG1] every event is one step of the table', () => {
    expect(new Set(Object.values(stepOf))).toEqual(new Set(['send', ...steps]))
    for (const step of steps) expect(agreementMachine.events).toContain(step)
  })
})
