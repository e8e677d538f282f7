import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agreement, exampleCid, exampleDid, provider, requestor } from '../receipts/receipt.examples.ts'
import type { Verified } from '../wire/event.ts'
import { type Channel, evolveChannel, netBalance, nextVoucher, openChannel, uncredited } from './channel.ts'
import { DebitNoteAccepted, type PayingBody, type Voucher } from './messages.ts'
import { coins, said, voucherOf } from './payment.examples.ts'

const paying = (channel: Voucher, by = requestor, name = 'note'): Verified<PayingBody> =>
  said(DebitNoteAccepted, by, { agreement, note: exampleCid(name), total: coins(0), channel }, exampleCid(name))
const open = openChannel(requestor, provider)
const folded = (channel: Channel, told: [Voucher, number][]): Channel =>
  told.reduce((state, [voucher, added]) => {
    const next = evolveChannel(state, paying(voucher), coins(added))
    if (!next.ok) throw new Error(next.code)
    return next.value
  }, channel)

describe('a channel', () => {
  it('[CH1] adds up vouchers of rising sequence', () => {
    const first = nextVoucher(open, coins(10))
    expect(first).toEqual(voucherOf(1, 10))
    const channel = folded(open, [[first, 10]])
    expect(nextVoucher(channel, coins(5))).toEqual(voucherOf(2, 15))
  })

  const after3 = folded(open, [[voucherOf(3, 30), 20]])
  it.each([
    ['[CH1] by another payer', 'voucher-of-other-channel', paying(voucherOf(4, 40), exampleDid('S')), 1],
    ['[CH1] for another payee', 'voucher-of-other-channel', paying(voucherOf(4, 40, requestor)), 1],
    ['[CH2] lower with a higher sequence', 'voucher-went-back', paying(voucherOf(4, 29)), 0],
    ['[CH2] higher with a lower sequence', 'voucher-went-back', paying(voucherOf(2, 31)), 0],
    ['[CH3] another one of the same sequence', 'voucher-equivocates', paying(voucherOf(3, 30), requestor, 'x'), 0],
    ['[CH3] that does not cover what it pays for', 'voucher-too-small', paying(voucherOf(4, 30)), 11],
  ])('refuses a voucher %s', (_, code, event, added) => {
    expect(evolveChannel(after3, event, coins(added))).toMatchObject({ ok: false, code })
  })

  it('[CH2] takes what was overtaken, and keeps the highest', () => {
    const caughtUp = folded(after3, [[voucherOf(2, 10), 10]])
    expect(caughtUp).toMatchObject({ sequence: 3, total: 30n, credited: 30n })
    expect([uncredited(after3), uncredited(caughtUp)]).toEqual([10n, 0n])
  })

  it('[CH1] [CH2] comes to the same whatever the order of what an honest payer says', () => {
    const sums = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 12 })
    const orders = sums.chain((all) => {
      const told: [Voucher, number][] = []
      let total = 0
      for (const [i, sum] of all.entries()) {
        total += sum
        told.push([voucherOf(i + 1, total), sum])
      }
      return fc.tuple(fc.constant(told), fc.shuffledSubarray(told, { minLength: told.length }))
    })
    fc.assert(
      fc.property(orders, ([told, otherwise]) => {
        const { latest, ...channel } = folded(open, otherwise)
        const total = told.at(-1)![0].total
        expect(channel).toMatchObject({ sequence: told.length, total, credited: total })
        expect(latest?.body.channel.sequence).toBe(told.length)
      }),
    )
  })

  it('[CH4] nets both directions', () => {
    const back: Channel = { ...openChannel(provider, requestor), total: coins(50) }
    expect(netBalance(after3, back)).toBe(-20n)
    expect(netBalance(back, after3)).toBe(20n)
  })
})
