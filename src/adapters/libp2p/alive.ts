import type { Connection, Stream } from '@libp2p/interface'
import { networkFailure } from './failure.ts'
import { sendOver } from './send-over.ts'
import { noteTalk } from './talk.ts'

/**
 * One stream a connection, opened by whoever opened the connection and held as long as it is in use. Its echo proves that
 * bytes pass both ways, which an open WebRTC connection alone does not; its end is the first sign of a tab that went away,
 * unless that had the time to say so.
 */
export const aliveProtocol = '/tabmesh/net/alive/1'
const pingProtocol = '/ipfs/ping/1.0.0'
const pingBytes = 32 // libp2p ping specification

/** Asks once and waits. @returns the round trip in milliseconds; rejects after `timeoutMs` or when the stream has ended */
export type Ping = (timeoutMs: number) => Promise<number>

export type Echo = {
  readonly ping: Ping
  /** Says farewell without waiting for anything: a page that goes away runs no further. */
  readonly leave: () => void
  readonly ended: Promise<void>
  readonly heard: Promise<void>
  /** Resolves when the other side says farewell. */
  readonly left: Promise<void>
}

/** Asks for an echo over an open stream, and echoes what the other side asks. The listener is attached at once. */
export function echoOn(stream: Stream, connection: Connection): Echo {
  const waiting = new Map<number, () => void>()
  const ended = Promise.withResolvers<void>()
  const heard = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const read = recordsOf5((kind, number) => {
    heard.resolve()
    noteTalk(connection)
    if (kind === ask) trySend(stream, record(answer, number))
    else if (kind === farewell) left.resolve()
    else waiting.get(number)?.()
  })
  stream.addEventListener('close', () => ended.resolve())
  stream.addEventListener('remoteCloseWrite', () => ended.resolve())
  stream.addEventListener('message', (event) => read(event.data.subarray()))
  let next = 0
  const ping: Ping = (timeoutMs) => {
    const number = next++ >>> 0
    const asked = performance.now()
    const answered = Promise.withResolvers<number>()
    const timer = setTimeout(() => answered.reject(networkFailure('timed-out', 'no answer to a ping')), timeoutMs)
    waiting.set(number, () => answered.resolve(performance.now() - asked))
    void ended.promise.then(() => answered.reject(networkFailure('closed', 'the connection ended during a ping')))
    if (!trySend(stream, record(ask, number))) answered.reject(networkFailure('closed', 'the stream takes no ping'))
    return answered.promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(number)
    })
  }
  const leave = (): void => void trySend(stream, record(farewell, 0))
  return { ping, leave, ended: ended.promise, heard: heard.promise, left: left.promise }
}

/** A ping as every libp2p node answers it, one stream each: for relays, which know nothing of ours. */
export const plainPing =
  (connection: Connection): Ping =>
  async (timeoutMs) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const stream = await connection.newStream(pingProtocol, { signal, runOnLimitedConnection: true })
    const echoed = Promise.withResolvers<void>()
    let missing = pingBytes
    signal.addEventListener('abort', () => echoed.reject(signal.reason))
    stream.addEventListener('close', () => echoed.reject(networkFailure('closed', 'the stream ended during a ping')))
    stream.addEventListener('message', (event) => {
      missing -= event.data.byteLength
      if (missing <= 0) echoed.resolve()
    })
    const asked = performance.now()
    stream.send(crypto.getRandomValues(new Uint8Array(pingBytes)))
    try {
      await echoed.promise
      return performance.now() - asked
    } finally {
      void stream.close({ signal: AbortSignal.timeout(timeoutMs) }).catch((error: Error) => stream.abort(error))
    }
  }

const ask = 0
const answer = 1
const farewell = 2

const record = (kind: number, number: number): readonly number[] => [
  kind,
  ...[24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff),
]

/** Cuts a stream of bytes into records of one kind byte and a number. */
function recordsOf5(onRecord: (kind: number, number: number) => void): (bytes: Uint8Array) => void {
  const held: number[] = []
  return (bytes) => {
    for (const byte of bytes) {
      held.push(byte)
      if (held.length < 5) continue
      const [kind, ...number] = held.splice(0)
      onRecord(
        kind!,
        number.reduce((sum, part) => sum * 256 + part, 0),
      )
    }
  }
}

function trySend(stream: Stream, word: readonly number[]): boolean {
  try {
    sendOver(stream, word)
    return true
  } catch {
    return false // the stream ended: whoever waits on it is told by its close event
  }
}
