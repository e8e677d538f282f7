import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidOf } from '../wire/cid.ts'
import { sealed } from '../wire/gate.ts'
import { inputHash, type Leaf, leafHash, merkleTree, outputHash, salt } from './merkle.ts'
import { activity, receipt } from './receipt.examples.ts'
import { encodeTaskProof, proveTask, readTaskProof, type TaskProof, taskProofOf } from './task-proof.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const inputOf = (index: number) => ({ args: [`task ${index}`], env: {}, stdin: utf8(''), files: {} })
const outputOf = (index: number) => ({ stdout: utf8(`done ${index}`), stderr: utf8(''), files: {} })
const leaves = Array.from(
  { length: 7 },
  (_, index): Leaf => ({
    index,
    salt: salt(activity, index, utf8('secret')),
    inputHash: inputHash(inputOf(index)),
    outputHash: outputHash(outputOf(index)),
    status: index === 3 ? 'failed' : 'ok',
    exitCode: index === 3 ? -1 : 0,
    fuel: 2n ** 60n + BigInt(index),
  }),
)
const tree = merkleTree(leaves.map(leafHash))
const told = receipt({ taskCount: 7, okCount: 6, failedCount: 1, root: tree.root })
const envelope = sealed(told.bytes, new Uint8Array(64))
const proofs = leaves.map((leaf, at) => taskProofOf(envelope, leaf, tree.proof(at)!))

describe('a proof of one task', () => {
  it('[TP1] goes out as bytes and comes back as it was, a task that never came to exit among them', () => {
    for (const proof of proofs) {
      const bytes = encodeTaskProof(proof)
      expect(readTaskProof(bytes)).toEqual({ ok: true, value: proof })
      expect(readTaskProof(proof)).toEqual({ ok: true, value: proof })
    }
  })

  it('[TP1] has the bytes that others have kept', () => {
    expect(cidOf(encodeTaskProof(proofs[3]!), 'dag-cbor')).toBe(
      'bafyreicq2dm6xlrmptulit7hsmkiie4b24abwobabrfozjtg6tcsl3r5ja',
    )
  })

  it('[TP1] of the largest receipt and the highest tree fits', () => {
    const path = { position: 9_999_999, leafCount: 10_000_000, siblings: new Uint8Array(24 * 32) }
    const leaf = { ...leaves[0]!, index: 9_999_999, exitCode: 2 ** 32 - 1, fuel: 2n ** 64n - 1n }
    const bytes = encodeTaskProof(taskProofOf(new Uint8Array(4_096), leaf, path))
    expect(readTaskProof(bytes)).toMatchObject({ ok: true })
    expect(readTaskProof(new Uint8Array(5_377))).toMatchObject({ ok: false, code: 'too-large' })
  })

  const strange: [string, unknown][] = [
    ['nothing', undefined],
    ['junk', utf8('junk')],
    ['a field more', { ...proofs[0], more: 1 }],
    ['another version', { ...proofs[0], version: 2 }],
    ['a salt too short', { ...proofs[0], leaf: { ...leaves[0], salt: new Uint8Array(15) } }],
    ['an exit code below −1', { ...proofs[0], leaf: { ...leaves[0], exitCode: -2 } }],
    ['a tree too high', { ...proofs[0], path: { ...proofs[0]!.path, siblings: new Uint8Array(25 * 32) } }],
  ]
  it.each(strange)('[TP1] %s is refused', (_, given) => {
    expect(readTaskProof(given)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('[TP1] whatever bytes come, the answer is a value', () => {
    const bytes = encodeTaskProof(proofs[0]!)
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bent = bytes.slice()
        bent[at]! ^= flip
        const read = readTaskProof(bent)
        if (read.ok) expect(encodeTaskProof(read.value)).toEqual(bent)
      }),
    )
  })

  it('[TP2] holds for its task under its receipt', () => {
    for (const proof of proofs) expect(proveTask(told.body, proof)).toMatchObject({ ok: true })
  })

  const bent: [string, string, Partial<TaskProof>][] = [
    ['another exit code', 'proof-root-differs', { leaf: { ...leaves[1]!, exitCode: 1 } }],
    ['more fuel', 'proof-root-differs', { leaf: { ...leaves[1]!, fuel: 2n ** 60n + 2n } }],
    ['a failure told as good', 'proof-root-differs', { leaf: { ...leaves[3]!, status: 'ok' } }],
    ['another place', 'proof-root-differs', { path: { ...proofs[1]!.path, position: 0 } }],
    ['the way of another task', 'proof-root-differs', { path: proofs[2]!.path }],
    ['a tree of another size', 'proof-size-differs', { path: { ...proofs[1]!.path, leafCount: 8 } }],
  ]
  it.each(bent)('[TP2] %s is refused', (_, code, change) => {
    expect(proveTask(told.body, { ...proofs[1]!, ...change })).toMatchObject({ ok: false, code })
  })

  it('[TP3] holds what is claimed against the hashes', () => {
    const proof = proofs[2]!
    expect(proveTask(told.body, proof, { input: inputOf(2), output: outputOf(2) })).toMatchObject({ ok: true })
    expect(proveTask(told.body, proof, { input: inputOf(1) })).toMatchObject({ ok: false, code: 'input-differs' })
    expect(proveTask(told.body, proof, { output: outputOf(1) })).toMatchObject({ ok: false, code: 'output-differs' })
  })
})
