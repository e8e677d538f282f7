import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../wire/codec.ts'
import { inputHash, type Leaf, leafHash, merkleProof, merkleRoot, outputHash, salt, verifyProof } from './merkle.ts'
import { activity } from './receipt.examples.ts'

const sha = (...parts: (Uint8Array | string)[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}
const utf8 = (text: string) => new TextEncoder().encode(text)
const none = new Uint8Array(0)
const leaf: Leaf = {
  index: 7,
  salt: salt(activity, 7),
  inputHash: sha('in'),
  outputHash: sha('out'),
  status: 'ok',
  exitCode: 0,
}
const digests = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 })

describe('the tree over a frame', () => {
  it('[MK1] hashes a leaf under its own tag', () => {
    const fields = [leaf.index, leaf.salt, leaf.inputHash, leaf.outputHash, 'ok', 0]
    expect(leafHash(leaf)).toEqual(sha(Uint8Array.of(0), encode(fields)))
    expect(leafHash({ ...leaf, fuel: 5n })).toEqual(sha(Uint8Array.of(0), encode([...fields, 5n])))
  })

  it('[MK1] every field of a task changes its leaf', () => {
    const others: Partial<Leaf>[] = [
      { index: 8 },
      { salt: salt(activity, 8) },
      { inputHash: sha('other') },
      { outputHash: sha('other') },
      { status: 'failed' },
      { exitCode: -1 },
      { fuel: 0n },
      { fuel: 0n, hostUnits: 0n },
    ]
    const hashes = others.map((other) => Buffer.from(leafHash({ ...leaf, ...other })).toString('hex'))
    expect(new Set([Buffer.from(leafHash(leaf)).toString('hex'), ...hashes]).size).toBe(others.length + 1)
  })

  it('[MK2] hashes nodes under another tag and lets an odd one rise', () => {
    const [a, b, c] = [sha('a'), sha('b'), sha('c')] as const
    const ab = sha(Uint8Array.of(1), a, b)
    expect(merkleRoot([])).toEqual(sha(''))
    expect(merkleRoot([a])).toEqual(a)
    expect(merkleRoot([a, b])).toEqual(ab)
    expect(merkleRoot([a, b, c])).toEqual(sha(Uint8Array.of(1), ab, c))
  })

  it('[MK3] proves every leaf at its place, and at no other', () => {
    fc.assert(
      fc.property(digests, fc.nat(), (leaves, pick) => {
        const root = merkleRoot(leaves)
        const position = pick % leaves.length
        const proof = merkleProof(leaves, position)!
        expect(verifyProof(root, leaves[position]!, proof)).toBe(true)
        const moved = (position + 1) % leaves.length
        if (Buffer.compare(leaves[position]!, leaves[moved]!) !== 0) {
          expect(verifyProof(root, leaves[moved]!, proof)).toBe(false)
        }
        expect(verifyProof(root, leaves[position]!, { ...proof, siblings: [...proof.siblings, root] })).toBe(false)
        expect(verifyProof(sha('other'), leaves[position]!, proof)).toBe(false)
      }),
    )
    expect(merkleProof([sha('a')], 1)).toBeUndefined()
  })

  it('[MK3] takes junk from anybody and says no', () => {
    const root = merkleRoot([sha('a'), sha('b')])
    const junk = [
      { position: 0, leafCount: 0, siblings: [] },
      { position: -1, leafCount: 2, siblings: [sha('b')] },
      { position: Number.NaN, leafCount: 2, siblings: [sha('b')] },
      { position: 0, leafCount: Number.POSITIVE_INFINITY, siblings: [sha('b')] },
      { position: 0, leafCount: 2, siblings: [none] },
      { position: 0.5, leafCount: 2, siblings: [sha('b')] },
      { position: 0, leafCount: 2, siblings: [] },
    ]
    for (const proof of junk) expect(verifyProof(root, sha('a'), proof)).toBe(false)
  })

  it('[MK4] names an input by its contents, in whatever order they were set', () => {
    const input = { args: ['a', 'b'], env: { B: '2', A: '1' }, stdin: utf8('x'), files: { z: none, y: utf8('y') } }
    const same = { files: { y: utf8('y'), z: none }, stdin: utf8('x'), env: { A: '1', B: '2' }, args: ['a', 'b'] }
    expect(inputHash(input)).toEqual(inputHash(same))
    expect(inputHash(input)).toEqual(
      sha(encode({ args: input.args, env: input.env, files: { y: sha('y'), z: sha('') }, stdin: sha('x') })),
    )
    for (const other of [{ args: ['ab'] }, { env: {} }, { stdin: none }, { files: {} }]) {
      expect(inputHash({ ...input, ...other })).not.toEqual(inputHash(input))
    }
  })

  it('[MK4] names an output by stdout, stderr and files', () => {
    const output = { stdout: utf8('1'), stderr: utf8('2'), files: { f: utf8('3') } }
    expect(outputHash(output)).toEqual(sha(encode({ files: { f: sha('3') }, stderr: sha('2'), stdout: sha('1') })))
    expect(outputHash({ ...output, stdout: utf8('2'), stderr: utf8('1') })).not.toEqual(outputHash(output))
    const remarks = { log: utf8('4'), anchors: [utf8('5')], custom: { pages: 6n } }
    expect(outputHash({ ...output, ...remarks })).toEqual(
      sha(
        encode({
          anchors: [sha('5')],
          custom: { pages: 6 },
          files: { f: sha('3') },
          log: sha('4'),
          stderr: sha('2'),
          stdout: sha('1'),
        }),
      ),
    )
  })

  it('[MK5] salts by activity, index and secret', () => {
    expect(salt(activity, 258)).toEqual(sha(utf8(activity), Uint8Array.of(0, 0, 1, 2)).subarray(0, 16))
    expect(salt(activity, 258, utf8('s'))).toEqual(
      sha(utf8(activity), Uint8Array.of(0, 0, 1, 2), utf8('s')).subarray(0, 16),
    )
    expect(salt(activity, 1)).not.toEqual(salt(activity, 2))
  })
})
