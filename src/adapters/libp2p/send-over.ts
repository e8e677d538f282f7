import type { Stream } from '@libp2p/interface'
import { concatBytes } from '../../kernel/bytes.ts'
import { uvarint } from './frames.ts'

/** Field 2 of a message on a data channel: bytes of the stream. Source: libp2p specification, webrtc, "Multiplexing". */
const messageField = 0x12
/** Composed here are messages up to a part of a frame: a new buffer for each would cost more than filling it. */
const scratch = new Uint8Array(144 * 1024)

/**
 * Sends what `stream.send` would, byte for byte; throws when the stream has ended. Over a data channel libp2p copies the bytes
 * twice and sends their length as a message of its own; here they are copied once and are one message.
 */
export function sendOver(stream: Stream, head: readonly number[], body: readonly Uint8Array[] = []): void {
  const size = head.length + sizeOf(body)
  const field = [messageField, ...uvarint(size)]
  const prefix = [...uvarint(field.length + size), ...field, ...head]
  const total = prefix.length + size - head.length
  const channel = freeChannel(stream)
  if (!channel || total > scratch.length) {
    stream.send(concatBytes([new Uint8Array(head), ...body]))
    return
  }
  scratch.set(prefix)
  let at = prefix.length
  for (const bytes of body) {
    scratch.set(bytes, at)
    at += bytes.length
  }
  channel.send(scratch.subarray(0, total)) // copied by the browser before it returns
}

export const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** The data channel under a stream, unless libp2p still has bytes for it that must go first. */
function freeChannel(stream: Stream): RTCDataChannel | undefined {
  const { channel } = stream as Stream & { readonly channel?: RTCDataChannel }
  const isFree = stream.writeStatus === 'writable' && stream.writeBufferLength === 0
  return isFree && channel?.readyState === 'open' ? channel : undefined
}
