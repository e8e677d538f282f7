import type { Connection, Stream } from '@libp2p/interface'
import { concatBytes } from '../../kernel/bytes.ts'
import type { StreamProtocol } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import { viaOf } from './address.ts'
import { networkFailure } from './failure.ts'
import { frameCutter, uvarint } from './frames.ts'
import { createPacer } from './pacer.ts'
import { sendOver, sizeOf } from './send-over.ts'
import { isTalkedOver } from './talk.ts'

/** Kinds of records; every record stands in a frame of its own behind its length. */
const part = 0 // bytes of a frame that goes on in the next record
const last = 1 // the last bytes of a frame
const credit = 2 // two varints: bytes received and frames taken since the last credit
const end = 3 // no frame follows

/** Bytes of a frame in one record: few, so that records of other streams need not wait long. A block and its name take four. */
const partBytes = { talking: 64 * 1024 + 256, alone: 128 * 1024 + 256 }
/** Bytes received are acknowledged by this much: by each record while the window is two of them, else half as often. */
const creditBytes = { talking: 48 * 1024, alone: 112 * 1024 }
/** What is not due is acknowledged after this: a word for every small frame would cost both sides as much as the frame. */
const creditMs = 20
const closeMs = 5_000

/**
 * Frames over a libp2p stream. libp2p gives no back-pressure from reader to writer, so the reader grants it: a byte window
 * keeps the buffers of the transport short, a frame window keeps the reader's queue at `protocol.window` frames.
 */
export function frameStreamOver(stream: Stream, protocol: StreamProtocol, connection: Connection): FrameStream {
  const peerId = connection.remotePeer.toString() as PeerId
  const failed = (what: string, cause?: unknown) => networkFailure('closed', what, { peer: peerId, cause })
  const flow = { framesOut: 0, bytesIn: 0, framesIn: 0 }
  const pacer = createPacer(
    () => performance.now(),
    () => isTalkedOver(connection),
  )
  const queue: Uint8Array[] = []
  let closedBy: Error | undefined
  let ended = false
  let sending = Promise.resolve()

  const changes = new Set<() => void>()
  const changed = (): void => {
    for (const wake of [...changes]) wake()
  }
  /** Resolves once `holds`; looks again whenever credit, a frame or the end came. */
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return
        changes.delete(look)
        resolve()
      }
      changes.add(look)
      look()
    })

  const parts: Uint8Array[] = []
  let partsBytes = 0
  const onRecord = (record: Uint8Array): void => {
    const [kind] = record
    const body = record.subarray(1)
    if (kind === credit) onCredit(body)
    else if (kind === end) onEnd()
    else if (kind === part || kind === last) onPart(body, kind)
    else throw failed('a record of unknown kind')
    changed()
  }
  const onPart = (body: Uint8Array, kind: number): void => {
    parts.push(body)
    partsBytes += body.length
    flow.bytesIn += body.length + 1
    if (partsBytes > protocol.maxFrameBytes) throw networkFailure('too-large', 'a frame too large', { peer: peerId })
    if (kind === last) {
      queue.push(parts.length === 1 ? parts[0]! : concatBytes(parts))
      parts.length = 0
      partsBytes = 0
      if (queue.length > protocol.window) throw failed('the peer overran the window')
    }
    // Whoever waits for a frame takes it at once, and acknowledges bytes and frame in one word.
    if (kind === part || queue.length > 1) grant()
  }
  const onEnd = (): void => {
    ended = true
    grant('all')
  }
  const onCredit = (body: Uint8Array): void => {
    const [bytes, frames] = readTwo(body)
    pacer.acknowledged(bytes)
    flow.framesOut = Math.max(0, flow.framesOut - frames)
  }
  let willCredit = false
  /** Acknowledges records and quarters of a window: often enough that the sender never stands still, seldom enough to be cheap. */
  const grant = (how: 'all' | 'when-due' = 'when-due'): void => {
    const dueBytes = isTalkedOver(connection) ? creditBytes.talking : creditBytes.alone
    const due = flow.bytesIn >= dueBytes || flow.framesIn >= protocol.window / 4
    if (how === 'when-due' && !due) {
      if (flow.framesIn > 0 && queue.length === 0 && !willCredit) {
        willCredit = true
        setTimeout(late, creditMs)
      }
      return
    }
    const granted = takeCredit()
    if (stream.writeStatus === 'writable') sendOver(stream, granted)
  }
  /** What was not acknowledged meanwhile, ahead of a frame that went the other way. */
  const late = (): void => {
    willCredit = false
    if (flow.bytesIn > 0) grant('all')
  }
  const takeCredit = (): readonly number[] => {
    const record = [credit, ...uvarint(flow.bytesIn), ...uvarint(flow.framesIn)]
    flow.bytesIn = 0
    flow.framesIn = 0
    return [record.length, ...record]
  }
  const cut = frameCutter(partBytes.alone + 64, onRecord)
  /** A record is its kind and what follows, behind the length of both; what came is acknowledged ahead of it, in the same message. */
  const write = (record: readonly number[], body: readonly Uint8Array[] = []): void => {
    const granted = flow.bytesIn > 0 ? takeCredit() : []
    sendOver(stream, [...granted, ...uvarint(record.length + sizeOf(body)), ...record], body)
  }

  const fail = (reason: Error): void => {
    closedBy ??= reason
    if (stream.status === 'open') stream.abort(reason)
    changed()
  }
  const sendWhole = async (frame: readonly Uint8Array[]): Promise<void> => {
    const frameBytes = sizeOf(frame)
    await until(() => closedBy !== undefined || flow.framesOut < protocol.window)
    if (closedBy) throw closedBy
    flow.framesOut += 1
    for (let at = 0, to = 0; at === 0 || at < frameBytes; at = to) {
      to = at + (isTalkedOver(connection) ? partBytes.talking : partBytes.alone)
      const body = rangeOf(frame, at, to)
      const size = sizeOf(body) + 1
      await until(() => closedBy !== undefined || pacer.admits(size))
      if (closedBy) throw closedBy
      pacer.sent(size)
      write([to < frameBytes ? part : last], body)
    }
  }
  const send = (...frame: readonly Uint8Array[]): Promise<void> => {
    if (sizeOf(frame) > protocol.maxFrameBytes) {
      const what = `a frame of ${sizeOf(frame)} bytes, at most ${protocol.maxFrameBytes}`
      return Promise.reject(networkFailure('too-large', what, { peer: peerId }))
    }
    if (closing) return Promise.reject(failed('the stream was closed'))
    const sent = sending
      .then(() => sendWhole(frame))
      .catch((error: unknown) => {
        throw closedBy ?? failed('the stream ended while a frame was sent', error)
      })
    sending = sent.catch(() => {})
    return sent
  }

  const frames = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      await until(() => queue.length > 0 || ended || closedBy !== undefined)
      const frame = queue.shift()
      if (frame) {
        flow.framesIn += 1
        grant()
        yield frame
      } else if (ended) return
      else throw closedBy
    }
  }

  let closing: Promise<void> | undefined
  const finish = async (): Promise<void> => {
    await sending
    if (closedBy) return
    try {
      write([end])
      const timer = setTimeout(() => fail(failed('the peer did not take what was sent')), closeMs)
      await until(() => closedBy !== undefined || pacer.idle() || ended)
      clearTimeout(timer)
      if (!closedBy) await stream.close({ signal: AbortSignal.timeout(closeMs) })
    } catch (error) {
      fail(failed('the stream could not be closed', error))
    }
  }
  const close = (): Promise<void> => {
    closing ??= finish()
    return closing
  }

  stream.addEventListener('close', () => {
    closedBy ??= failed('the stream ended')
    changed()
  })
  stream.addEventListener('message', (event) => {
    try {
      cut(event.data.subarray())
    } catch (error) {
      fail(error instanceof Error ? error : failed('an unreadable record', error))
    }
  })
  void until(() => ended && closedBy === undefined).then(close)

  return {
    peerId,
    via: viaOf(connection),
    send,
    frames: { [Symbol.asyncIterator]: frames },
    close,
    abort: (reason) => fail(failed(reason)),
  }
}

/** Views of what lies between two places of bytes that come in parts. */
function rangeOf(parts: readonly Uint8Array[], from: number, to: number): readonly Uint8Array[] {
  let at = 0
  return parts.flatMap((bytes) => {
    const start = at
    at += bytes.length
    return start < to && at > from ? [bytes.subarray(Math.max(0, from - start), to - start)] : []
  })
}

/** Two varints, one behind the other. */
function readTwo(bytes: Uint8Array): [number, number] {
  const numbers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale
    scale *= 0x80
    if (byte >= 0x80) continue
    numbers.push(value)
    value = 0
    scale = 1
  }
  return [numbers[0] ?? 0, numbers[1] ?? 0]
}
