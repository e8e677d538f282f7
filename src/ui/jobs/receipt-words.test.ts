import { expect, it } from 'vitest'
import type { ReceiptNode } from '../../receipts/dag.ts'
import { exampleCid, exampleDid, provider, receipt, requestor } from '../../receipts/receipt.examples.ts'
import { signedTag, signedWords, witnessWords } from './receipt-words.ts'

const { id, body } = receipt({ taskCount: 64, okCount: 64 })
const node = (attested: readonly (readonly [string, readonly number[]])[]): ReceiptNode => ({
  id,
  body,
  parents: [],
  attested: attested.map(([letter, positions], at) => ({
    witness: exampleDid(letter),
    event: exampleCid(`word ${at}`),
    parent: id,
    positions,
  })),
})

it('says who stands for a receipt, and for how many of its tasks, each once', () => {
  expect(witnessWords(node([]))).toBeUndefined()
  expect(witnessWords(node([['A', [3]]]))).toBe(
    'Attested by 1 witness: 1 of 64 tasks computed again, with the same result.',
  )
  const some = [
    ['A', [3, 4]],
    ['B', [3]],
    ['A', [9]],
  ] as const
  expect(witnessWords(node(some))).toBe(
    'Attested by 2 witnesses: 3 of 64 tasks computed again, all with the same results.',
  )
})

it('says who has signed a receipt, to each party and to anybody', () => {
  const accepted = { requestor, event: exampleCid('accepted'), parent: id, sequence: 0, tasks: 64 }
  const all = [provider, requestor, exampleDid('A')]
  expect(all.map((me) => signedTag({ body }, me))).toEqual([
    'signed by you so far',
    'signed by its provider so far',
    'signed by its provider so far',
  ])
  expect(all.map((me) => signedTag({ body, accepted }, me))).toEqual(all.map(() => 'signed by both'))
  expect(signedWords({ body }, requestor)).toBe('Signed by its provider so far.')
  expect(all.map((me) => signedWords({ body, accepted }, me))).toEqual([
    'Signed by both: by you, and by its requestor, who got these results.',
    'Signed by both: by its provider, and by you, who got these results.',
    'Signed by both: by its provider, and by its requestor, who got these results.',
  ])
})
