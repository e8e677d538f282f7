import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type CircuitRelayServerComponents,
  type CircuitRelayServerInit,
  type CircuitRelayService,
  circuitRelayServer,
} from '@libp2p/circuit-relay-v2'
import type { Connection, PeerId, Stream, StreamHandler } from '@libp2p/interface'
import type { Bandwidth, Valve } from './bandwidth.ts'

type Hop = { readonly stream: Stream; readonly connection: Connection }

export type CircuitHooks = {
  readonly bandwidth: Bandwidth
  /** A hop request was answered: a reservation may have been made or renewed. */
  hopDone(connection: Connection): void
  carried(bytes: number): void
  opened(source: PeerId): void
  closed(source: PeerId): void
}

/**
 * The circuit relay of libp2p with three things that it lacks: it stops reading from a side that is faster than the other
 * (it would keep up to a whole data budget a circuit in memory), it counts and caps what it carries, and among several
 * connections to a peer it takes the newest, for after a reload the older one leads nowhere.
 */
export function meteredRelay(init: CircuitRelayServerInit, hooks: CircuitHooks) {
  const hops = new AsyncLocalStorage<Hop>()
  return (components: CircuitRelayServerComponents): CircuitRelayService => {
    const { registrar, connectionManager } = components
    const handle = (protocol: string, handler: StreamHandler, options: object) =>
      registrar.handle(
        protocol,
        (stream, connection) =>
          hops.run({ stream, connection }, async () => {
            await handler(stream, connection)
            hooks.hopDone(connection)
          }),
        options,
      )
    const newestFirst = (peer: PeerId): Connection[] =>
      connectionManager
        .getConnections(peer)
        .filter(({ limits }) => limits === undefined)
        .sort((one, other) => other.timeline.open - one.timeline.open)
        .map((connection) => metered(connection, hops, hooks))
    return circuitRelayServer(init)({
      ...pick(components),
      registrar: { handle, unhandle: (protocol: string) => registrar.unhandle(protocol) },
      connectionManager: { getConnections: newestFirst },
    } as unknown as CircuitRelayServerComponents)
  }
}

/** Named one by one: libp2p hands over a proxy whose keys cannot be spread. */
function pick(from: CircuitRelayServerComponents): Partial<CircuitRelayServerComponents> {
  const { peerStore, addressManager, peerId, privateKey, connectionGater, logger } = from
  return { peerStore, addressManager, peerId, privateKey, connectionGater, logger }
}

/** A connection to the called side: the stream opened on it is the far half of the circuit whose hop request runs now. */
function metered(connection: Connection, hops: AsyncLocalStorage<Hop>, hooks: CircuitHooks) {
  const newStream: Connection['newStream'] = async (protocols, options) => {
    const far = await connection.newStream(protocols, options)
    const near = hops.getStore()
    if (near !== undefined) join(near, far, hooks)
    return far
  }
  return { remotePeer: connection.remotePeer, newStream } as unknown as Connection
}

function join({ stream: near, connection }: Hop, far: Stream, hooks: CircuitHooks): void {
  meter(near, far, hooks)
  meter(far, near, hooks)
  hooks.opened(connection.remotePeer)
  far.addEventListener('close', () => hooks.closed(connection.remotePeer), { once: true })
}

/**
 * Watches what is sent to `to`, not what is read of `from`: a listener for messages would swallow what arrives between
 * the handshake and the joining of the two.
 */
function meter(from: Stream, to: Stream, { bandwidth, carried }: CircuitHooks): void {
  const valve = valveOf(from)
  const send = to.send.bind(to)
  to.send = (data) => {
    const more = send(data)
    carried(data.byteLength)
    bandwidth.spend(data.byteLength, valve)
    if (!more) valve.hold('slow')
    return more
  }
  to.addEventListener('drain', () => valve.release('slow'))
}

function valveOf(stream: Stream): Valve {
  const reasons = new Set<string>()
  return {
    hold: (why) => {
      reasons.add(why)
      if (stream.readStatus === 'readable') stream.pause()
    },
    release: (why) => {
      reasons.delete(why)
      if (reasons.size === 0 && stream.readStatus === 'paused') stream.resume()
    },
  }
}
