import type { Connection, PeerId as Libp2pPeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '../../wire/schema.ts'
import { webrtcAddress } from './address.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import type { Node } from './node.ts'

export type Relays = ReturnType<typeof createRelays>

const firstPauseMs = 1_000
const longestPauseMs = 30_000
const dialMs = 8_000

/** Keeps a connection and a reservation at every given relay for as long as the node runs. */
export function createRelays(options: {
  readonly node: () => Node
  readonly self: PeerId
  readonly addresses: readonly string[]
  readonly changed: () => void
  readonly log: NetworkLog
}) {
  const { node, self, addresses, changed, log } = options
  /** Every relay that ever answered, by its id: an address need not name it. */
  const idOf = new Map<string, PeerId>(addresses.flatMap((address) => withId(address)))
  const ids = new Set<PeerId>(idOf.values())
  const connected = new Set<string>()
  const holding = new Set<string>()
  const waiting = new Set<() => void>()
  const stop = new AbortController()

  const keep = async (address: string): Promise<void> => {
    let pauseMs = firstPauseMs
    while (!stop.signal.aborted) {
      try {
        const connection = await connect(address)
        await reserve(address, connection.remotePeer)
        pauseMs = firstPauseMs
        hold(address, true)
        log('relay-reserved', { address })
        await lost(connection)
      } catch (error) {
        log('relay-unavailable', { address, reason: reasonOf(error), retryAfterMs: pauseMs })
      }
      connected.delete(address)
      hold(address, false)
      await pause(pauseMs, stop.signal)
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    }
  }
  const connect = async (address: string): Promise<Connection> => {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(dialMs)])
    const connection = await node().inside.connectionManager.openConnection(multiaddr(address), { signal })
    answered(address, connection)
    return connection
  }
  const answered = (address: string, { remotePeer }: Connection): void => {
    const id = remotePeer.toString() as PeerId
    idOf.set(address, id)
    ids.add(id)
    connected.add(address)
    for (const wake of waiting) wake()
  }
  const listening = new Set<string>()
  const reserve = async (address: string, peer: Libp2pPeerId): Promise<void> => {
    const { inside, reservations } = node()
    if (reservations.hasReservation(peer)) return
    // the first reservation makes a listener, which announces the address; later ones are picked up by that listener
    if (listening.has(address)) await reservations.addRelay(peer, 'configured')
    else await inside.transportManager.listen([multiaddr(`${whole(address)}/p2p-circuit`)])
    if (!reservations.hasReservation(peer)) throw new Error('the relay gave no reservation')
    listening.add(address)
  }
  /** Resolves when the reservation is gone, with the connection or before it. */
  const lost = (connection: Connection): Promise<void> =>
    new Promise((resolve) => {
      const { reservations } = node()
      const done = (): void => {
        if (reservations.hasReservation(connection.remotePeer) && !stop.signal.aborted) return
        reservations.removeEventListener('relay:removed', done)
        resolve()
      }
      reservations.addEventListener('relay:removed', done)
      stop.signal.addEventListener('abort', done, { once: true })
      done()
    })
  const hold = (address: string, held: boolean): void => {
    if (held === holding.has(address)) return
    if (held) holding.add(address)
    else holding.delete(address)
    changed()
  }
  /** The address with the relay's id at its end. */
  const whole = (address: string): string => {
    const id = idOf.get(address)
    return id === undefined || address.includes('/p2p/') ? address : `${address}/p2p/${id}`
  }

  return {
    start: (): void => {
      for (const address of addresses) void keep(address)
    },
    stop: (): void => stop.abort(),
    /** Told of every connection first: one to a relay is known as such before it is a link. */
    opened: (connection: Connection): void => {
      const to = connection.remoteAddr.toString()
      const address = addresses.find((one) => one === to)
      if (address !== undefined && connection.direction === 'outbound') answered(address, connection)
    },
    isRelay: (peerId: PeerId): boolean => ids.has(peerId),
    /** Relays that answer now, as the beginning of a circuit address. */
    circuits: (): readonly string[] => addresses.filter((address) => connected.has(address)).map(whole),
    /** Resolves once a relay answers, when there is none to wait for, or with the signal. */
    untilAnswered: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (connected.size > 0 || addresses.length === 0 || signal.aborted) return resolve()
        const done = (): void => {
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
        signal.addEventListener('abort', done, { once: true })
      }),
    /** Where this node can be dialled now. */
    reachableAt: (): readonly string[] => [...holding].map((address) => webrtcAddress(whole(address), self)),
    ids: (): readonly PeerId[] => [...connected].flatMap((address) => idOf.get(address) ?? []),
  }
}

const withId = (address: string): [string, PeerId][] => {
  const id = /\/p2p\/(\w+)$/.exec(address)?.[1]
  return id === undefined ? [] : [[address, id as PeerId]]
}

/** Resolves after `ms`, or at once when aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
