import type { PeerId } from '../../wire/schema.ts'
import type { NetworkCode, NetworkFailure } from '../network.port.ts'

/** A broken world, in the words of the port. @param what the phase that failed, without the peer */
export function networkFailure(code: NetworkCode, what: string, context: { peer?: PeerId; cause?: unknown } = {}) {
  const { peer, cause } = context
  const failure = new Error(peer === undefined ? what : `${what} (peer ${peer})`, { cause })
  failure.name = 'NetworkFailure'
  return Object.assign(failure, { code, ...(peer === undefined ? {} : { peer }) }) as NetworkFailure
}

export const isNetworkFailure = (error: unknown): error is NetworkFailure =>
  error instanceof Error && error.name === 'NetworkFailure'

/** What another library threw, as a failure of ours: a deadline is told from a refusal, and both from a dead connection. */
export function failureOf(error: unknown, what: string, peer: PeerId): NetworkFailure {
  if (isNetworkFailure(error)) return error
  const name = error instanceof Error ? error.name : ''
  return networkFailure(codeByName[name] ?? 'closed', what, { peer, cause: error })
}

/** Names of errors in @libp2p/interface and of the platform. */
const codeByName: Readonly<Record<string, NetworkCode>> = {
  TimeoutError: 'timed-out',
  AbortError: 'timed-out',
  UnsupportedProtocolError: 'refused',
  TooManyOutboundProtocolStreamsError: 'over-quota',
  StreamResetError: 'refused',
  UnexpectedEOFError: 'refused',
}
