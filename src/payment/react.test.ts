import { describe, expect, it } from 'vitest'
import { dayMs, after as later, type Timestamp } from '../kernel/time.ts'
import type { Usage } from '../receipts/messages.ts'
import {
  activity,
  agreement,
  exampleCid,
  provider,
  receipt,
  requestor,
  someUsage,
} from '../receipts/receipt.examples.ts'
import type { Owed, Statement } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Account, meter } from './account.ts'
import { type Allocation, evolveAllocation, reactAllocation } from './allocation.ts'
import { openChannel } from './channel.ts'
import { breachOf, isClosed } from './deadlines.ts'
import { evolveAccount } from './evolve.ts'
import { type AccountBody, Allocated } from './messages.ts'
import { account, coins, intervalMs, openedAt, perSecond, terms, worked } from './payment.examples.ts'
import { reactProvider } from './provider.ts'
import { reactRequestor } from './requestor.ts'

const at = (ms: number): Timestamp => later(openedAt, ms)
const stated = (owed: readonly Owed[]): Statement[] => owed.filter((one): one is Statement => one.type === 'state')
const types = (owed: readonly Owed[]): string[] => owed.map((one) => (one.type === 'state' ? one.kind.type : one.type))

/** Names and folds what one side states, as its node does. */
function say(state: Account, owed: readonly Owed[], by: { author: Did; now: Timestamp; me?: Did }): Account {
  return stated(owed).reduce((before, { kind, fields, prev }) => {
    const event = kind.author({ author: by.author, issuedAt: by.now, prev }, fields) as Verified<AccountBody>
    const next = evolveAccount(before, event, { at: by.now, me: by.me ?? by.author })
    if (!next.ok) throw new Error(next.code)
    return next.value
  }, state)
}
const allocationOf = (total: bigint): Allocation => {
  const given = Allocated.author(
    { author: requestor, issuedAt: openedAt },
    { job: exampleCid('job'), total: coins(total), until: at(dayMs) },
  )
  const outcome = evolveAllocation(undefined, given)
  if (!outcome.ok) throw new Error(outcome.code)
  return outcome.value
}
const budget = (total: bigint) => {
  const allocation = allocationOf(total)
  return () => allocation
}
const rich = { budgetOf: budget(1_000n * perSecond) }

describe('a provider', () => {
  const busy = meter(account(), worked(7))

  it('[AC2] owes nothing under a free agreement', () => {
    const free = account({ coefficients: [coins(0), coins(0)] })
    expect(reactProvider(meter(free, worked(7)), { endedAt: at(1) }, at(intervalMs))).toEqual([])
    expect(reactRequestor(free, rich, at(intervalMs))).toEqual([])
    expect([breachOf(free, at(dayMs)), isClosed(free, at(1), at(1))]).toEqual([undefined, true])
  })

  it('[AC16] waits for the interval, then states what accrued', () => {
    expect(reactProvider(account(), {}, at(intervalMs))).toEqual([])
    expect(reactProvider(busy, {}, at(1))).toEqual([{ type: 'wake', key: `account:${agreement}`, at: at(intervalMs) }])
    const [note] = stated(reactProvider(busy, {}, at(intervalMs)))
    expect(note).toMatchObject({ kind: { type: 'payment/debit-note' }, prev: undefined })
    expect(note?.fields).toMatchObject({ totalDue: 7n * perSecond, usage: [7_000_000n], receipt: worked(7).id })
    expect(note?.fields).toMatchObject({ paymentDueAt: at(intervalMs + terms.paymentTimeoutMs) })
  })

  it('[AC16] brings an unanswered note until its deadline, and says the next one after it', () => {
    const noted = say(busy, reactProvider(busy, {}, at(intervalMs)), { author: provider, now: at(intervalMs) })
    const deadline = at(intervalMs + terms.acceptTimeoutMs)
    expect(reactProvider(noted, {}, at(intervalMs))).toMatchObject([
      { type: 'deliver', to: requestor, until: deadline },
      { type: 'wake', at: deadline },
    ])
    const more = meter(noted, worked(9))
    expect(types(reactProvider(more, {}, at(2 * intervalMs - 1)))).toEqual(['deliver', 'wake'])
    const [next] = stated(reactProvider(more, {}, at(2 * intervalMs)))
    expect(next).toMatchObject({ prev: noted.activities.get(activity)?.notes[0]?.event.id })
    expect(next?.fields).toMatchObject({ paymentDueAt: undefined }) // payable notes keep the payment timeout between them
    expect(breachOf(noted, deadline)).toEqual({ code: 'DebitNotesDeadline', since: deadline })
    expect(types(reactProvider(noted, {}, deadline))).toEqual([])
  })

  it('[AC8] never states a note that its own books would refuse, though its clock was set back', () => {
    let ahead = account()
    let noted = 0
    for (let tick = 1; tick <= 12; tick++) {
      if (tick === 4) ahead = { ...ahead, approvedAt: at(5 * intervalMs) }
      ahead = meter(ahead, worked(tick))
      const owed = reactProvider(ahead, {}, at(tick * intervalMs))
      noted += stated(owed).length
      ahead = say(ahead, owed, { author: provider, now: at(tick * intervalMs) })
    }
    expect(noted).toBe(9)
  })

  it('[AC8] [AC16] sends no notes where none were agreed, but an invoice', () => {
    const short = meter(account({ debitNoteIntervalMs: 0 }), worked(7))
    expect(reactProvider(short, {}, at(dayMs))).toEqual([])
    const [invoice] = stated(reactProvider(short, { endedAt: at(9_000) }, at(9_000)))
    expect(invoice?.fields).toMatchObject({ amount: 7n * perSecond, activities: [activity] })
  })

  it('[AC20] tells fuel and host units beside the sum: in a note its receipt’s, in the invoice those of all activities', () => {
    const metered = (name: string, told: Partial<Usage>) =>
      receipt({ activity: exampleCid(name), usage: { ...someUsage, durationUs: 1_000_000, ...told } })
    const two = meter(meter(account(), metered('a', { fuel: 5n, hostUnits: 2n })), metered('b', { fuel: 7n }))
    expect(stated(reactProvider(two, {}, at(intervalMs))).map(({ fields }) => fields)).toMatchObject([
      { fuel: 5n, hostUnits: 2n },
      { fuel: 7n, hostUnits: undefined },
    ])
    const [invoice] = stated(reactProvider(two, { endedAt: at(1) }, at(1)))
    expect(invoice?.fields).toMatchObject({ amount: 2n * perSecond, fuel: 12n, hostUnits: 2n })
  })

  it('[AC16] bills nothing where nothing accrued', () => {
    expect(reactProvider(account(), { endedAt: at(5) }, at(5))).toEqual([])
    expect(isClosed(account(), at(5), at(5))).toBe(true)
    expect(isClosed(busy, at(5), at(5))).toBe(false)
  })

  it('[AC14] [AC15] waits a day for the answer to an invoice', () => {
    const facts = { endedAt: at(0) }
    const billed = say(busy, reactProvider(busy, facts, at(0)), { author: provider, now: at(0) })
    expect(reactProvider(billed, facts, at(1))).toMatchObject([
      { type: 'deliver', until: at(dayMs) },
      { type: 'wake', at: at(dayMs) },
    ])
    expect(reactProvider(billed, facts, at(dayMs))).toEqual([])
    expect(breachOf(billed, at(dayMs))).toMatchObject({ code: 'InvoiceNotAccepted' })
    expect([isClosed(billed, at(0), at(2 * dayMs - 1)), isClosed(billed, at(0), at(2 * dayMs))]).toEqual([false, true])
  })
})

describe('a requestor', () => {
  const noted = (seconds: number, verified: number): Account => {
    const theirs = meter(account(), worked(seconds))
    const ours = verified > 0 ? meter(account(), worked(verified)) : account()
    return say(ours, reactProvider(theirs, {}, at(intervalMs)), {
      author: provider,
      now: at(intervalMs),
      me: requestor,
    })
  }

  it('[AC18] accepts what its own receipts come to, and pays by doing so', () => {
    const [answer] = stated(reactRequestor(noted(7, 7), rich, at(intervalMs)))
    expect(answer).toMatchObject({ kind: { type: 'payment/debit-note-accepted' } })
    expect(answer?.fields).toMatchObject({
      total: 7n * perSecond,
      channel: { payee: provider, sequence: 1, total: 7n * perSecond },
    })
  })

  it('[AC18] tolerates two in a hundred, or what it is told to', () => {
    expect(types(reactRequestor(noted(10.2, 10), rich, at(intervalMs)))).toEqual(['payment/debit-note-accepted'])
    expect(types(reactRequestor(noted(10.3, 10), rich, at(intervalMs)))).toEqual(['wake'])
    const exact = { ...rich, tolerancePermille: 0 }
    expect(types(reactRequestor(noted(10.2, 10), exact, at(intervalMs)))).toEqual(['wake'])
  })

  it('[AC18] brings what it accepted of a note also where the invoice came meanwhile, until that one is accepted', () => {
    const now = at(intervalMs)
    const bill = reactProvider(meter(noted(7, 7), worked(20)), { endedAt: now }, now)
    let ours = say(noted(7, 7), reactRequestor(noted(7, 7), rich, now), { author: requestor, now })
    ours = say(ours, bill, { author: provider, now, me: requestor })
    const [deliver, ...rest] = reactRequestor(ours, rich, now)
    expect(deliver).toMatchObject({ type: 'deliver', event: { body: { type: 'payment/debit-note-accepted' } } })
    expect(types(rest)).toEqual(['wake'])
    const known = meter(ours, worked(20))
    const channel = { ...openChannel(requestor, provider), sequence: 1, total: coins(7n * perSecond) }
    ours = say(known, reactRequestor(known, { ...rich, channel }, now), { author: requestor, now })
    expect(reactRequestor(ours, rich, now)).toMatchObject([
      { type: 'deliver', event: { body: { type: 'payment/invoice-accepted' } } },
    ])
  })

  it('[AC18] waits for receipts half of its time, then rejects with what it would accept', () => {
    const doubtful = noted(20, 10)
    const half = at(intervalMs + terms.acceptTimeoutMs / 2)
    expect(reactRequestor(doubtful, rich, at(intervalMs))).toEqual([
      { type: 'wake', key: `account:${agreement}`, at: half },
    ])
    const owed = reactRequestor(doubtful, rich, half)
    expect(stated(owed)[0]?.fields).toMatchObject({ code: 'INCORRECT_AMOUNT', total: 10n * perSecond })
    const refused = say(doubtful, owed, { author: requestor, now: half })
    expect(reactRequestor(refused, rich, half)).toMatchObject([{ type: 'deliver', to: provider }])
    expect(breachOf(refused, half)).toMatchObject({ code: 'DebitNoteRejected' })
    const later = meter(doubtful, worked(20))
    expect(types(reactRequestor(later, rich, half))).toEqual(['payment/debit-note-accepted'])
  })

  it('[AC18] rejects what nobody asked for, and what is over its budget', () => {
    const half = at(intervalMs + terms.acceptTimeoutMs / 2)
    const [unasked] = stated(reactRequestor(noted(5, 0), rich, half))
    expect(unasked?.fields).toMatchObject({ code: 'UNSOLICITED_SERVICE', total: 0n })
    const poor = { budgetOf: budget(3n * perSecond) }
    const [over] = stated(reactRequestor(noted(5, 5), poor, at(intervalMs)))
    expect(over?.fields).toMatchObject({ code: 'OVER_BUDGET', total: 3n * perSecond })
    const [nothing] = stated(reactRequestor(noted(5, 5), {}, at(intervalMs)))
    expect(nothing?.fields).toMatchObject({ code: 'OVER_BUDGET', total: 0n })
  })

  it('[AC18] answers notes of several activities from one purse, voucher after voucher', () => {
    const second = exampleCid('second')
    const work = (from: Account) => meter(meter(from, worked(4)), receipt({ ...worked(3).body, activity: second }))
    const theirs = reactProvider(work(account()), {}, at(intervalMs))
    const ours = say(work(account()), theirs, { author: provider, now: at(intervalMs), me: requestor })
    const both = stated(reactRequestor(ours, rich, at(intervalMs)))
    expect(both).toMatchObject([
      { fields: { channel: { payee: provider, sequence: 1, total: 4n * perSecond } } },
      { fields: { channel: { payee: provider, sequence: 2, total: 7n * perSecond } } },
    ])
    const tight = stated(reactRequestor(ours, { budgetOf: budget(6n * perSecond) }, at(intervalMs)))
    expect(types(tight)).toEqual(['payment/debit-note-accepted', 'payment/debit-note-rejected'])
    expect(tight[1]?.fields).toMatchObject({ code: 'OVER_BUDGET', total: 2n * perSecond })
  })

  it('[AC17] [AC18] rejects an invoice that is too high, and accepts the second that is not', () => {
    const ends = { endedAt: at(0) }
    let theirs = meter(account(), worked(20))
    let ours = meter(account(), worked(10))
    const bill = reactProvider(theirs, ends, at(0))
    theirs = say(theirs, bill, { author: provider, now: at(0) })
    ours = say(ours, bill, { author: provider, now: at(0), me: requestor })
    const half = at(terms.acceptTimeoutMs / 2)
    expect(types(reactRequestor(ours, rich, at(1)))).toEqual(['wake'])
    const no = reactRequestor(ours, rich, half)
    expect(stated(no)[0]?.fields).toMatchObject({ code: 'INCORRECT_AMOUNT', total: 10n * perSecond })
    ours = say(ours, no, { author: requestor, now: half })
    theirs = say(theirs, no, { author: requestor, now: half, me: provider })
    const second = reactProvider(theirs, ends, half)
    expect(stated(second)[0]).toMatchObject({
      fields: { amount: 10n * perSecond },
      prev: bill.length ? ours.invoice?.event.id : '',
    })
    ours = say(ours, second, { author: provider, now: half, me: requestor })
    theirs = say(theirs, second, { author: provider, now: half })
    const yes = reactRequestor(ours, rich, half)
    expect(types(yes)).toEqual(['payment/invoice-accepted'])
    theirs = say(theirs, yes, { author: requestor, now: half, me: provider })
    theirs = say(theirs, reactProvider(theirs, ends, half), { author: provider, now: half })
    expect(theirs.invoice?.status).toBe('settled')
    expect(isClosed(theirs, at(0), half)).toBe(true)
    expect(reactProvider(theirs, ends, half)).toMatchObject([{ type: 'deliver', to: requestor }])
  })

  it('[AL5] [AC14] pays an invoice that its provider brings on the last moment of its day', () => {
    const [jobEndedAt, agreementEndedAt, lastMoment] = [at(0), at(10_000), at(10_000 + dayMs - 1)]
    const worth = meter(account(), worked(7))
    expect(isClosed(worth, agreementEndedAt, lastMoment)).toBe(false)
    const kept = reactAllocation(allocationOf(100n * perSecond), { jobEndedAt, hasOpenAccounts: true }, lastMoment)
    expect(types(kept)).toEqual(['wake'])
    const bill = reactProvider(worth, { endedAt: agreementEndedAt }, lastMoment)
    const ours = say(worth, bill, { author: provider, now: lastMoment, me: requestor })
    expect(types(reactRequestor(ours, rich, lastMoment))).toEqual(['payment/invoice-accepted'])
  })

  it('[AC17] is asked a second time only once', () => {
    const ends = { endedAt: at(0) }
    let theirs = meter(account(), worked(20))
    for (const verified of [10, 5]) {
      theirs = say(theirs, reactProvider(theirs, ends, at(0)), { author: provider, now: at(0) })
      const ours = { ...meter(account(), worked(verified)), invoice: theirs.invoice }
      const no = reactRequestor(ours, rich, at(terms.acceptTimeoutMs))
      theirs = say(theirs, no, { author: requestor, now: at(0), me: provider })
    }
    expect(reactProvider(theirs, ends, at(0))).toEqual([])
    expect(breachOf(theirs, at(0))).toMatchObject({ code: 'InvoiceRejected' })
  })
})
