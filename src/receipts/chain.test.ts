import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import { timestamp } from '../kernel/time.ts'
import type { Verified } from '../wire/event.ts'
import { equivocationOf, evolveReceipts, type ReceiptChain, recentReceipts } from './chain.ts'
import type { ReceiptBody } from './messages.ts'
import { exampleCid, exampleDid, facts, next, provider, receipt, requestor, someUsage } from './receipt.examples.ts'
import type { ReceiptRefusal } from './rules.ts'

const folded = (events: readonly Verified<ReceiptBody>[]): ReceiptChain | undefined => {
  let chain: ReceiptChain | undefined
  for (const event of events) {
    const outcome = evolveReceipts(chain, event, facts)
    if (outcome.ok) chain = outcome.value
  }
  return chain
}
const refusalOf = (chain: ReceiptChain | undefined, event: Verified<ReceiptBody>): string | undefined => {
  const outcome = evolveReceipts(chain, event, facts)
  return outcome.ok ? undefined : outcome.code
}

const first = receipt({ taskCount: 3, okCount: 2, failedCount: 1, cost: 10n as Amount })
const second = next(first, { taskCount: 1, okCount: 1, failedCount: 0, cost: 12n as Amount })
const last = next(second, { isFinal: true, outcome: 'CompletedSuccessfully' })

describe('a chain of receipts', () => {
  it('[RC5] grows by one receipt after another and sums their tasks', () => {
    const chain = folded([first, second, last])
    expect(chain).toMatchObject({ taskCount: 4, okCount: 3, failedCount: 1, cost: 12n, isFinal: true, provider })
    expect(chain?.latest.id).toBe(last.id)
  })

  const wrongBeginnings: [string, ReceiptRefusal, Verified<ReceiptBody>][] = [
    ['[RC1] from the requestor', 'receipt-not-yours', receipt({ author: requestor })],
    ['[RC1] from a stranger', 'receipt-not-yours', receipt({ author: exampleDid('S') })],
    ['[RC2] of another agreement', 'receipt-of-other-activity', receipt({ agreement: exampleCid('other') })],
    ['[RC2] for another requestor', 'receipt-of-other-activity', receipt({ requestor: exampleDid('S') })],
    ['[RC3] with tasks left out', 'receipt-counts-differ', receipt({ taskCount: 2, okCount: 1 })],
    ['[RC3] ending before it starts', 'receipt-times-reversed', receipt({ startedAt: timestamp(9_000) })],
    ['[RC4] ended, yet not final', 'receipt-outcome-contradicts', receipt({ outcome: 'Failed' })],
    ['[RC4] final, yet running', 'receipt-outcome-contradicts', receipt({ isFinal: true })],
    ['[RC5] beginning at 1', 'receipt-out-of-order', receipt({ sequence: 1 })],
    ['[RC5] naming one before the first', 'receipt-out-of-order', receipt({ prev: first.id })],
  ]
  it.each(wrongBeginnings)('%s is refused', (_, code, event) => {
    expect(refusalOf(undefined, event)).toBe(code)
  })

  const wrongSequels: [string, ReceiptRefusal, Verified<ReceiptBody>][] = [
    ['[RC2] another activity', 'receipt-of-other-activity', next(second, { activity: exampleCid('other') })],
    ['[RC2] another job', 'receipt-of-other-activity', next(second, { job: exampleCid('other') })],
    ['[RC2] another module', 'receipt-of-other-activity', next(second, { module: exampleCid('other') })],
    ['[RC5] a gap', 'receipt-out-of-order', next(second, { sequence: 3 })],
    ['[RC5] a wrong predecessor', 'receipt-out-of-order', next(second, { prev: first.id })],
    ['[RC5] no predecessor', 'receipt-out-of-order', next(second, { prev: undefined })],
    ['the same again', 'receipt-known', second],
    ['[RC8] a lower cost', 'receipt-usage-fell', next(second, { cost: 11n as Amount })],
    ...(['durationUs', 'memoryBytes', 'bytesIn', 'bytesOut'] as const).map(
      (counter): [string, ReceiptRefusal, Verified<ReceiptBody>] => [
        `[RC8] a lower ${counter}`,
        'receipt-usage-fell',
        next(second, { usage: { ...someUsage, [counter]: someUsage[counter] - 1 } }),
      ],
    ),
  ]
  it.each(wrongSequels)('%s is refused', (_, code, event) => {
    expect(refusalOf(folded([first, second]), event)).toBe(code)
  })

  it('[RC8] a counter once measured stays measured', () => {
    const measured = receipt({ usage: { ...someUsage, fuel: 0n } })
    expect(refusalOf(folded([measured]), next(measured, { usage: someUsage }))).toBe('receipt-usage-fell')
    expect(refusalOf(folded([measured]), next(measured))).toBeUndefined()
  })

  it('[RC6] nothing follows the last', () => {
    expect(refusalOf(folded([first, second, last]), next(last))).toBe('receipts-ended')
  })

  it('[RC7] a second receipt for one place is kept as proof and ends the chain', () => {
    const rival = next(first, { taskCount: 9, okCount: 9, cost: 99n as Amount })
    const chain = folded([first, second, rival])
    const ids = [chain?.equivocation?.first.id, chain?.equivocation?.second.id]
    expect(ids).toEqual([second.id, rival.id].sort())
    expect(chain).toMatchObject({ cost: 12n, taskCount: 4 })
    expect(refusalOf(chain, next(second))).toBe('receipts-equivocated')
    expect(folded([first, rival, second])?.equivocation).toEqual(chain?.equivocation)
  })

  it('[RC7] also after the last, and never against a different author or place', () => {
    const rival = next(second, { isFinal: true, outcome: 'Failed' })
    expect(folded([first, second, last, rival])?.equivocation).toBeDefined()
    expect(equivocationOf(first, second)).toBeUndefined()
    expect(equivocationOf(first, first)).toBeUndefined()
    expect(equivocationOf(first, receipt({ author: requestor }))).toBeUndefined()
  })

  it('[RC5] [RC8] whatever comes in whatever order, what is folded is one rising chain', () => {
    const honest: Verified<ReceiptBody>[] = [receipt({ cost: 1n as Amount })]
    for (let i = 1; i < 40; i++) honest.push(next(honest[i - 1]!, { cost: BigInt(i + 1) as Amount }))
    const place = fc.nat({ max: honest.length - 1 })
    const picked = fc.array(place, { maxLength: 120 }).map((places) => places.map((at) => honest[at]!))
    fc.assert(
      fc.property(picked, (events) => {
        const chain = folded([...events, ...honest])
        expect(chain?.latest.id).toBe(honest.at(-1)!.id)
        expect(chain?.recent.length).toBeLessThanOrEqual(recentReceipts)
        expect(chain?.cost).toBe(40n)
      }),
      { numRuns: 50 },
    )
  })
})
