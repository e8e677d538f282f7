import * as v from 'valibot'
import { ok, type Result } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import { decodeFrame, encode } from '../wire/codec.ts'
import { streamProtocol } from '../wire/protocol.ts'
import { bytes, check, cid, type Infer, list, object, oneOf, type Schema } from '../wire/schema.ts'
import { blockBytes } from './manifest.ts'

/** Names in one message: 16 KB of them, and 64 MiB of blocks. */
export const mostWanted = 256

const names = list(cid, mostWanted)
const blocksMessage = v.variant('type', [
  object({ type: v.literal('want'), cids: names }),
  object({ type: v.literal('have'), cids: names }),
  object({ type: v.literal('block'), cid, bytes: bytes(blockBytes) }),
  object({ type: v.literal('done') }),
  object({ type: v.literal('error'), code: oneOf(['malformed', 'over-quota', 'store-failed']) }),
])
export type BlocksMessage = Infer<typeof blocksMessage>

/** Fetcher and server of blocks (CN7..CN9). */
export const blocksProtocol = streamProtocol('/tabmesh/content/blocks/1', {
  maxFrameBytes: blockBytes + 256, // a block with its name and the words around it
  window: 8, // 2 MiB: a round trip of 50 ms at 40 MB/s
})

export const encodeMessage = (message: BlocksMessage): Uint8Array<ArrayBuffer> => encode(message)

/** Reads a frame from a stranger. Never throws. The bytes of a block may be a view of the frame. */
export function decodeMessage(frame: Uint8Array): Result<BlocksMessage, 'malformed'> {
  const block = decodeLong(frame)
  if (block) return ok(block)
  const decoded = decodeFrame(frame)
  return decoded.ok ? check(blocksMessage as unknown as Schema<BlocksMessage>, decoded.value) : decoded
}

type Block = Extract<BlocksMessage, { type: 'block' }>
/** From here on DAG-CBOR writes a length of bytes as this head and four bytes. */
const longBytes = 0x1_0000
const longHead = 0x5a
const emptyHead = 0x40
/** The empty block without the head of its bytes, which are the last field in canonical order; all names are equally long. */
const frontBytes = 83
const nothing = new Uint8Array(0)

/**
 * A block as a frame in parts: `encodeMessage` of it where the parts are joined. The codec sees an empty block and `bytes` are not
 * copied, for with a file of 64 MB a copy is a tenth of a second.
 */
export function encodeBlock(cid: Cid, bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length < longBytes) return [encodeMessage({ type: 'block', cid, bytes })]
  const head = new Uint8Array(frontBytes + 5)
  head.set(encodeMessage({ type: 'block', cid, bytes: nothing }).subarray(0, frontBytes))
  head[frontBytes] = longHead
  new DataView(head.buffer).setUint32(frontBytes + 1, bytes.length)
  return [head, bytes]
}

/** The block with a view of its bytes; undefined for whatever is no long block in its canonical spelling. */
function decodeLong(frame: Uint8Array): Block | undefined {
  const bytes = frame.subarray(frontBytes + 5)
  if (frame[frontBytes] !== longHead || bytes.length < longBytes || bytes.length > blockBytes) return undefined
  if (new DataView(frame.buffer, frame.byteOffset + frontBytes + 1).getUint32(0) !== bytes.length) return undefined
  const empty = frame.slice(0, frontBytes + 1)
  empty[frontBytes] = emptyHead
  const read = decodeMessage(empty)
  const isEmpty = read.ok && read.value.type === 'block' && read.value.bytes.length === 0
  return isEmpty ? { ...(read.value as Block), bytes } : undefined
}
