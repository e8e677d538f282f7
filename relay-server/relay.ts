import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { identify, identifyPush } from '@libp2p/identify'
import { KEEP_ALIVE, type PeerId } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { secondMs } from '../src/kernel/time.ts'
import { sampleProtocol } from '../src/net/limits.ts'
import { groupOf, hostOf } from './address.ts'
import { createBandwidth } from './bandwidth.ts'
import { meteredRelay } from './circuits.ts'
import { dhtPeers, dhtServer } from './dht.ts'
import { ForwardedRequest } from './forwarded.ts'
import { createGater, type Refuse } from './gater.ts'
import { joinTopics, relayGossip } from './gossip.ts'
import { serveStatus } from './http.ts'
import { loadIdentity } from './identity.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { createReservations, type Reservations } from './reservations.ts'
import { sampleHandler } from './sample.ts'
import type { RelayConfig } from './settings.ts'
import { boundedStore } from './store.ts'

export type Relay = {
  readonly peerId: string
  /** Multiaddrs that tabs dial, each ending in /p2p/<peer id>. */
  addresses(): readonly string[]
  /** Where /healthz, /metrics and /addresses answer. */
  readonly statusUrl: string
  /** Says farewell to all peers, and resolves after `stopMs` at the latest. */
  stop(): Promise<void>
}

/** One second late is a relay whose tabs time out; half of it is worth a page. */
const unhealthyLagMs = 500
/** More than the connections of one second that a relay of this size accepts. */
const pendingConnections = 1_000
/** Streams of one protocol on one connection; a tab holds a few circuits and a few questions at a time. */
const streamsPerConnection = 256
/** Below libp2p's read buffer of 4 MiB, past which a stream that waits for a slower one is reset. */
const streamWindowBytes = 1024 * 1024
/** Peers remembered after they left: some turnover of a full relay. */
const rememberedPeers = 20_000
/** Provider records are 100 bytes: 5 MB. */
const providerRecords = 50_000

/** Starts a relay. Rejects when a port is taken, a certificate unreadable or the identity file no key. */
export async function createRelay(config: RelayConfig, log: Log): Promise<Relay> {
  const startedAt = performance.now()
  const circuits = new Map<string, number>()
  const countCircuit = (peer: PeerId, by: number): void => {
    const count = (circuits.get(peer.toString()) ?? 0) + by
    if (count === 0) circuits.delete(peer.toString())
    else circuits.set(peer.toString(), count)
  }
  let stopping = false
  let reservations: Reservations | undefined // needs the node, whose gater asks it

  const metrics = createMetrics({
    connections: () => node.getConnections().length,
    reservations: () => node.services.relay.reservations.size,
    circuits: () => [...circuits.values()].reduce((sum, count) => sum + count, 0),
    dhtPeers: () => dhtPeers(node.services.dht),
  })
  const refuse: Refuse = (reason, fields = {}) => {
    metrics.refused(reason)
    log.debug('refused', { reason, ...fields })
  }
  const groupOfPeer = (peer: PeerId): string => {
    const addresses = node.getConnections(peer).map(({ remoteAddr }) => hostOf(remoteAddr))
    return groupOf(addresses.find((host) => host !== undefined) ?? '')
  }
  const gater = createGater(
    config,
    {
      reservationCount: () => node.services.relay.reservations.size,
      hasReservation: (peer) => node.services.relay.reservations.has(peer),
      reservationsOf: (group) => reservations?.ofGroup(group) ?? 0,
      groupOfPeer,
      circuitsOf: (peer) => circuits.get(peer.toString()) ?? 0,
    },
    refuse,
  )
  const bandwidth = createBandwidth(config.bytesPerSecond)

  const node = await createLibp2p({
    start: false,
    privateKey: await loadIdentity(config.identityFile),
    addresses: { listen: [listenAddress(config)], announce: [...config.announce] },
    transports: [webSockets(await transportInit(config))],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: streamWindowBytes } })],
    connectionGater: gater,
    connectionManager: {
      maxConnections: config.maxConnections + pendingConnections, // the gater refuses before, and counts it
      maxIncomingPendingConnections: pendingConnections,
      inboundConnectionThreshold: Number.MAX_SAFE_INTEGER, // likewise
    },
    datastore: boundedStore([
      { prefix: '/dht/record', most: config.dhtRecords },
      { prefix: '/dht', most: providerRecords },
      { prefix: '', most: rememberedPeers },
    ]),
    services: {
      identify: identify({ maxInboundStreams: streamsPerConnection, runOnConnectionOpen: true }),
      identifyPush: identifyPush({ maxInboundStreams: streamsPerConnection }),
      ping: ping({ maxInboundStreams: streamsPerConnection }),
      relay: meteredRelay(
        {
          maxInboundHopStreams: streamsPerConnection,
          maxOutboundHopStreams: streamsPerConnection,
          maxOutboundStopStreams: streamsPerConnection,
          reservations: {
            maxReservations: config.maxReservations,
            reservationTtl: config.reservationTtlMs,
            defaultDataLimit: BigInt(config.circuitBytes),
            defaultDurationLimit: config.circuitDurationMs,
          },
        },
        {
          bandwidth,
          hopDone: ({ remotePeer }) => adopt(remotePeer),
          carried: metrics.relayed,
          opened: (source) => {
            countCircuit(source, 1)
            metrics.circuitOpened()
          },
          closed: (source) => countCircuit(source, -1),
        },
      ),
      dht: dhtServer(refuse),
      pubsub: relayGossip(config),
    },
  })
  const lives = createReservations(node.services.relay.reservations, config.reservationTtlMs)
  reservations = lives
  const adopt = (peer: PeerId): void => {
    // Its connection may have closed while the reservation was being answered.
    if (node.getConnections(peer).length === 0) node.services.relay.reservations.delete(peer)
    else lives.adopt(peer)
  }
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    lives.release(peer)
    log.debug('peer-left', { peer: peer.toString() })
  })
  node.addEventListener('peer:connect', ({ detail: peer }) => log.debug('peer-came', { peer: peer.toString() }))

  await node.handle(
    sampleProtocol,
    sampleHandler((count, except) => {
      metrics.sampled()
      return lives.sample(count, except)
    }, refuse),
    { maxInboundStreams: 2 }, // one answer is under way while the next is asked for
  )
  await node.start()
  joinTopics(node.services.pubsub, config, refuse)
  const addresses = (): readonly string[] => node.getMultiaddrs().map(String)

  const status = await serveStatus(config.httpHost, config.httpPort, {
    addresses,
    metrics,
    health: () => {
      const lagMs = Math.round(metrics.lagMs())
      return {
        ok: !stopping && node.status === 'started' && lagMs < unhealthyLagMs,
        peerId: node.peerId.toString(),
        stopping,
        lagMs,
        connections: node.getConnections().length,
        reservations: node.services.relay.reservations.size,
        upSeconds: Math.round((performance.now() - startedAt) / secondMs),
      }
    },
  }).catch(async (error) => {
    await node.stop()
    throw error
  })
  for (const address of config.peers) {
    keepConnected(address).catch((error: Error) => log.warn('relay-unreachable', { address, error: error.message }))
  }

  async function keepConnected(address: string): Promise<void> {
    const { remotePeer } = await node.dial(multiaddr(address))
    await node.peerStore.merge(remotePeer, { tags: { [`${KEEP_ALIVE}-relay`]: { value: 100 } } })
  }

  async function stop(): Promise<void> {
    if (stopping) return
    stopping = true
    bandwidth.stop()
    lives.stop()
    // A socket that never sent a byte keeps the listener open for ever: hence the limit.
    await within(config.stopMs, node.stop())
    await status.stop()
    metrics.stop()
  }
  return { peerId: node.peerId.toString(), addresses, statusUrl: status.url, stop }
}

function listenAddress({ host, port, certFile }: RelayConfig): string {
  return `/${isIPv6(host) ? 'ip6' : 'ip4'}/${host}/tcp/${port}${certFile === '' ? '' : '/tls'}/ws`
}

async function transportInit({ certFile, keyFile, trustForwardedFor }: RelayConfig) {
  const request = trustForwardedFor ? { IncomingMessage: ForwardedRequest } : {}
  if (certFile === '') return { http: request }
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
  return { https: { ...request, cert, key } }
}

async function within(ms: number, work: Promise<void> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
