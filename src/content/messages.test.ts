import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../kernel/bytes.ts'
import { cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import { blockBytes } from './manifest.ts'
import { type BlocksMessage, blocksProtocol, decodeMessage, encodeBlock, encodeMessage } from './messages.ts'

const cid = cidOf(new Uint8Array([1]), 'raw')

describe('messages between fetcher and server', () => {
  it('[CN7] come back as they were said', () => {
    const messages: BlocksMessage[] = [
      { type: 'want', cids: [cid] },
      { type: 'have', cids: [] },
      { type: 'block', cid, bytes: new Uint8Array([1, 2]) },
      { type: 'done' },
      { type: 'error', code: 'store-failed' },
    ]
    for (const message of messages) expect(decodeMessage(encodeMessage(message))).toEqual({ ok: true, value: message })
  })

  it('[CN7] fit into a frame at their largest', () => {
    const block = encodeMessage({ type: 'block', cid, bytes: new Uint8Array(blockBytes) })
    const want = encodeMessage({ type: 'want', cids: Array(256).fill(cid) })
    expect(Math.max(block.length, want.length)).toBeLessThanOrEqual(blocksProtocol.maxFrameBytes)
  })

  it.each([0, 1, 0xffff, 0x1_0000, blockBytes])('[CN7] say a block of %i bytes in parts as they do whole', (size) => {
    const block: BlocksMessage = { type: 'block', cid, bytes: new Uint8Array(size).fill(7) }
    const frame = concatBytes(encodeBlock(cid, block.bytes))
    expect(equalBytes(frame, encodeMessage(block))).toBe(true)
    const read = decodeMessage(frame)
    expect(read.ok && read.value.type === 'block' && equalBytes(read.value.bytes, block.bytes)).toBe(true)
  })

  it('[CN9] a long block cut short, or with a byte too many, is malformed', () => {
    const frame = encodeMessage({ type: 'block', cid, bytes: new Uint8Array(100_000) })
    for (const torn of [frame.subarray(0, -1), concatBytes([frame, new Uint8Array(1)])])
      expect(decodeMessage(torn)).toMatchObject({ ok: false, code: 'malformed' })
    const misnamed = new Uint8Array(frame).fill(0x21, 8, 60)
    expect(decodeMessage(misnamed)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it.each([
    ['too many names', { type: 'want', cids: Array(257).fill(cid) }],
    ['a name that is none', { type: 'want', cids: ['x'] }],
    ['a block too large', { type: 'block', cid, bytes: new Uint8Array(blockBytes + 1) }],
    ['an unknown type', { type: 'give' }],
    ['an unknown field', { type: 'done', why: 'x' }],
    ['an unknown code', { type: 'error', code: 'tired' }],
    ['no object', 3],
  ])('[CN9] with %s are malformed', (_, message) => {
    expect(decodeMessage(encode(message))).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('[CN9] junk is malformed and never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeMessage(bytes)))
  })
})
