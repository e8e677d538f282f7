import { describe, expect, it } from 'vitest'
import { maxAmount } from '../kernel/amount.ts'
import { timestamp } from '../kernel/time.ts'
import { activity, agreement, exampleCid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { AnyEventKind } from '../wire/event.ts'
import { open, prove, registry, sealed } from '../wire/gate.ts'
import {
  Allocated,
  DebitNote,
  DebitNoteAccepted,
  DebitNoteRejected,
  Invoice,
  InvoiceAccepted,
  InvoiceRejected,
  mostActivities,
  paymentEvents,
  Released,
  rejectionCodes,
  Settled,
} from './messages.ts'

const known = registry(paymentEvents)
const latest = timestamp(2 ** 48)
const head = { author: provider, issuedAt: latest, prev: exampleCid('before') }
const signature = new Uint8Array(64)
const channel = { payee: provider, sequence: Number.MAX_SAFE_INTEGER, total: maxAmount }
const rejection = { agreement, code: rejectionCodes[3], message: '“'.repeat(256), total: maxAmount }
const ids = Array.from({ length: mostActivities }, (_, i) => exampleCid(`activity ${i}`))

/** The largest event of every kind. */
const largest = [
  [Allocated, Allocated.author(head, { job: exampleCid('job'), total: maxAmount, until: latest })],
  [Released, Released.author(head, { job: exampleCid('job'), allocation: exampleCid('allocation') })],
  [
    DebitNote,
    DebitNote.author(head, {
      agreement,
      activity,
      to: requestor,
      totalDue: maxAmount,
      usage: Array.from({ length: 8 }, () => 2n ** 64n - 1n),
      fuel: 2n ** 64n - 1n,
      hostUnits: 2n ** 64n - 1n,
      paymentDueAt: latest,
      receipt: exampleCid('receipt'),
    }),
  ],
  [DebitNoteAccepted, DebitNoteAccepted.author(head, { agreement, note: activity, total: maxAmount, channel })],
  [DebitNoteRejected, DebitNoteRejected.author(head, { ...rejection, note: activity })],
  [
    Invoice,
    Invoice.author(head, { agreement, to: requestor, activities: ids, amount: maxAmount, paymentDueAt: latest }),
  ],
  [InvoiceAccepted, InvoiceAccepted.author(head, { agreement, invoice: activity, total: maxAmount, channel })],
  [InvoiceRejected, InvoiceRejected.author(head, { ...rejection, invoice: activity })],
  [
    Settled,
    Settled.author(head, {
      agreement,
      invoice: activity,
      total: maxAmount,
      platform: 'p'.repeat(48),
      reference: 'r'.repeat(128),
    }),
  ],
] as const

describe('the events of payment', () => {
  it('[RG1] are all here', () => {
    expect(largest.map(([kind]) => kind.type)).toEqual(paymentEvents.map(({ type }) => type))
  })

  it.each(largest.map(([kind, event]) => [kind.type, kind as AnyEventKind, event] as const))(
    '[WI5] [WI10] the largest %s passes the gate as it was said',
    (_, kind, event) => {
      expect(event.bytes.length).toBeLessThanOrEqual(kind.maxBytes)
      const opened = open(known, sealed(event.bytes, signature))
      expect(opened.ok ? prove(opened.value, true) : opened).toMatchObject({
        ok: true,
        value: { id: event.id, body: event.body },
      })
    },
  )

  it('[ND9] the two that stay at home are never taken from a peer', () => {
    expect([Allocated, Released].map(({ perPeer }) => perPeer.count)).toEqual([0, 0])
  })

  it.each([
    ['an unknown field', DebitNote.author(head, { ...largest[2][1].body, more: 1 } as never)],
    ['a sum that is no amount', DebitNote.author(head, { ...largest[2][1].body, totalDue: 2n ** 63n } as never)],
    ['too many activities', Invoice.author(head, { ...largest[5][1].body, activities: [...ids, activity] })],
    ['a code of its own', DebitNoteRejected.author(head, { ...largest[4][1].body, code: 'NO' } as never)],
  ])('[WI5] refuse %s', (_, event) => {
    expect(open(known, sealed(event.bytes, signature))).toMatchObject({ ok: false })
  })
})
