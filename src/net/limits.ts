import { minuteMs, secondMs } from '../kernel/time.ts'

/** Numbers and names on which tabs and relay must agree. Whatever only a relay decides is in relay-server/config.ts. */

/** A tab that vanished without closing its socket is forgotten after this long; libp2p's clients renew at half of it. */
export const reservationTtlMs = 10 * minuteMs

/** Both directions of one relayed circuit together, encryption included: control of a long session, or one middling job. */
export const circuitBytes = 64 * 1024 * 1024

/** Longer than any negotiation, shorter than a forgotten tab. A tab that still needs the peer dials anew. */
export const circuitDurationMs = 30 * minuteMs

/** Asked once at a start, and again while lonely: the answer is an introduction, not a directory. */
export const sampleProtocol = '/tabmesh/net/sample/1'
export const samplePeers = 20
/** 20 peer ids of at most 60 characters, CBOR heads and the key: 1,300 bytes; rounded up to a power of two. */
export const sampleBytes = 2_048
/** A lonely tab asks every 10 s at most. */
export const samplesPerMinute = 10
/** Both sides are present already; 5 s covers a slow mobile link's round trips. */
export const sampleTimeoutMs = 5 * secondMs

export const dhtProtocol = '/tabmesh/kad/1.0.0'
/** Keys are the bytes of `/tabmesh/` and then the SHA-256 multihash of the value, or a binary CID around it. */
export const dhtNamespace = 'tabmesh'
/** A receipt, an offer or a provider record fits; a file does not. */
export const dhtValueBytes = 4 * 1024

/** The largest single message of any topic: the same frame that a WebRTC data channel of every browser takes whole. */
export const gossipMessageBytes = 64 * 1024

/** Topics that relays join, so that tabs with nothing in common but a relay hear each other. Each room adds its own. */
export const relayedTopics: readonly string[] = [
  '/tabmesh/market/offers/1',
  '/tabmesh/guild/talk/1',
  '/tabmesh/market/jobs/1',
  '/tabmesh/receipts/available/1',
  '/tabmesh/reputation/reviews/1',
]
