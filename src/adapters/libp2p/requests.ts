import type { Connection, Stream } from '@libp2p/interface'
import type { AnyProtocol } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { NetworkCode } from '../network.port.ts'
import { failureOf, isNetworkFailure, networkFailure } from './failure.ts'
import { framed, readFrame } from './frames.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import { maxStreams, type Node } from './node.ts'
import { slidingQuota } from './quota.ts'
import { noteTalk } from './talk.ts'

/** First byte of an answer: what follows is the response, or the code of an error in ASCII. */
const answerOk = 0
const answerError = 1
const longestCode = 32 // the longest NetworkCode has 11 letters

const okAnswer = (body: Uint8Array): Uint8Array => tagged(answerOk, body)
const errorAnswer = (code: NetworkCode): Uint8Array => tagged(answerError, new TextEncoder().encode(code))

/** The response inside an answer. Throws NetworkFailure with the code that the peer gave. */
function readAnswer(answer: Uint8Array, peer: PeerId): Uint8Array {
  if (answer[0] === answerOk) return answer.subarray(1)
  const code = new TextDecoder().decode(answer.subarray(1, 1 + longestCode))
  throw networkFailure(givenCodes.has(code) ? (code as NetworkCode) : 'refused', `the peer answered ${code}`, { peer })
}
/** Codes that a peer may give; anything else is a refusal. */
const givenCodes: ReadonlySet<string> = new Set<NetworkCode>(['over-quota', 'too-large', 'refused'])

/** Answers one protocol: quota and size before the handler sees a byte. Registered on every connection, relayed or not. */
export async function serve(
  { libp2p }: Node,
  protocol: AnyProtocol,
  options: {
    readonly handle: (body: Uint8Array, from: PeerId) => Promise<Uint8Array>
    readonly now: () => number
    readonly log: NetworkLog
  },
): Promise<void> {
  const { handle, now, log } = options
  const within = slidingQuota(protocol.perPeer, now)

  const answerTo = async (stream: Stream, from: PeerId, signal: AbortSignal): Promise<Uint8Array> => {
    const reading = readFrame(stream, protocol.maxRequestBytes, signal)
    if (!within(from)) {
      reading.catch(() => {}) // what it says does not matter any more
      return errorAnswer('over-quota')
    }
    try {
      const response = await handle(await reading, from)
      if (response.length > protocol.maxResponseBytes)
        throw networkFailure('too-large', 'our own response is too large')
      return okAnswer(response)
    } catch (error) {
      log('request-failed', { protocol: protocol.id, peer: from, reason: reasonOf(error) })
      return errorAnswer(isNetworkFailure(error) && givenCodes.has(error.code) ? error.code : 'refused')
    }
  }
  await libp2p.handle(
    protocol.id,
    (stream: Stream, connection: Connection) => {
      noteTalk(connection)
      const signal = AbortSignal.timeout(protocol.timeoutMs)
      void answerTo(stream, connection.remotePeer.toString() as PeerId, signal)
        .then((answer) => {
          stream.send(framed(answer))
          return stream.close({ signal: AbortSignal.timeout(protocol.timeoutMs) })
        })
        .catch((error: Error) => stream.abort(error))
    },
    { runOnLimitedConnection: true, maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams },
  )
}

/**
 * One request over one stream. @returns the response
 * Rejects with NetworkFailure: `too-large` before sending, `timed-out` after the protocol's deadline, `refused` by a peer
 * that does not speak the protocol, `over-quota` as the peer says, `closed` when the connection ended.
 */
export async function ask(
  connection: Connection,
  protocol: AnyProtocol,
  request: { readonly body: Uint8Array; readonly signal: AbortSignal | undefined },
): Promise<Uint8Array> {
  const peer = connection.remotePeer.toString() as PeerId
  const { body } = request
  if (body.length > protocol.maxRequestBytes)
    throw networkFailure('too-large', `a request of ${body.length} bytes, at most ${protocol.maxRequestBytes}`, {
      peer,
    })
  const deadline = AbortSignal.timeout(protocol.timeoutMs)
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
  let stream: Stream | undefined
  noteTalk(connection)
  try {
    stream = await connection.newStream(protocol.id, { signal, runOnLimitedConnection: true })
    const answering = readFrame(stream, protocol.maxResponseBytes + 1, signal)
    answering.catch(() => {}) // awaited below, unless the sending fails first
    stream.send(framed(body))
    const opened = stream
    void opened.close({ signal }).catch((error: Error) => opened.abort(error))
    return readAnswer(await answering, peer)
  } catch (error) {
    stream?.abort(error instanceof Error ? error : new Error(String(error)))
    throw failureOf(error, `a request ${protocol.id}`, peer)
  }
}

function tagged(tag: number, body: Uint8Array): Uint8Array {
  const answer = new Uint8Array(1 + body.length)
  answer[0] = tag
  answer.set(body, 1)
  return answer
}
