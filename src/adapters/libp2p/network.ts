import type { Signer } from '../../identity/signing.ts'
import type { AnyProtocol, AnyTopic, StreamProtocol } from '../../wire/protocol.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { Network, NetworkHandlers } from '../network.port.ts'
import { viaOf } from './address.ts'
import { aliveProtocol } from './alive.ts'
import { createDialing } from './dialing.ts'
import { failureOf, networkFailure } from './failure.ts'
import { frameStreamOver } from './frame-stream.ts'
import type { startKad } from './kad.ts'
import { createLinks, pingIntervalMs } from './links.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import { createNeighbours } from './neighbours.ts'
import { createNode, maxStreams, type Node } from './node.ts'
import { createPubsub } from './pubsub.ts'
import { createRelays } from './relays.ts'
import { ask, serve } from './requests.ts'
import { sampleFrom } from './sample.ts'
import { farewell } from './track.ts'

const stopMs = 1_500 // with the closing of connections before it, a stop takes 2 s at most
const farewellMs = 300 // a living peer hears it at once
const openStreamMs = 10_000

/**
 * The port to the network over js-libp2p: WebRTC between tabs, WebSockets to relays, circuits where nothing better goes.
 * @param relays multiaddrs of relays, `/ip4/…/tcp/…/ws/p2p/…`; tried for ever
 * @param iceServers for WebRTC; libp2p's public STUN servers where not given
 */
export function createLibp2pNetwork(options: {
  readonly signer: Signer
  readonly relays: readonly string[]
  readonly protocols: readonly AnyProtocol[]
  readonly topics: readonly AnyTopic[]
  readonly streams: readonly StreamProtocol[]
  readonly iceServers?: readonly RTCIceServer[] | undefined
  /** `relay` lets WebRTC use TURN servers alone. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined
  readonly log: NetworkLog
}): Network {
  const { signer, protocols, topics, streams, log } = options
  const self = signer.peerId
  const now = (): number => performance.now()
  const ours = new Set<string>([...protocols, ...streams].map(({ id }) => id))
  let started: Node | undefined
  let handlers: NetworkHandlers | undefined
  let heal: ReturnType<typeof setInterval> | undefined

  const node = (): Node => {
    if (!started) throw networkFailure('closed', 'the network is not started')
    return started
  }
  const listening = (): NetworkHandlers => {
    if (!handlers) throw networkFailure('closed', 'the network is not started')
    return handlers
  }

  const relays = createRelays({
    node,
    self,
    addresses: options.relays,
    changed: () => handlers?.addressesChanged(relays.reachableAt()),
    log,
  })
  const pubsub = createPubsub({
    topics,
    isRelay: relays.isRelay,
    judge: (...message) => listening().gossip(...message),
    now,
    log,
  })
  const neighbours = createNeighbours({ node, log })
  const links = createLinks({
    self,
    isRelay: relays.isRelay,
    isOurs: (protocol) => ours.has(protocol),
    events: {
      up: (link) => {
        dialing.linked(link)
        neighbours.refill(links.list())
        handlers?.peerUp(link)
      },
      changed: (link) => {
        dialing.linked(link)
        neighbours.refill(links.list())
        handlers?.peerChanged(link)
      },
      down: (peerId) => {
        pubsub.detach(peerId)
        neighbours.refill(links.list())
        handlers?.peerDown(peerId)
      },
      carriedBy: pubsub.attach,
    },
    log,
  })
  const dialing = createDialing({ node, links, relays, log })

  const connectionTo = async (peerId: PeerId, signal: AbortSignal) => {
    const connection = links.connection(peerId)
    if (connection) return connection
    await dialing.dial(peerId, [], signal)
    const dialled = links.connection(peerId)
    if (!dialled) throw networkFailure('unreachable', 'the connection was lost at once', { peer: peerId })
    return dialled
  }

  const start = async (given: NetworkHandlers): Promise<void> => {
    handlers = given
    started = await createNode({
      signer,
      iceServers: options.iceServers,
      iceTransportPolicy: options.iceTransportPolicy,
      pubsub,
      denyDialPeer: (peer) => links.met(peer.toString() as PeerId) && !relays.isRelay(peer.toString() as PeerId),
    })
    const { libp2p } = started
    libp2p.addEventListener('connection:open', ({ detail }) => {
      relays.opened(detail)
      links.opened(detail)
      // Relays are asked what they speak; tabs are all alike, and being asked by each would cost their first moments.
      if (viaOf(detail) === 'websocket')
        void node()
          .identify(detail)
          .catch(() => {})
    })
    libp2p.addEventListener('connection:close', ({ detail }) => links.closed(detail))
    const limited = { runOnLimitedConnection: true }
    await libp2p.handle(aliveProtocol, links.onAlive, limited)
    for (const protocol of protocols) {
      const handle = (body: Uint8Array, from: PeerId) => listening().request(protocol, body, from)
      await serve(started, protocol, { handle, now, log })
    }
    for (const protocol of streams) {
      const most = { maxInboundStreams: maxStreams, maxOutboundStreams: maxStreams }
      await libp2p.handle(
        protocol.id,
        (stream, connection) => {
          listening().stream(protocol, frameStreamOver(stream, protocol, connection))
        },
        { ...limited, ...most },
      )
    }
    await libp2p.start()
    pubsub.start()
    relays.start()
    heal = setInterval(() => {
      neighbours.refill(links.list())
      for (const peer of pubsub.lacking()) {
        const connection = links.connection(peer)
        if (connection) pubsub.attach(peer, connection)
      }
    }, pingIntervalMs / 5)
  }

  const stop = async (): Promise<void> => {
    const { libp2p } = node()
    clearInterval(heal)
    relays.stop()
    dialing.stop()
    links.stop()
    // Before the farewells: the table would dial its relay again when that is gone.
    const kad = await loadedKad?.catch(() => undefined)
    await kad?.stop()
    await Promise.all(libp2p.getConnections().map((connection) => farewell(connection, farewellMs)))
    handlers = undefined
    const stopping = Promise.resolve(libp2p.stop()).catch((error: unknown) =>
      log('stop-failed', { reason: reasonOf(error) }),
    )
    const waited = Promise.withResolvers<void>()
    const timer = setTimeout(waited.resolve, stopMs)
    await Promise.race([stopping, waited.promise])
    clearTimeout(timer)
  }

  let loadedKad: ReturnType<typeof startKad> | undefined
  /** The table is 70 KB of script: it comes with its first use. */
  const kad = (): ReturnType<typeof startKad> => {
    loadedKad ??= import('./kad.ts').then(({ startKad }) => startKad(node().inside, relays.ids()))
    return loadedKad
  }

  return {
    peerId: self,
    start,
    stop,
    addresses: () => relays.reachableAt(),
    links: links.list,
    dial: dialing.dial,
    disconnect: links.disconnect,
    request: async (peerId, protocol, body, signal) => {
      const deadline = AbortSignal.timeout(protocol.timeoutMs)
      const connection = await connectionTo(peerId, signal ? AbortSignal.any([signal, deadline]) : deadline)
      return ask(connection, protocol, { body, signal })
    },
    publish: pubsub.publish,
    openStream: async (peerId, protocol, given) => {
      const deadline = AbortSignal.timeout(openStreamMs)
      const signal = given ? AbortSignal.any([given, deadline]) : deadline
      const connection = await connectionTo(peerId, signal)
      try {
        const stream = await connection.newStream(protocol.id, { signal, runOnLimitedConnection: true })
        return frameStreamOver(stream, protocol, connection)
      } catch (error) {
        throw failureOf(error, `a stream ${protocol.id}`, peerId)
      }
    },
    sample: () => sampleFrom(relays.ids(), { connection: links.connection, self }),
    dht: {
      put: async (cid, value, signal) => (await kad()).put(cid, value, signal),
      get: async (cid, signal) => (await kad()).get(cid, signal),
      provide: async (cid, signal) => (await kad()).provide(cid, signal),
      findProviders: async (cid, signal) => (await kad()).findProviders(cid, signal),
    },
  }
}
