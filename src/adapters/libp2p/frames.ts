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

/** Cuts a stream of bytes into frames. Throws NetworkFailure `too-large` before a byte of such a frame is kept. */
export function frameCutter(maxBytes: number, onFrame: (frame: Uint8Array) => void): (bytes: Uint8Array) => void {
  const prefix: number[] = []
  let frame: Uint8Array | undefined
  let filled = 0
  const readPrefix = (byte: number): void => {
    prefix.push(byte)
    if (byte < 0x80) begin(prefix.splice(0).reduceRight((sum, group) => sum * 0x80 + (group & 0x7f), 0))
    else if (prefix.length >= longestPrefix) throw networkFailure('too-large', 'a length prefix has no end')
  }
  const begin = (length: number): void => {
    if (length > maxBytes) throw networkFailure('too-large', `a frame of ${length} bytes, at most ${maxBytes} are read`)
    if (length === 0) onFrame(new Uint8Array(0))
    else frame = new Uint8Array(length)
    filled = 0
  }
  return (bytes) => {
    let at = 0
    while (at < bytes.length) {
      if (frame === undefined) {
        readPrefix(bytes[at++]!)
        continue
      }
      const part = bytes.subarray(at, at + frame.length - filled)
      frame.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < frame.length) return
      const whole = frame
      frame = undefined
      onFrame(whole)
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
