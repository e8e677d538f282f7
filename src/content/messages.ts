import * as v from 'valibot'
import type { Result } from '../kernel/result.ts'
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

/** Reads a frame from a stranger. Never throws. */
export function decodeMessage(frame: Uint8Array): Result<BlocksMessage, 'malformed'> {
  const decoded = decodeFrame(frame)
  return decoded.ok ? check(blocksMessage as unknown as Schema<BlocksMessage>, decoded.value) : decoded
}
