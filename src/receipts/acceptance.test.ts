import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import type { Verified } from '../wire/event.ts'
import { type AcceptedBody, acceptedAmong, judgeAcceptance, ReceiptsAccepted } from './acceptance.ts'
import { evolveReceipts, type ReceiptChain, recentReceipts } from './chain.ts'
import { receiptDag } from './dag.ts'
import type { ReceiptBody } from './messages.ts'
import { exampleCid, exampleDid, facts, next, provider, receipt, requestor } from './receipt.examples.ts'

type Receipt = Verified<ReceiptBody>
type Told = Partial<AcceptedBody>

/** A chain of so many receipts, each of two tasks. */
function chainOf(count: number): { chain: ReceiptChain; receipts: Receipt[] } {
  const receipts: Receipt[] = [receipt({ taskCount: 2, okCount: 2 })]
  while (receipts.length < count) receipts.push(next(receipts.at(-1)!, { taskCount: 2, okCount: 2 }))
  const chain = receipts.reduce<ReceiptChain | undefined>((so, one) => {
    const folded = evolveReceipts(so, one, facts)
    return folded.ok ? folded.value : so
  }, undefined)
  return { chain: chain!, receipts }
}

/** What the requestor signs of a receipt, but for what is told otherwise. */
function over({ id, body }: Receipt, { author = requestor, issuedAt = timestamp(3_000), ...told }: Told = {}) {
  const { agreement, activity, job, sequence } = body
  const fields = { to: provider, agreement, activity, job, receipt: id, sequence, taskCount: 2 * (sequence + 1) }
  return ReceiptsAccepted.author({ author, issuedAt }, { ...fields, ...told })
}

describe('the requestor’s word on a chain, to its parties', () => {
  const { chain, receipts } = chainOf(3)
  const [first, second, last] = receipts as [Receipt, Receipt, Receipt]
  const codeOf = (said: Verified<AcceptedBody>, before?: Verified<AcceptedBody>) => {
    const judged = judgeAcceptance(chain, said.body, before?.body)
    return judged.ok ? judged.value : judged.code
  }

  it('[CS4] is the requestor’s own, about this activity, of a receipt in its place and as many tasks', () => {
    expect(codeOf(over(last))).toBe(true)
    expect(codeOf(over(first))).toBe(true)
    expect(codeOf(over(last, { author: provider }))).toBe('acceptance-not-yours')
    expect(codeOf(over(last, { author: exampleDid('S') }))).toBe('acceptance-not-yours')
    for (const field of ['agreement', 'job'] as const)
      expect(codeOf(over(last, { [field]: exampleCid('other') }))).toBe('receipt-of-other-activity')
    expect(codeOf(over(last, { to: exampleDid('S') }))).toBe('receipt-of-other-activity')
    for (const told of [{ receipt: exampleCid('none') }, { sequence: 1 }, { sequence: 3 }, { taskCount: 5 }])
      expect(codeOf(over(last, told))).toBe('receipt-not-in-chain')
    expect(judgeAcceptance(undefined, over(last).body, undefined)).toMatchObject({ code: 'receipt-not-in-chain' })
  })

  it('[CS4] replaces one for an earlier place, and says nothing new of the same', () => {
    expect(codeOf(over(last), over(second))).toBe(true)
    expect(codeOf(over(second, { issuedAt: timestamp(9_000) }), over(second))).toBe(false)
    expect(codeOf(over(first), over(second))).toBe('acceptance-outdated')
    // Of two that contradict each other one names no receipt of the chain.
    expect(codeOf(over(last, { receipt: exampleCid('rival') }), over(last))).toBe('receipt-not-in-chain')
  })

  it('[CS4] is of one of the 32 newest', () => {
    const long = chainOf(recentReceipts + 2)
    const judged = long.receipts.map((one) => judgeAcceptance(long.chain, over(one).body, undefined).ok)
    expect(judged).toEqual(long.receipts.map((_, at) => at >= 2))
  })
})

describe('the requestor’s word on a chain, to anybody', () => {
  const { receipts } = chainOf(4)
  const [first, second, third, last] = receipts as [Receipt, Receipt, Receipt, Receipt]
  const among = (all: readonly Receipt[], ...said: Verified<AcceptedBody>[]) =>
    [...acceptedAmong(new Map(all.map((one) => [one.id, one])), said)]
      .map(([id, { sequence }]) => [all.findIndex((one) => one.id === id), sequence])
      .sort()

  it('[CS6] is for the receipt that it names, its parent in the graph, and for all that this leads to', () => {
    const said = over(third)
    const { nodes } = receiptDag(exampleCid('job'), receipts, { acceptances: [said, over(first)] })
    const accepted = { requestor, event: said.id, parent: third.id, sequence: 2, tasks: 6 }
    expect(nodes.map((node) => node.accepted)).toEqual([accepted, accepted, accepted, undefined])
    // As far as it can be followed.
    expect(among([first, third, last], over(last))).toEqual([
      [1, 3],
      [2, 3],
    ])
  })

  it('[CS6] counts by names and signatures alone', () => {
    expect(among(receipts, over(last, { author: provider }))).toEqual([])
    for (const told of [
      { to: requestor },
      { sequence: 2 },
      { taskCount: 1 },
      { agreement: exampleCid('other') },
      { activity: exampleCid('other') },
      { job: exampleCid('other') },
      { receipt: exampleCid('none') },
    ])
      expect(among(receipts, over(last, told))).toEqual([])
  })

  it('[CS6] goes no further than its provider’s own receipts of the activity', () => {
    const stranger = receipt({ author: exampleDid('S') })
    const led = next(stranger)
    expect(among([stranger, led], over(led, { taskCount: 2 }))).toEqual([[1, 1]])
  })

  it('[CS7] counts for nothing where it contradicts itself', () => {
    const rival = next(second, { taskCount: 2, okCount: 2, issuedAt: 5_000 })
    const all = [...receipts, rival]
    expect(among(all, over(rival))).toEqual([
      [0, 2],
      [1, 2],
      [4, 2],
    ])
    expect(among(all, over(rival), over(last))).toEqual([])
    expect(among(all, over(rival), over(third))).toEqual([])
    expect(among(all, over(second), over(last))).toHaveLength(4)
  })
})
