import { describe, expect, it } from 'vitest'
import { minuteMs, type Timestamp, timestamp } from '../kernel/time.ts'
import type { Owed } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Agreement, type AgreementBody, evolveAgreement } from './agreement.ts'
import { type AgreementView, reactAgreement } from './agreement-react.ts'
import { begun, proposedAgreement, provider, requestor } from './market.examples.ts'
import type { Reason } from './messages.ts'

const reason: Reason = { code: 'sold-out', message: 'Nothing is left.', isFinal: false }
const quiet = (me: Did, told: Partial<AgreementView> = {}): AgreementView => ({
  me,
  whyNotApprove: () => undefined,
  whyNotCommit: () => undefined,
  whyEnd: () => undefined,
  lookAgainAt: () => undefined,
  ...told,
})
const folded = (agreement: Agreement | undefined, event: Verified<AgreementBody>): Agreement => {
  const next = evolveAgreement(agreement, event)
  if (!next.ok) throw new Error(next.code)
  return next.value
}
const fresh = (): Agreement => folded(undefined, proposedAgreement())

/** States what `me` owes, and folds it. */
function acted(agreement: Agreement, view: AgreementView, now: Timestamp = begun): Agreement {
  const said = reactAgreement(agreement, view, now).find((owed) => owed.type === 'state')
  if (!said) throw new Error('nothing was owed')
  return folded(
    agreement,
    said.kind.author({ author: view.me, issuedAt: now, prev: said.prev }, said.fields) as Verified<AgreementBody>,
  )
}
const saying = (owed: readonly Owed[]): string[] =>
  owed.map((one) => (one.type === 'state' ? one.kind.type : one.type === 'deliver' ? `to ${one.to}` : one.type))

describe('what is owed for an agreement', () => {
  it('[AG6] leads two sides that mean it from proposal to approval', () => {
    const approving = acted(fresh(), quiet(provider))
    expect(approving.state).toBe('approving')
    expect(acted(approving, quiet(requestor)).state).toBe('approved')
  })

  it('[AG6] is the same when asked twice, and nothing where it is the other’s turn', () => {
    const view = quiet(requestor)
    expect(reactAgreement(fresh(), view, begun)).toEqual(reactAgreement(fresh(), view, begun))
    expect(saying(reactAgreement(fresh(), view, begun))).toEqual([`to ${provider}`, 'wake'])
    const approving = acted(fresh(), quiet(provider))
    expect(saying(reactAgreement(approving, quiet(provider), begun))).toEqual([`to ${requestor}`, 'wake'])
  })

  it('[AG6] is a rejection, a cancellation or an end, where there is a reason', () => {
    expect(acted(fresh(), quiet(provider, { whyNotApprove: () => reason })).ended?.reason).toEqual(reason)
    expect(acted(fresh(), quiet(requestor, { whyNotCommit: () => reason })).state).toBe('cancelled')
    const approved = acted(acted(fresh(), quiet(provider)), quiet(requestor))
    for (const me of [requestor, provider])
      expect(acted(approved, quiet(me, { whyEnd: () => reason })).state).toBe('terminated')
    expect(saying(reactAgreement(approved, quiet(provider), begun))).toEqual([])
  })

  it('[AG4] [AG6] is its expiry once the time to sign is over, by either side', () => {
    const late = timestamp(begun + 30_000)
    for (const me of [requestor, provider]) expect(acted(fresh(), quiet(me), late).state).toBe('expired')
  })

  it('[AG5] tells the end for five minutes, and what is to be signed until the time for it is over', () => {
    const ended = acted(fresh(), quiet(provider, { whyNotApprove: () => reason }))
    expect(reactAgreement(ended, quiet(provider), begun)).toEqual([
      { type: 'deliver', to: requestor, event: ended.latest, until: begun + 5 * minuteMs },
    ])
    expect(reactAgreement(fresh(), quiet(requestor), begun)).toContainEqual({
      type: 'deliver',
      to: provider,
      event: fresh().latest,
      until: begun + 30_000,
    })
  })

  it('[AG6] looks again at an approved one when the other rooms say so', () => {
    const approved = acted(acted(fresh(), quiet(provider)), quiet(requestor))
    const at = timestamp(begun + 77)
    expect(reactAgreement(approved, quiet(provider, { lookAgainAt: () => at }), begun)).toEqual([
      { type: 'wake', key: `agreement:${approved.id}`, at },
    ])
  })
})
