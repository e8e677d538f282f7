import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Amount } from '../kernel/amount.ts'
import type { Verified } from '../wire/event.ts'
import { receiptDag } from './dag.ts'
import type { ReceiptBody } from './messages.ts'
import { exampleCid, exampleDid, next, provider, receipt, requestor, someUsage } from './receipt.examples.ts'

const job = exampleCid('job')
type Receipt = Verified<ReceiptBody>
const usage = (fuel: bigint) => ({ ...someUsage, fuel })

const first = receipt({ cost: 10n as Amount, usage: usage(100n) })
const second = next(first, { cost: 12n as Amount, usage: usage(150n) })
const last = next(second, { isFinal: true, outcome: 'CompletedSuccessfully' })
const other = receipt({ activity: exampleCid('other activity'), agreement: exampleCid('other agreement') })
const all: readonly Receipt[] = [first, second, last, other]
const codesOf = (receipts: readonly Receipt[]): string[] => receiptDag(job, receipts).faults.map(({ code }) => code)

describe('the graph of a job’s receipts', () => {
  it('[DG1] links each to the one it names, whatever the order in which they came', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (shuffled) => {
        const dag = receiptDag(job, [...shuffled, first])
        expect(dag).toEqual(receiptDag(job, all))
        expect(dag).toMatchObject({ missing: [], faults: [] })
        expect(new Set(dag.heads)).toEqual(new Set([last.id, other.id]))
        const parents = new Map(dag.nodes.map(({ id, parents }) => [id, parents]))
        expect(parents.get(last.id)).toEqual([second.id])
        expect(parents.get(first.id)).toEqual([])
      }),
    )
  })

  it('[DG1] tells what each frame alone added', () => {
    const rose = new Map(receiptDag(job, all).nodes.map((node) => [node.id, node.rose]))
    expect(rose.get(first.id)).toMatchObject({ fuel: 100n, cost: 10n })
    expect(rose.get(second.id)).toMatchObject({ fuel: 50n, cost: 2n })
    expect(rose.get(last.id)).toMatchObject({ fuel: 0n, cost: 0n })
  })

  it('[DG1] says what is named and not there', () => {
    const dag = receiptDag(job, [first, last], { heads: [last.id, exampleCid('unseen')] })
    expect(new Set(dag.missing)).toEqual(new Set([second.id, exampleCid('unseen')]))
    expect(dag.nodes.find(({ id }) => id === last.id)?.rose).toBeUndefined()
    expect(dag.faults).toEqual([])
  })

  const wrong: [string, string, Receipt][] = [
    ['a gap in the places', 'receipt-out-of-order', next(second, { sequence: 4 })],
    ['a lower cost', 'receipt-usage-fell', next(second, { cost: 11n as Amount })],
    ['less fuel', 'receipt-usage-fell', next(second, { usage: usage(149n) })],
    ['one that follows the last', 'receipts-ended', next(last)],
    ['another author', 'receipt-not-yours', next(second, { author: exampleDid('S') })],
    ['another agreement', 'receipt-of-other-activity', next(second, { agreement: exampleCid('else') })],
    ['another job', 'receipt-of-other-activity', next(second, { job: exampleCid('else') })],
    ['another module', 'receipt-of-other-activity', next(second, { module: exampleCid('else') })],
    ['tasks left out', 'receipt-counts-differ', next(second, { taskCount: 2 })],
    ['a first that is not at 0', 'receipt-out-of-order', receipt({ sequence: 1, activity: exampleCid('else') })],
  ]
  it.each(wrong)('[DG2] tells of %s', (_, code, event) => {
    expect(codesOf([first, second, ...(event.body.prev === last.id ? [last] : []), event])).toContain(code)
  })

  it('[DG2] tells of a receipt that not the agreement’s provider signed', () => {
    const { faults } = receiptDag(job, [first], { providerOf: () => requestor })
    expect(faults.map(({ code, receipt }) => [code, receipt])).toEqual([['receipt-not-yours', first.id]])
    expect(receiptDag(job, [first], { providerOf: () => provider }).faults).toEqual([])
  })

  it('[DG3] [DG4] tells of two stories for one place, and of the fork that they make', () => {
    const rival = next(first, { cost: 99n as Amount, usage: usage(150n) })
    const { faults } = receiptDag(job, [first, second, rival])
    expect(faults.map(({ code }) => code)).toEqual(['receipts-equivocated', 'receipts-forked'])
    expect(new Set([faults[0]?.receipt, faults[0]?.facts['first']])).toEqual(new Set([second.id, rival.id]))
  })

  it('[DG4] accuses nobody of a fork while something between is missing', () => {
    expect(codesOf([first, last])).toEqual([])
  })
})
