import { describe, expect, it } from 'vitest'
import { timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { receiptDag } from './dag.ts'
import { exampleCid, exampleDid, next, provider, receipt, requestor } from './receipt.examples.ts'
import { type AskedBody, type AttestedBody, ResultAttested, WitnessAsked } from './witness.ts'
import { type Word, wordFault, wordsFor } from './words.ts'

const job = exampleCid('job')
const one = receipt({ taskCount: 4, okCount: 4 })
const witness = exampleDid('W')
const at = (ms: number) => timestamp(one.body.issuedAt + ms)

type Told = Partial<Omit<AttestedBody, 'asked'>> & { question?: Partial<AskedBody> | 'none'; about?: typeof one }
/** A word that is right, but for what is told otherwise. */
function word({ question = {}, about = one, author = witness, issuedAt = at(0), ...told }: Told = {}): Word {
  const fields = {
    to: requestor,
    receipt: about.id,
    job: about.body.job,
    activity: about.body.activity,
    positions: [1, 3],
    ...told,
  }
  const event = ResultAttested.author({ author, issuedAt }, { ...fields, asked: new Uint8Array(1) })
  if (question === 'none') return { event, asked: undefined }
  const asked = WitnessAsked.author({ author: requestor, issuedAt }, { ...fields, to: author, positions: [0, 1, 3] })
  return { event, asked: { ...asked.body, ...question } as AskedBody }
}
const faultOf = ({ event, asked }: Word): string | undefined => wordFault(one, event.body, asked)

describe('a word of a witness, to anybody', () => {
  it('[WN5] [WN6] counts for its receipt, which is its parent in the graph', () => {
    const said = word()
    expect(faultOf(said)).toBeUndefined()
    const { nodes, refused } = receiptDag(job, [one], { words: [said, said, word()] })
    const attested = [{ witness, event: said.event.id, parent: one.id, positions: [1, 3] }]
    expect(nodes).toMatchObject([{ id: one.id, attested }])
    expect(refused).toEqual([])
  })

  const other = exampleCid('other')
  const wrong: [string, string, Told][] = [
    ['another receipt', 'attestation-of-another', { receipt: other }],
    ['another job', 'attestation-of-another', { job: other }],
    ['another activity', 'attestation-of-another', { activity: other }],
    ['another requestor', 'attestation-of-another', { to: witness }],
    ['tasks that there are not', 'attestation-beyond-frame', { positions: [4] }],
    ['no task', 'attestation-beyond-frame', { positions: [] }],
    ['its own receipt', 'witness-of-oneself', { author: provider }],
    ['its own job', 'witness-of-oneself', { author: requestor }],
    ['something to come', 'attestation-late', { issuedAt: timestamp(one.body.issuedAt - 600_001) }],
    ['something long over', 'attestation-late', { issuedAt: at(24 * 3_600_000 + 1) }],
    ['what nobody asked', 'attestation-not-asked', { question: 'none' }],
    ['what another asked', 'attestation-not-asked', { question: { author: witness } }],
    ['what another was asked', 'attestation-not-asked', { question: { to: exampleDid('X') } }],
    ['what it was asked of another receipt', 'attestation-not-asked', { question: { receipt: other } }],
    ['more than it was asked', 'attestation-not-asked', { question: { positions: [1] } }],
  ]
  it.each(wrong)('[WN6] says nothing of %s', (_, code, told) => expect(faultOf(word(told))).toBe(code))

  it('[WN7] is no fault of the receipt where it does not count', () => {
    const bad = word({ positions: [9] })
    const dag = receiptDag(job, [one], { words: [bad] })
    expect(dag).toMatchObject({ faults: [], nodes: [{ id: one.id }] })
    expect(dag.nodes[0]?.attested).toBeUndefined()
    const refused = { receipt: one.id, attestation: bad.event.id, witness, code: 'attestation-beyond-frame' }
    expect(dag.refused).toEqual([refused])
  })

  it('[WN7] of an eighth witness is not taken, and a second of one that is there is', () => {
    const eight = Array.from({ length: 8 }, (_, i) => word({ author: exampleDid('ABCDEFGH'[i]!), issuedAt: at(i) }))
    const again = word({ author: exampleDid('A'), positions: [0], issuedAt: at(9) })
    const { attested, refused } = wordsFor(one, [again, ...eight.toReversed()], { marksOf: () => [] })
    expect(new Set(attested.map((one) => one.witness)).size).toBe(7)
    expect(attested).toHaveLength(8)
    expect(refused).toMatchObject([{ witness: exampleDid('H'), code: 'too-many-witnesses' }])
  })

  it('[WN8] of two of one address range the first counts, and none of who shares one with a party', () => {
    const [first, second, other] = ['A', 'B', 'C'].map((letter, i) =>
      word({ author: exampleDid(letter), issuedAt: at(i) }),
    )
    const more = word({ author: exampleDid('A'), positions: [0], issuedAt: at(3) })
    const ranges = new Map([
      [exampleDid('A'), 'net 1'],
      [exampleDid('B'), 'net 1'],
      [exampleDid('C'), 'net 2'],
      [provider, 'net 2'],
    ])
    const marksOf = (did: Did) => [ranges.get(did) ?? []].flat()
    const { nodes, refused } = receiptDag(job, [one], { words: [second!, first!, other!, more], marksOf })
    expect(nodes[0]?.attested?.map(({ event }) => event)).toEqual([first!.event.id, more.event.id])
    expect(refused.map(({ witness, code }) => [witness, code])).toEqual([
      [exampleDid('B'), 'witness-not-independent'],
      [exampleDid('C'), 'witness-not-independent'],
    ])
  })

  it('[WN7] for both of two receipts of one place counts for neither', () => {
    const [first, rival] = [
      next(one, { taskCount: 4, okCount: 4 }),
      next(one, { taskCount: 4, okCount: 3, failedCount: 1 }),
    ]
    const both = [word({ about: first }), word({ about: rival, positions: [3] })]
    const fine = word({ about: rival, author: exampleDid('X'), positions: [3] })
    const { nodes, refused } = receiptDag(job, [one, first, rival], { words: [...both, fine] })
    expect(nodes.flatMap(({ attested = [] }) => attested)).toMatchObject([{ witness: exampleDid('X') }])
    expect(refused.map(({ code }) => code)).toEqual(['attestation-contradicted', 'attestation-contradicted'])
  })
})
