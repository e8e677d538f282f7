import { describe, expect, it } from 'vitest'
import { after } from '../kernel/time.ts'
import { activity, agreement, exampleCid, exampleDid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { Verified } from '../wire/event.ts'
import {
  type Account,
  acceptedOf,
  accruedOf,
  dueOf,
  exposure,
  hasFolded,
  mayGoOn,
  meter,
  openAccount,
  owedOf,
} from './account.ts'
import { type DocumentStatus, documentMachine, isUnanswered } from './document.ts'
import { evolveAccount } from './evolve.ts'
import {
  type AccountBody,
  DebitNote,
  DebitNoteAccepted,
  DebitNoteRejected,
  Invoice,
  InvoiceAccepted,
  InvoiceRejected,
  Settled,
} from './messages.ts'
import { account, coins, intervalMs, openedAt, said, terms, voucherOf, worked } from './payment.examples.ts'
import { type AccountRefusal, partyOf } from './rules.ts'

const stranger = exampleDid('S')
/** At a credit a second, a microsecond is a micro-credit. */
const owing = (total: number) => ({ totalDue: coins(total), usage: [BigInt(total)] })
const noteFields = { agreement, activity, to: requestor, ...owing(100) }
const note = said(DebitNote, provider, noteFields)
const note2 = said(DebitNote, provider, { ...noteFields, ...owing(150) }, note.id)
const yes = { agreement, note: note.id, total: coins(100), channel: voucherOf(1, 100) }
const no = { agreement, code: 'INCORRECT_AMOUNT' as const, message: '', total: coins(0) }
const accepted = said(DebitNoteAccepted, requestor, yes, note.id)
const rejected = said(DebitNoteRejected, requestor, { ...no, note: note.id }, note.id)
const bill = { agreement, to: requestor, activities: [activity], amount: coins(200), paymentDueAt: openedAt }
const invoice = said(Invoice, provider, bill)
const billYes = { agreement, invoice: invoice.id, total: coins(200), channel: voucherOf(2, 200) }
const invoiceYes = said(InvoiceAccepted, requestor, billYes, invoice.id)
const invoiceNo = said(InvoiceRejected, requestor, { ...no, invoice: invoice.id, total: coins(150) }, invoice.id)
const done = { agreement, invoice: invoice.id, total: coins(200), platform: 'credits' }
const settled = said(Settled, provider, done, invoiceYes.id)

const fold = (from: Account, event: Verified<AccountBody>, atMs = 0) =>
  evolveAccount(from, event, { at: after(openedAt, atMs), me: requestor })
function folded(events: readonly Verified<AccountBody>[], from = account()): Account {
  return events.reduce((state, event) => {
    const next = fold(state, event)
    if (!next.ok) throw new Error(next.code)
    return next.value
  }, from)
}
const refusalOf = (from: Account, event: Verified<AccountBody>, atMs = 0): string | undefined => {
  const next = fold(from, event, atMs)
  return next.ok ? undefined : next.code
}

describe('the status of a document', () => {
  it('[PD1] has answers that are final, in every state and for every event', () => {
    const table: Record<DocumentStatus, string[]> = {
      issued: ['receive', 'accept', 'reject', 'cancel'],
      received: ['accept', 'reject', 'cancel'],
      accepted: ['settle', 'fail'],
      failed: ['settle'],
      rejected: [],
      settled: [],
      cancelled: [],
    }
    for (const state of documentMachine.states) {
      for (const event of documentMachine.events) {
        expect(documentMachine.next(state, event) !== undefined).toBe(table[state].includes(event))
      }
      expect(isUnanswered(state)).toBe(state === 'issued' || state === 'received')
    }
  })
})

describe('an account', () => {
  it('[AC4] [AC7] [AC10] [AC12] [AC13] goes from note to settlement', () => {
    const end = folded([note, note2, accepted, invoice, invoiceYes, settled])
    expect(end.invoice?.status).toBe('settled')
    expect(end.settled?.event.id).toBe(settled.id)
    expect([dueOf(end), acceptedOf(end)]).toEqual([150n, 200n])
  })

  it('[AC1] opens only under terms that can be priced', () => {
    const opening = { agreement, requestor, provider, approvedAt: openedAt }
    const unknown = { ...terms, usageVector: ['golem.usage.moonlight'] }
    expect(openAccount({ ...opening, terms: unknown })).toMatchObject({ code: 'counter-unknown' })
    const short = { ...terms, coefficients: [coins(1)] }
    expect(openAccount({ ...opening, terms: short })).toMatchObject({ code: 'usage-length-differs' })
  })

  it('[AC2] owes nothing where nothing is priced', () => {
    for (const free of [account({ coefficients: [coins(0), coins(0)] }), account({ platform: 'none' })]) {
      expect(refusalOf(free, note)).toBe('agreement-is-free')
      expect(meter(free, worked(5))).toBe(free)
      expect(mayGoOn(free, coins(0))).toBe(true)
    }
  })

  it('[AC3] [AC5] accrues by receipts, and stops at the credit limit', () => {
    const busy = meter(meter(account(), worked(3)), worked(5))
    expect([accruedOf(busy), exposure(busy)]).toEqual([5_000_000n, 5_000_000n])
    expect(meter(busy, worked(4))).toBe(busy)
    expect([mayGoOn(busy, coins(5_000_001)), mayGoOn(busy, coins(5_000_000))]).toEqual([true, false])
    expect(mayGoOn(account(), coins(0))).toBe(false)
    expect(accruedOf(meter(busy, worked(2, { activity: exampleCid('second') })))).toBe(7_000_000n)
  })

  it('[AC4] [AC5] is less exposed by what was accepted', () => {
    const busy = meter(folded([note, accepted]), worked(1))
    expect(exposure(busy)).toBe(999_900n)
  })

  it('[AC5] is owed nothing behind an invoice that was rejected, and is as exposed as before', () => {
    const busy = meter(folded([note, accepted]), worked(1))
    const sent = folded([invoice], busy)
    const turnedDown = folded([invoice, invoiceNo], busy)
    expect([owedOf(sent), owedOf(turnedDown), exposure(turnedDown)]).toEqual([999_900n, 0n, 999_900n])
  })

  describe('[AC6] only the right party states', () => {
    const ready: Record<AccountBody['type'], [Account, (author: typeof provider) => Verified<AccountBody>]> = {
      'payment/debit-note': [account(), (by) => said(DebitNote, by, noteFields)],
      'payment/debit-note-accepted': [folded([note]), (by) => said(DebitNoteAccepted, by, yes, note.id)],
      'payment/debit-note-rejected': [
        folded([note]),
        (by) => said(DebitNoteRejected, by, { ...no, note: note.id }, note.id),
      ],
      'payment/invoice': [account(), (by) => said(Invoice, by, bill)],
      'payment/invoice-accepted': [folded([invoice]), (by) => said(InvoiceAccepted, by, billYes, invoice.id)],
      'payment/invoice-rejected': [
        folded([invoice]),
        (by) => said(InvoiceRejected, by, { ...no, invoice: invoice.id }, invoice.id),
      ],
      'payment/settled': [folded([invoice, invoiceYes]), (by) => said(Settled, by, done, invoiceYes.id)],
    }
    const rows = Object.entries(ready) as [AccountBody['type'], (typeof ready)[AccountBody['type']]][]
    it.each(rows)('%s', (type, [state, by]) => {
      for (const author of [provider, requestor, stranger]) {
        const allowed = author === { provider, requestor }[partyOf[type]]
        expect(refusalOf(state, by(author))).toBe(allowed ? undefined : 'account-not-yours')
      }
    })
  })

  // Every event in every stage that an account can be in: what is not named here is refused.
  const stages: Record<string, [Account, Partial<Record<string, true>>]> = {
    open: [account(), { note: true, invoice: true }],
    noted: [folded([note]), { note2: true, accepted: true, rejected: true, invoice: true }],
    'note accepted': [folded([note, accepted]), { note2: true, invoice: true }],
    'note rejected': [folded([note, rejected]), { note2: true, invoice: true }],
    invoiced: [folded([note, invoice]), { accepted: true, rejected: true, invoiceYes: true, invoiceNo: true }],
    'invoice accepted': [folded([invoice, invoiceYes]), { settled: true }],
    'invoice rejected': [folded([invoice, invoiceNo]), { lower: true }],
    settled: [folded([invoice, invoiceYes, settled]), {}],
  }
  const lower = said(Invoice, provider, { ...bill, amount: coins(150) }, invoice.id)
  const moves = { note, note2, accepted, rejected, invoice, invoiceYes, invoiceNo, lower, settled }
  it.each(Object.entries(stages))(
    '[AC7] [AC9] [AC12] [AC13] when %s takes what may follow, and nothing else',
    (_, [state, may]) => {
      for (const [name, event] of Object.entries(moves))
        expect([name, fold(state, event).ok]).toEqual([name, may[name] ?? false])
    },
  )

  it('[AC20] takes an invoice of what the last receipts tell, and of more while one of them is still to come', () => {
    const { fuel, hostUnits } = worked(1).body.usage
    const ended = meter(account(), worked(1, { isFinal: true }))
    expect(fold(ended, said(Invoice, provider, { ...bill, fuel, hostUnits })).ok).toBe(true)
    const more = said(Invoice, provider, { ...bill, fuel: (fuel ?? 0n) + 8n, hostUnits })
    expect([fold(meter(account(), worked(1)), more).ok, fold(account(), more).ok]).toEqual([true, true])
  })

  const refused: [string, AccountRefusal, Account, Verified<AccountBody>][] = [
    [
      'another agreement',
      'account-unknown',
      account(),
      said(DebitNote, provider, { ...noteFields, agreement: activity }),
    ],
    [
      'a note to somebody else',
      'account-not-yours',
      account(),
      said(DebitNote, provider, { ...noteFields, to: stranger }),
    ],
    [
      '[AC20] a note whose sum is not the price of its usage',
      'note-usage-differs',
      account(),
      said(DebitNote, provider, { ...noteFields, totalDue: coins(101) }),
    ],
    [
      '[AC20] a note that counts something else than its terms do',
      'note-usage-differs',
      account(),
      said(DebitNote, provider, { ...noteFields, usage: [100n, 0n] }),
    ],
    [
      '[AC20] a note of other usage than its receipt tells',
      'note-usage-differs',
      meter(account(), worked(1)),
      said(DebitNote, provider, { ...noteFields, receipt: worked(1).id }),
    ],
    [
      '[AC20] a note of other fuel than its receipt tells',
      'note-usage-differs',
      meter(account(), worked(1)),
      said(DebitNote, provider, { ...noteFields, ...owing(1_000_000), receipt: worked(1).id, fuel: 8n }),
    ],
    ['[AC7] a note beside the chain', 'note-stale', folded([note]), said(DebitNote, provider, noteFields)],
    ['[AC7] a note after a gap', 'note-stale', account(), note2],
    [
      '[AC7] a sum that fell',
      'note-due-fell',
      folded([note]),
      said(DebitNote, provider, { ...noteFields, ...owing(99) }, note.id),
    ],
    ['[AC7] a note after the invoice', 'account-invoiced', folded([note, invoice]), note2],
    ['[AC8] a note where none was agreed', 'notes-not-agreed', account({ debitNoteIntervalMs: 0 }), note],
    ['[AC9] a second answer', 'document-answered', folded([note, accepted]), rejected],
    ['an answer to nothing', 'note-unknown', account(), accepted],
    [
      '[AC10] less than was asked',
      'acceptance-differs',
      folded([note]),
      said(DebitNoteAccepted, requestor, { ...yes, total: coins(99) }, note.id),
    ],
    [
      '[AC10] a voucher for somebody else',
      'acceptance-differs',
      folded([note]),
      said(DebitNoteAccepted, requestor, { ...yes, channel: voucherOf(1, 100, stranger) }, note.id),
    ],
    [
      '[AC10] a voucher that is too low',
      'acceptance-differs',
      folded([note]),
      said(DebitNoteAccepted, requestor, { ...yes, channel: voucherOf(1, 99) }, note.id),
    ],
    [
      '[AC11] taking back what was accepted',
      'rejection-takes-back',
      folded([note, accepted, note2]),
      said(DebitNoteRejected, requestor, { ...no, note: note2.id, total: coins(99) }, note2.id),
    ],
    [
      '[AC12] an invoice below what was accepted',
      'invoice-below-accepted',
      folded([note, accepted]),
      said(Invoice, provider, { ...bill, amount: coins(99) }),
    ],
    [
      '[AC12] an invoice without an activity',
      'invoice-incomplete',
      folded([note]),
      said(Invoice, provider, { ...bill, activities: [] }),
    ],
    [
      '[AC20] an invoice of other fuel than its last receipts tell',
      'invoice-usage-differs',
      meter(account(), worked(1, { isFinal: true })),
      said(Invoice, provider, { ...bill, fuel: 8n }),
    ],
    [
      '[AC20] an invoice of host units that no receipt tells',
      'invoice-usage-differs',
      meter(account(), worked(1, { isFinal: true })),
      said(Invoice, provider, { ...bill, fuel: worked(1).body.usage.fuel, hostUnits: 8n }),
    ],
    [
      '[AC12] an invoice with one twice',
      'invoice-incomplete',
      folded([note]),
      said(Invoice, provider, { ...bill, activities: [activity, activity] }),
    ],
    [
      '[AC12] a second invoice that is not lower',
      'invoice-not-lower',
      folded([invoice, invoiceNo]),
      said(Invoice, provider, bill, invoice.id),
    ],
    [
      '[AC13] another sum than was accepted',
      'nothing-to-settle',
      folded([invoice, invoiceYes]),
      said(Settled, provider, { ...done, total: coins(1) }, invoiceYes.id),
    ],
  ]
  it.each(refused)('refuses %s', (_, code, state, event) => {
    expect(refusalOf(state, event)).toBe(code)
  })

  it('[AC9] accepting a note accepts those that asked for no more', () => {
    const end = folded([
      note,
      note2,
      said(
        DebitNoteAccepted,
        requestor,
        { ...yes, note: note2.id, total: coins(150), channel: voucherOf(1, 150) },
        note2.id,
      ),
    ])
    expect(end.activities.get(activity)?.notes.map(({ status }) => status)).toEqual(['accepted', 'accepted'])
    expect(refusalOf(end, accepted)).toBe('document-answered')
    expect(acceptedOf(end)).toBe(150n)
  })

  it('[AC4] does not fall when a lower invoice is accepted after a note', () => {
    const down = said(InvoiceRejected, requestor, { ...no, invoice: invoice.id, total: coins(50) }, invoice.id)
    const second = said(Invoice, provider, { ...bill, amount: coins(50) }, invoice.id)
    const low = { ...billYes, invoice: second.id, total: coins(50) }
    const paid = folded([note, invoice, down, second, accepted, said(InvoiceAccepted, requestor, low, second.id)])
    expect(acceptedOf(paid)).toBe(100n)
  })

  it('[AC8] counts notes by intervals since approval, so that a late one does not make the next too soon', () => {
    let state = account()
    let last: Verified<AccountBody> | undefined
    const stated = (total: number) => said(DebitNote, provider, { ...noteFields, ...owing(total) }, last?.id)
    for (let count = 0; count < 2; count++) {
      last = stated(count)
      state = folded([last], state)
    }
    expect(refusalOf(state, stated(9), intervalMs - 1)).toBe('note-too-soon')
    expect(refusalOf(state, stated(9), intervalMs)).toBeUndefined()
    expect(refusalOf(state, stated(9), -intervalMs)).toBe('note-too-soon')
  })

  it('[AC8] remembers sixteen notes of an activity and their number', () => {
    let state = account()
    let last: Verified<AccountBody> | undefined
    for (let count = 0; count < 40; count++) {
      last = said(DebitNote, provider, { ...noteFields, ...owing(count) }, last?.id)
      const next = fold(state, last, count * intervalMs)
      if (next.ok) state = next.value
    }
    expect(state.activities.get(activity)).toMatchObject({ noteCount: 40, due: 39n })
    expect(state.activities.get(activity)?.notes).toHaveLength(16)
  })

  it('knows what it has folded', () => {
    const state = folded([note, accepted, invoice, invoiceYes, settled])
    for (const { id } of [note, accepted, invoice, invoiceYes, settled]) expect(hasFolded(state, id)).toBe(true)
    expect(hasFolded(state, note2.id)).toBe(false)
  })
})
