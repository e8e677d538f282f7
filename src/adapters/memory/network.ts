import { dhtValueBytes, samplePeers } from '../../net/limits.ts'
import type { AnyProtocol, AnyTopic, StreamProtocol } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import { isNetworkFailure, networkFailure } from '../libp2p/failure.ts'
import { slidingQuota } from '../libp2p/quota.ts'
import type { FrameStream, Network, NetworkHandlers, PeerLink } from '../network.port.ts'
import { memoryStream } from './network-stream.ts'

type Member = {
  readonly peerId: PeerId
  readonly handlers: NetworkHandlers
  readonly protocols: readonly AnyProtocol[]
  readonly topics: readonly AnyTopic[]
  readonly streams: readonly StreamProtocol[]
  within(row: string, from: PeerId): boolean
}
type OpenStream = { readonly between: readonly PeerId[]; cut(reason: string): void }

/** Where the nodes of one process meet: who is there, who is linked to whom, and which pairs cannot reach each other. */
export type Switchboard = {
  readonly members: Map<PeerId, Member>
  readonly linked: Set<string>
  readonly unreachable: Set<string>
  readonly streams: Set<OpenStream>
  readonly values: Map<string, Uint8Array>
  readonly providers: Map<string, Set<PeerId>>
  /** From which range of addresses a node's links come. */
  readonly ranges: Map<PeerId, string>
  /** Told every byte that leaves a node, as whoever carries it could read it were it not for the transport's own encryption. */
  overhear?: ((bytes: Uint8Array) => void) | undefined
  /** Breaks the link of two nodes, and keeps them from making another until `mend`. */
  cut(a: PeerId, b: PeerId): void
  mend(a: PeerId, b: PeerId): void
}

export function createSwitchboard(): Switchboard {
  const board: Switchboard = {
    members: new Map(),
    linked: new Set(),
    unreachable: new Set(),
    streams: new Set(),
    values: new Map(),
    providers: new Map(),
    ranges: new Map(),
    cut: (a, b) => {
      board.unreachable.add(pair(a, b))
      unlink(board, a, b)
    },
    mend: (a, b) => void board.unreachable.delete(pair(a, b)),
  }
  return board
}

/** The port to the network inside one process: every call arrives a microtask later, and nothing is ever lost. */
export function createMemoryNetwork(options: {
  readonly board: Switchboard
  readonly peerId: PeerId
  readonly protocols: readonly AnyProtocol[]
  readonly topics: readonly AnyTopic[]
  readonly streams: readonly StreamProtocol[]
  /** For the sliding windows of quotas. */
  readonly now: () => number
}): Network {
  const { board, peerId: self, protocols, topics, streams, now } = options
  const others = (): readonly PeerId[] =>
    [...board.members.keys()].filter((peer) => board.linked.has(pair(self, peer)) && peer !== self)

  const linkedMember = (peer: PeerId): Member => {
    const member = board.members.get(peer)
    if (!member || !board.members.has(self) || board.unreachable.has(pair(self, peer)))
      throw networkFailure('unreachable', 'no route led to the peer', { peer })
    link(board, self, peer)
    return member
  }
  const start = async (handlers: NetworkHandlers): Promise<void> => {
    const rows = [...protocols, ...topics].map(({ id, perPeer }) => [id, slidingQuota(perPeer, now)] as const)
    const quotas = new Map<string, (peer: string) => boolean>(rows)
    const within = (row: string, from: PeerId): boolean => quotas.get(row)?.(from) ?? true
    board.members.set(self, { peerId: self, handlers, protocols, topics, streams, within })
    handlers.addressesChanged([`/memory/${self}`])
  }
  const stop = async (): Promise<void> => {
    for (const peer of others()) unlink(board, self, peer)
    board.members.delete(self)
  }

  const request = async (peer: PeerId, protocol: AnyProtocol, body: Uint8Array, signal?: AbortSignal) => {
    if (body.length > protocol.maxRequestBytes) throw networkFailure('too-large', 'a request too large', { peer })
    const member = linkedMember(peer)
    board.overhear?.(body)
    await Promise.resolve()
    if (!member.protocols.some(({ id }) => id === protocol.id))
      throw networkFailure('refused', 'the peer does not speak the protocol', { peer })
    if (!member.within(protocol.id, self)) throw networkFailure('over-quota', 'the peer says so', { peer })
    const answering = member.handlers.request(protocol, new Uint8Array(body), self).then((response) => {
      if (response.length > protocol.maxResponseBytes)
        throw networkFailure('too-large', 'a response too large', { peer })
      board.overhear?.(response)
      return new Uint8Array(response)
    })
    return inTime(answering, { peer, timeoutMs: protocol.timeoutMs, signal })
  }

  const publish = async (topic: AnyTopic, message: Uint8Array): Promise<number> => {
    const seen = new Set([self])
    board.overhear?.(message)
    const hearers = others().filter((peer) => hears(board.members.get(peer), topic))
    for (const peer of hearers)
      void spread(board, { topic, message: new Uint8Array(message), from: self, to: peer, seen })
    return hearers.length
  }

  const openStream = async (peer: PeerId, protocol: StreamProtocol): Promise<FrameStream> => {
    const member = linkedMember(peer)
    await Promise.resolve()
    if (!member.streams.some(({ id }) => id === protocol.id))
      throw networkFailure('refused', 'the peer does not speak the protocol', { peer })
    const [here, there] = memoryStream(protocol, {
      ends: [self, peer],
      via: 'webrtc',
      overhear: (bytes) => board.overhear?.(bytes),
    })
    board.streams.add({ between: [self, peer], cut: here.cut })
    member.handlers.stream(protocol, there.stream)
    return here.stream
  }

  return {
    peerId: self,
    start,
    stop,
    addresses: () => (board.members.has(self) ? [`/memory/${self}`] : []),
    links: () => others().map((peer) => linkTo(board, peer)),
    dial: async (peer) => {
      await Promise.resolve()
      linkedMember(peer)
      return linkTo(board, peer)
    },
    disconnect: async (peer) => unlink(board, self, peer),
    request,
    publish,
    openStream,
    sample: async () => [...board.members.keys()].filter((peer) => peer !== self).slice(0, samplePeers),
    dht: {
      put: async (cid, value) => {
        if (value.length > dhtValueBytes) throw new Error(`a value of ${value.length} bytes, at most ${dhtValueBytes}`)
        board.values.set(cid, new Uint8Array(value))
        return 1
      },
      get: async (cid) => board.values.get(cid),
      provide: async (cid) => void board.providers.set(cid, (board.providers.get(cid) ?? new Set()).add(self)),
      findProviders: async (cid) => [...(board.providers.get(cid) ?? [])],
    },
  }
}

const pair = (a: PeerId, b: PeerId): string => [a, b].sort().join(' ')
function linkTo({ ranges }: Switchboard, peerId: PeerId): PeerLink {
  const range = ranges.get(peerId)
  return { peerId, via: 'webrtc', direct: true, rttMs: 0, ...(range && { range }), isRelay: false }
}
const hears = (member: Member | undefined, topic: AnyTopic): boolean =>
  member?.topics.some(({ id }) => id === topic.id) ?? false

function link(board: Switchboard, a: PeerId, b: PeerId): void {
  if (board.linked.has(pair(a, b))) return
  board.linked.add(pair(a, b))
  board.members.get(a)?.handlers.peerUp(linkTo(board, b))
  board.members.get(b)?.handlers.peerUp(linkTo(board, a))
}

function unlink(board: Switchboard, a: PeerId, b: PeerId): void {
  if (!board.linked.delete(pair(a, b))) return
  for (const stream of board.streams) {
    if (!stream.between.includes(a) || !stream.between.includes(b)) continue
    board.streams.delete(stream)
    stream.cut('the link ended')
  }
  board.members.get(a)?.handlers.peerDown(b)
  board.members.get(b)?.handlers.peerDown(a)
}

type Rumour = { topic: AnyTopic; message: Uint8Array; from: PeerId; to: PeerId; seen: Set<PeerId> }

/** One hop of gossip: judged where it arrives, and carried on where it was accepted. */
async function spread(board: Switchboard, rumour: Rumour): Promise<void> {
  const { topic, message, from, to, seen } = rumour
  await Promise.resolve()
  const member = board.members.get(to)
  if (!member || seen.has(to) || message.length > topic.maxBytes || !member.within(topic.id, from)) return
  seen.add(to)
  if ((await member.handlers.gossip(topic, message, from)) !== 'accept') return
  const next = [...board.members.values()].filter(
    (other) => board.linked.has(pair(to, other.peerId)) && hears(other, topic),
  )
  for (const other of next) void spread(board, { ...rumour, from: to, to: other.peerId })
}

async function inTime<T>(
  answer: Promise<T>,
  limits: { peer: PeerId; timeoutMs: number; signal: AbortSignal | undefined },
): Promise<T> {
  const { peer, timeoutMs, signal } = limits
  const late = Promise.withResolvers<never>()
  const giveUp = (): void => late.reject(networkFailure('timed-out', 'no answer in time', { peer }))
  const timer = setTimeout(giveUp, timeoutMs)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([answer, late.promise])
  } catch (error) {
    throw isNetworkFailure(error)
      ? error
      : networkFailure('refused', 'the peer failed to answer', { peer, cause: error })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
  }
}
