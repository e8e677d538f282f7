import { describe, expect, it } from 'vitest'
import { type Cid, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { blockBytes, chunksOf, isManifest, manifestsOf, mostChildren, readManifest } from './manifest.ts'

const block = (n: number): Cid => cidOf(new Uint8Array([n, n >> 8, n >> 16]), 'raw')
const limits = { mostBytes: 2 ** 40 }

describe('manifest', () => {
  it('[CN1] cuts a file into blocks of 256 KiB and what remains', () => {
    const sizes = (length: number) => chunksOf(new Uint8Array(length)).map((chunk) => chunk.length)
    expect(sizes(0)).toEqual([0])
    expect(sizes(1)).toEqual([1])
    expect(sizes(blockBytes)).toEqual([blockBytes])
    expect(sizes(2 * blockBytes + 5)).toEqual([blockBytes, blockBytes, 5])
  })

  it('[CN2] names a file of one block by that block', () => {
    expect(manifestsOf([block(1)], 3)).toEqual({ root: block(1), manifests: [] })
    expect(isManifest(block(1))).toBe(false)
  })

  it('[CN3] names a larger file by its manifest, the same everywhere', () => {
    const { root, manifests } = manifestsOf([block(1), block(2)], blockBytes + 7)
    expect(isManifest(root)).toBe(true)
    expect(root).toBe('bafyreialclocc2u5oqx4clr52gxviekt7yhfdnjctu5uoxowir4rbbzpsa')
    expect(manifests).toHaveLength(1)
    expect(readManifest(manifests[0]!.bytes, limits)).toEqual({
      ok: true,
      value: {
        sizeBytes: blockBytes + 7,
        parts: [
          { cid: block(1), offset: 0, sizeBytes: blockBytes },
          { cid: block(2), offset: blockBytes, sizeBytes: 7 },
        ],
      },
    })
  })

  it.each([2_000, 2_001, 2_002, 4_000, 4_001])(
    '[CN4] lists %i blocks so that every one is found at its place',
    (count) => {
      const blocks = Array.from({ length: count }, (_, n) => block(n))
      const sizeBytes = (count - 1) * blockBytes + 9
      const { root, manifests } = manifestsOf(blocks, sizeBytes)
      const stored = new Map(manifests.map(({ cid, bytes }) => [cid, bytes]))
      const found: { cid: Cid; offset: number; sizeBytes: number }[] = []
      const read = (cid: Cid, expected: { sizeBytes?: number; offset?: number }): void => {
        const bytes = stored.get(cid)!
        expect(bytes.length).toBeLessThan(blockBytes)
        const manifest = readManifest(bytes, { ...expected, ...limits })
        if (!manifest.ok) throw new Error(JSON.stringify(manifest))
        for (const part of manifest.value.parts) isManifest(part.cid) ? read(part.cid, part) : found.push(part)
      }
      read(root, {})
      expect(found.map(({ cid }) => cid)).toEqual(blocks)
      expect(found.map(({ offset }) => offset)).toEqual(blocks.map((_, n) => n * blockBytes))
      expect(found.at(-1)?.sizeBytes).toBe(9)
      expect(manifests.length).toBe(
        count <= mostChildren ? 1 : 1 + Math.ceil(count / mostChildren) - (count % mostChildren === 1 ? 1 : 0),
      )
    },
  )

  const good = {
    type: 'file',
    version: 1,
    sizeBytes: blockBytes + 1,
    chunkBytes: blockBytes,
    chunks: [block(1), block(2)],
  }
  const manifestName = cidOf(encode(good), 'dag-cbor')
  it.each([
    ['another type', { ...good, type: 'folder' }],
    ['another version', { ...good, version: 2 }],
    ['an unknown field', { ...good, name: 'x' }],
    ['too few blocks for its size', { ...good, sizeBytes: 3 * blockBytes }],
    ['too many blocks for its size', { ...good, sizeBytes: blockBytes }],
    ['one child only', { ...good, sizeBytes: 5, chunks: [block(1)] }],
    ['no children', { ...good, sizeBytes: 0, chunks: [] }],
    ['children of an odd size', { ...good, chunkBytes: 1_000, sizeBytes: 2_000 }],
    ['no bytes at all in a child', { ...good, chunkBytes: 0 }],
    ['a manifest where a block should be', { ...good, chunks: [block(1), manifestName] }],
    ['a block where a manifest should be', { ...good, chunkBytes: blockBytes * 2_000, sizeBytes: blockBytes * 2_002 }],
    ['a child that is no name', { ...good, chunks: ['bafy', block(2)] }],
    ['a size below nothing', { ...good, sizeBytes: -1 }],
  ])('[CN5] refuses a manifest with %s', (_, manifest) => {
    expect(readManifest(encode(manifest), limits)).toMatchObject({ ok: false, code: 'content-malformed' })
  })

  it('[CN5] refuses what its parent did not say, chains of manifests, and what is too large', () => {
    const bytes = encode(good)
    expect(readManifest(bytes, { ...limits, sizeBytes: blockBytes + 1 })).toMatchObject({ ok: true })
    expect(readManifest(bytes, { ...limits, sizeBytes: blockBytes + 2 })).toMatchObject({ code: 'content-malformed' })
    expect(readManifest(bytes, { mostBytes: blockBytes })).toMatchObject({ code: 'content-too-large' })
    const deep = {
      ...good,
      chunkBytes: blockBytes * 2_000,
      sizeBytes: blockBytes * 4_000,
      chunks: [manifestName, manifestName],
    }
    expect(readManifest(encode(deep), limits)).toMatchObject({ ok: true })
    expect(readManifest(encode(deep), { ...limits, sizeBytes: blockBytes * 4_000 })).toMatchObject({
      code: 'content-malformed',
    })
  })

  it('[CN5] refuses bytes that are no manifest', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array([1, 2, 3]), encode([1]), encode(null)])
      expect(readManifest(bytes, limits)).toMatchObject({ ok: false, code: 'content-malformed' })
  })
})
