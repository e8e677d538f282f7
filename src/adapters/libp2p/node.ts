import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { type Identify, identify } from '@libp2p/identify'
import type { Libp2p, PeerId, Transport } from '@libp2p/interface'
import type { kadDHT } from '@libp2p/kad-dht'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Signer } from '../../identity/signing.ts'
import { privateKeyOf } from './private-key.ts'
import type { Pubsub } from './pubsub.ts'

/** What libp2p keeps inside and gives to its services; the interface names it nowhere else. */
export type Inside = Parameters<ReturnType<typeof circuitRelayTransport>>[0] & Parameters<ReturnType<typeof kadDHT>>[0]

/** The client side of reservations: the part of the circuit transport that its declared type leaves out. */
export type Reservations = EventTarget & {
  hasReservation(peer: PeerId): boolean
  addRelay(peer: PeerId, type: 'configured'): Promise<unknown>
}

export type Node = {
  readonly libp2p: Libp2p
  readonly inside: Inside
  readonly reservations: Reservations
  /** Asks what the other side speaks, and tells the table of the DHT. */
  readonly identify: Identify['identify']
}

/** A message of a data channel: what browsers send in one piece. Other implementations take 16 KiB; they are not our kind. */
export const maxMessageBytes = 256 * 1024
/** Streams of one protocol at once on one connection; a data channel each, of which Chromium allows 1,023. */
export const maxStreams = 256

/** A tab helps others to find one another and carries nothing else: an SDP exchange is about 10 KB. */
const tabRelay = {
  maxReservations: 32, // more neighbours than a tab has
  defaultDataLimit: BigInt(128 * 1024),
  defaultDurationLimit: 2 * 60_000,
  reservationTtl: 15 * 60_000, // a tab that left frees its place soon
}

/** Makes the libp2p node, not yet started. */
export async function createNode(options: {
  readonly signer: Signer
  readonly iceServers: readonly RTCIceServer[] | undefined
  readonly iceTransportPolicy: RTCIceTransportPolicy | undefined
  readonly pubsub: Pubsub
  /** Peers that libp2p must not dial on its own: links are made and ended here. */
  readonly denyDialPeer: (peer: PeerId) => boolean
}): Promise<Node> {
  const { signer, iceServers, iceTransportPolicy, pubsub } = options
  const kept: { inside?: Inside; circuit?: Transport & { reservationStore: Reservations } } = {}
  const libp2p = await createLibp2p({
    start: false,
    privateKey: privateKeyOf(signer),
    nodeInfo: { name: 'tabmesh', version: '1', userAgent: 'tabmesh/1' },
    addresses: { listen: ['/webrtc'] },
    transports: [
      webSockets(),
      webRTC({
        ...(iceServers || iceTransportPolicy
          ? { rtcConfiguration: rtcConfiguration(iceServers, iceTransportPolicy) }
          : {}),
        dataChannel: { maxMessageSize: maxMessageBytes },
      }),
      (components) => {
        // every tab speaks the relay protocol, and libp2p would reserve wherever it sees it: we choose ourselves
        const discoveryFilter = { has: () => true, add: () => {}, remove: () => {} }
        // libp2p empties its queue of reservations whenever one was made: none may ever wait in it
        const circuit = circuitRelayTransport({ discoveryFilter, reservationConcurrency: 64 } as never)(components)
        kept.circuit = circuit as typeof circuit & { reservationStore: Reservations }
        return circuit
      },
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false, denyDialPeer: options.denyDialPeer },
    connectionManager: {
      maxConnections: 300,
      maxIncomingPendingConnections: 64,
      inboundConnectionThreshold: 1_000, // a second and address: all who come through one relay share its address
      reconnectRetries: 0,
    },
    connectionMonitor: { enabled: false }, // links are watched in links.ts
    transportManager: { faultTolerance: 1 }, // NO_FATAL: a relay may be down at the start
    services: {
      identify: identify({ maxInboundStreams: 8, runOnConnectionOpen: false }),
      ping: ping({ maxInboundStreams: 8, maxOutboundStreams: 8 }),
      hop: circuitRelayServer({ reservations: tabRelay }),
      gossip: pubsub.service,
      inside: (components: unknown) => {
        kept.inside = components as Inside
        return {}
      },
    },
  })
  const { identify: service } = libp2p.services
  return {
    identify: (connection) => service.identify(connection),
    libp2p: libp2p as unknown as Libp2p,
    inside: kept.inside!,
    reservations: kept.circuit!.reservationStore,
  }
}

const rtcConfiguration = (
  iceServers: readonly RTCIceServer[] | undefined,
  iceTransportPolicy: RTCIceTransportPolicy | undefined,
): RTCConfiguration => ({
  ...(iceServers ? { iceServers: [...iceServers] } : {}),
  ...(iceTransportPolicy ? { iceTransportPolicy } : {}),
})
