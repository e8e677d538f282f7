import type { AnyProtocol, AnyTopic, StreamProtocol, Verdict } from '../wire/protocol.ts'
import type { PeerId } from '../wire/schema.ts'

/** How two nodes reach one another. `relay` is a circuit: somebody else carries the bytes, under a budget. */
export type Via = 'webrtc' | 'websocket' | 'relay'

export type PeerLink = {
  readonly peerId: PeerId
  readonly via: Via
  /** True where no third party carries the bytes. */
  readonly direct: boolean
  /** Median of the last pings, undefined until the first. */
  readonly rttMs?: number | undefined
  /** The range of addresses that it comes from, where the connection shows it, perhaps after a moment: whoever rents one machine there may have rented ten. */
  readonly range?: string | undefined
  /** A relay server, not a fellow node. */
  readonly isRelay: boolean
}

export type NetworkCode =
  | 'unreachable' // no connection, and none could be made
  | 'timed-out'
  | 'refused' // the peer does not speak the protocol, or dropped the stream
  | 'over-quota' // the peer said that we ask too often
  | 'too-large'
  | 'closed' // the stream or the node ended meanwhile

/** What the adapter throws: a broken world, with the phase and the peer. */
export type NetworkFailure = Error & { readonly code: NetworkCode; readonly peer?: PeerId }

/** Frames in both directions, in order, with back-pressure. */
export type FrameStream = {
  readonly peerId: PeerId
  readonly via: Via
  /**
   * Resolves once another frame may be sent; rejects with NetworkFailure when the stream is closed or the frame too large.
   * A frame may be given in parts, so that a large one need not be copied behind its head; it arrives whole.
   */
  send(...frame: readonly Uint8Array[]): Promise<void>
  /** Frames as they come; ends when the peer closes. The next is read only when the last was taken: that is the back-pressure. */
  readonly frames: AsyncIterable<Uint8Array>
  /** Lets what was sent arrive, then ends it. */
  close(): Promise<void>
  /** Ends it at once. */
  abort(reason: string): void
}

export type NetworkHandlers = {
  peerUp(link: PeerLink): void
  /** The link changed: another route, a new round-trip time. */
  peerChanged(link: PeerLink): void
  peerDown(peerId: PeerId): void
  addressesChanged(addresses: readonly string[]): void
  /** Size and quota were already enforced. */
  request(protocol: AnyProtocol, body: Uint8Array, from: PeerId): Promise<Uint8Array>
  gossip(topic: AnyTopic, message: Uint8Array, from: PeerId): Promise<Verdict>
  stream(protocol: StreamProtocol, stream: FrameStream): void
}

/** What a node needs of a network. Implemented by adapters/libp2p and by adapters/memory; one contract suite for both. */
export type Network = {
  readonly peerId: PeerId
  start(handlers: NetworkHandlers): Promise<void>
  stop(): Promise<void>
  /** Where others can dial this node now, as multiaddrs; empty while no relay holds a reservation for it. */
  addresses(): readonly string[]
  links(): readonly PeerLink[]
  /** Connects, preferring a direct path; resolves with the link, rejects with NetworkFailure. Known addresses are optional hints. */
  dial(peerId: PeerId, addresses: readonly string[], signal: AbortSignal): Promise<PeerLink>
  disconnect(peerId: PeerId): Promise<void>
  request(peerId: PeerId, protocol: AnyProtocol, body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
  /** @returns how many peers it was handed to at once; the mesh carries it on */
  publish(topic: AnyTopic, message: Uint8Array): Promise<number>
  openStream(peerId: PeerId, protocol: StreamProtocol, signal?: AbortSignal): Promise<FrameStream>
  /** Up to 20 nodes that our relays know: how a visitor without an invitation finds somebody. */
  sample(): Promise<readonly PeerId[]>
  /** Distributed hash table; loads on first use. Values are found under /tabmesh/<cid>, at most 4 KiB. */
  readonly dht: {
    /** @returns how many of those that serve the table took it */
    put(cid: string, value: Uint8Array, signal?: AbortSignal): Promise<number>
    /** From whoever serves the table; what only this node has put is not found. */
    get(cid: string, signal?: AbortSignal): Promise<Uint8Array | undefined>
    provide(cid: string, signal?: AbortSignal): Promise<void>
    findProviders(cid: string, signal?: AbortSignal): Promise<readonly PeerId[]>
  }
}
