import { minuteMs, secondMs } from '../kernel/time.ts'
import { protocol } from '../wire/protocol.ts'
import { list, object, peerId } from '../wire/schema.ts'
import { samplePeers } from './limits.ts'

/** Whom do you know? How tabs find each other while no relay answers. */
export const PeerExchange = protocol('/tabmesh/net/peers/1', {
  request: object({}),
  response: object({ peers: list(peerId, samplePeers) }),
  maxRequestBytes: 16,
  maxResponseBytes: 2_048,
  timeoutMs: 5 * secondMs,
  perPeer: { count: 20, windowMs: minuteMs },
})
