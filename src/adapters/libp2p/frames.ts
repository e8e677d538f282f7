import type { Stream } from '@libp2p/interface'
import { networkFailure } from './failure.ts'

/** Largest prefix read: five groups of seven bits name 32 GiB, more than any frame of ours. */
const longestPrefix = 5

export function uvarint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return new Uint8Array(bytes)
}

/** `bytes` behind its length as an unsigned varint: the framing of every libp2p protocol. */
export function framed(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = uvarint(bytes.length)
  const frame = new Uint8Array(prefix.length + bytes.length)
  frame.set(prefix)
  frame.set(bytes, prefix.length)
  return frame
}

/**
 * Cuts a stream of bytes into frames. A frame that came in one piece is a view of it, for bulk is copied often enough elsewhere.
 * Throws NetworkFailure `too-large` before a byte of such a frame is kept.
 */
export function frameCutter(maxBytes: number, onFrame: (frame: Uint8Array) => void): (bytes: Uint8Array) => void {
  const prefix: number[] = []
  /** Of the frame whose prefix was read; undefined between frames. */
  let length: number | undefined
  let torn: Uint8Array | undefined
  let filled = 0
  const readPrefix = (byte: number): void => {
    prefix.push(byte)
    if (byte < 0x80) length = lengthOf(prefix.splice(0))
    else if (prefix.length >= longestPrefix) throw networkFailure('too-large', 'a length prefix has no end')
  }
  const lengthOf = (groups: readonly number[]): number => {
    const named = groups.reduceRight((sum, group) => sum * 0x80 + (group & 0x7f), 0)
    if (named > maxBytes) throw networkFailure('too-large', `a frame of ${named} bytes, at most ${maxBytes} are read`)
    return named
  }
  /** @returns the frame once it is whole */
  const fill = (piece: Uint8Array, whole: number): Uint8Array | undefined => {
    if (!torn && piece.length === whole) return piece
    torn ??= new Uint8Array(whole)
    torn.set(piece, filled)
    filled += piece.length
    return filled === whole ? torn : undefined
  }
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (length === undefined) readPrefix(bytes[at++]!)
      if (length === undefined) continue
      const piece = bytes.subarray(at, at + length - filled)
      at += piece.length
      const frame = fill(piece, length)
      if (!frame) continue
      length = undefined
      torn = undefined
      filled = 0
      onFrame(frame)
    }
  }
}

/**
 * The next single frame of a stream. The listener is attached before this returns, so that nothing is missed.
 * Rejects with NetworkFailure: `too-large`, `refused` when the stream ends first, or what `signal` was aborted with.
 */
export function readFrame(stream: Stream, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('close', onClose)
      stream.removeEventListener('remoteCloseWrite', onClose)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const cut = frameCutter(maxBytes, (frame) => done(() => resolve(frame)))
    const onMessage = (event: { data: { subarray(): Uint8Array } }): void => {
      try {
        cut(event.data.subarray())
      } catch (error) {
        done(() => reject(error))
      }
    }
    const onClose = (): void => done(() => reject(networkFailure('refused', 'the stream ended before an answer')))
    const onAbort = (): void => done(() => reject(signal.reason))
    if (signal.aborted) return onAbort()
    stream.addEventListener('close', onClose)
    stream.addEventListener('remoteCloseWrite', onClose)
    signal.addEventListener('abort', onAbort)
    stream.addEventListener('message', onMessage)
  })
}
