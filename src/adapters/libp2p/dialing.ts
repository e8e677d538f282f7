import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '../../wire/schema.ts'
import type { PeerLink } from '../network.port.ts'
import { circuitAddress, relaysIn, socketsIn, tabRelay, webrtcAddress } from './address.ts'
import { networkFailure } from './failure.ts'
import type { Links } from './links.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import type { Node } from './node.ts'
import { pause, type Relays } from './relays.ts'

export type Dialing = ReturnType<typeof createDialing>

const iceMs = 5_000 // what a person waits without wondering; after that the circuit serves
const circuitMs = 4_000
const mostHandshakes = 5 // one in ten breaks early between two Node peers, next to none between tabs
const staggerMs = 250 // RFC 8305, section 5: a slow route does not hold up the next
const mostRoutes = 12 // relays and neighbours asked for one peer
const firstUpgradeMs = 5_000
const longestUpgradeMs = 60_000

/** Connects to peers: directly where that is possible, over a relay where it is not, and then directly once it is. */
export function createDialing(options: {
  readonly node: () => Node
  readonly links: Links
  readonly relays: Relays
  readonly log: NetworkLog
}) {
  const { node, links, relays, log } = options
  const stop = new AbortController()
  const dialing = new Map<PeerId, Promise<PeerLink>>()
  const upgrading = new Set<PeerId>()
  const directWaiters = new Map<PeerId, Set<(link: PeerLink) => void>>()

  const dial = async (peerId: PeerId, addresses: readonly string[], signal: AbortSignal): Promise<PeerLink> => {
    const known = links.link(peerId) && (await links.verify(peerId))
    if (known) return known
    const running = dialing.get(peerId) ?? connect(peerId, addresses)
    dialing.set(peerId, running)
    void running.catch(() => {}).finally(() => dialing.get(peerId) === running && dialing.delete(peerId))
    return abortable(running, signal, peerId)
  }

  const connect = async (peerId: PeerId, addresses: readonly string[]): Promise<PeerLink> => {
    const met = new AbortController()
    const inbound = untilDirect(peerId, met.signal)
    try {
      return await Promise.race([inbound, outbound(peerId, addresses)])
    } catch (error) {
      const link = links.link(peerId) // the other side may have been quicker
      if (link) return link
      throw networkFailure('unreachable', 'no route led to the peer', { peer: peerId, cause: error })
    } finally {
      met.abort()
    }
  }
  const outbound = async (peerId: PeerId, addresses: readonly string[]): Promise<PeerLink> => {
    for (const address of socketsIn(addresses)) {
      const connection = await open(address, circuitMs).catch(() => undefined)
      if (connection) return links.greet(connection)
    }
    if (routesTo(peerId, addresses).length === 0)
      await relays.untilAnswered(AbortSignal.any([stop.signal, AbortSignal.timeout(circuitMs)]))
    const routes = routesTo(peerId, addresses)
    if (routes.length === 0) throw networkFailure('unreachable', 'no relay and no neighbour answers', { peer: peerId })
    const { circuit, route } = await openCircuit(peerId, routes)
    try {
      return await direct(peerId, route)
    } catch (error) {
      log('direct-dial-failed', { peer: peerId, reason: reasonOf(error) })
      const link = await links.greet(circuit)
      if (!link.direct) void upgrade(peerId, routes)
      return link
    }
  }
  const routesTo = (peerId: PeerId, addresses: readonly string[]): readonly string[] => {
    const tabs = links.list().filter((link) => link.direct && !link.isRelay && link.peerId !== peerId)
    const all = [...relaysIn(addresses), ...relays.circuits(), ...tabs.map((link) => tabRelay(link.peerId))]
    return [...new Set(all)].slice(0, mostRoutes)
  }

  /** The first circuit that opens; every route is tried, the next a moment after the last or when it failed. */
  const openCircuit = async (
    peerId: PeerId,
    routes: readonly string[],
  ): Promise<{ circuit: Connection; route: string }> => {
    const standing = links.circuit(peerId)
    if (standing) return { circuit: standing, route: routes[0]! }
    const won = new AbortController()
    const attempts: Promise<{ circuit: Connection; route: string }>[] = []
    for (const route of routes) {
      const attempt = openOne(peerId, route, won.signal)
      attempts.push(attempt)
      const first = await Promise.race([
        Promise.any(attempts).catch(() => undefined),
        attempt.catch(() => undefined),
        pause(staggerMs, stop.signal),
      ])
      if (first) break
    }
    try {
      return await Promise.any(attempts)
    } finally {
      won.abort()
    }
  }
  const openOne = async (peerId: PeerId, route: string, won: AbortSignal) => {
    const circuit = await open(circuitAddress(route, peerId), circuitMs, won)
    if (won.aborted) void circuit.close().catch((error: Error) => circuit.abort(error))
    return { circuit, route }
  }
  /** A handshake that breaks early, as some do where candidates overtake descriptions, is begun again in the same time. */
  const direct = async (peerId: PeerId, route: string): Promise<PeerLink> => {
    const until = performance.now() + iceMs
    for (let begun = 1; ; begun++) {
      const leftMs = Math.ceil(until - performance.now())
      try {
        return await links.greet(await open(webrtcAddress(route, peerId), leftMs))
      } catch (error) {
        if (begun >= mostHandshakes || until - performance.now() < iceMs / 2) throw error
      }
    }
  }
  /** Past libp2p's dial queue, which would join this dial with another of the same peer. */
  const open = (address: string, timeoutMs: number, cancel: AbortSignal = stop.signal): Promise<Connection> => {
    const signal = AbortSignal.any([stop.signal, cancel, AbortSignal.timeout(timeoutMs)])
    return node().inside.transportManager.dial(multiaddr(address), { signal })
  }

  /** While a circuit serves: tries again for a direct connection, less and less often, and renews a circuit that ended. */
  const upgrade = async (peerId: PeerId, routes: readonly string[]): Promise<void> => {
    if (upgrading.has(peerId)) return
    upgrading.add(peerId)
    let pauseMs = firstUpgradeMs
    let dueAt = performance.now() + pauseMs
    while (!stop.signal.aborted && links.link(peerId)?.via === 'relay') {
      await Promise.race([circuitEnds(peerId), pause(dueAt - performance.now(), stop.signal)])
      const link = links.link(peerId)
      if (!link || link.direct || stop.signal.aborted) break
      if (!links.connection(peerId)) {
        const renewed = await openCircuit(peerId, routes).catch(() => undefined)
        if (!renewed || !(await links.greet(renewed.circuit).catch(() => undefined))) break
      } else if (performance.now() >= dueAt) {
        await direct(peerId, routes[0]!).catch(() => undefined)
        pauseMs = Math.min(2 * pauseMs, longestUpgradeMs)
        dueAt = performance.now() + pauseMs
      }
    }
    upgrading.delete(peerId)
  }
  const circuitEnds = (peerId: PeerId): Promise<void> =>
    new Promise((resolve) => {
      const connection = links.connection(peerId)
      if (connection?.status !== 'open') return resolve()
      connection.addEventListener('close', () => resolve(), { once: true })
    })

  const untilDirect = (peerId: PeerId, signal: AbortSignal): Promise<PeerLink> =>
    new Promise((resolve) => {
      const waiters = directWaiters.get(peerId) ?? new Set()
      directWaiters.set(peerId, waiters.add(resolve))
      signal.addEventListener('abort', () => {
        waiters.delete(resolve)
        if (waiters.size === 0) directWaiters.delete(peerId)
      })
    })

  return {
    dial,
    /** Told of every link, so that a dial ends when the other side was quicker. */
    linked: (link: PeerLink): void => {
      if (link.direct) for (const resolve of directWaiters.get(link.peerId) ?? []) resolve(link)
    },
    stop: (): void => stop.abort(),
  }
}

/** `running` goes on for whoever else waits for it; this caller's wait ends with its signal. */
function abortable<T>(running: Promise<T>, signal: AbortSignal, peer: PeerId): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void =>
      reject(networkFailure('timed-out', 'the dial was given up', { peer, cause: signal.reason }))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
