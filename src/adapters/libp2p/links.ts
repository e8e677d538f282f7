import type { Connection } from '@libp2p/interface'
import { setBounded } from '../../kernel/bound.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { PeerLink } from '../network.port.ts'
import { rangeOf } from './address.ts'
import { type Ping, plainPing } from './alive.ts'
import { chooseConnection } from './choose-connection.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import { createProofs, suspectMs, verifyMs } from './proofs.ts'
import { seenAddress } from './seen-address.ts'
import { farewell, linkOf, newTrack, noticeable, type Peer, type Track } from './track.ts'

export type LinkEvents = {
  up(link: PeerLink): void
  changed(link: PeerLink): void
  down(peerId: PeerId): void
  /** Which connection carries the traffic of a peer from now on; also told again when another of its connections ended. */
  carriedBy(peerId: PeerId, connection: Connection): void
}

/** One link a peer, whatever connections libp2p holds to it. */
export type Links = ReturnType<typeof createLinks>

export const pingIntervalMs = 5_000 // two missed pings end a link within 15 s
const relayGraceMs = 3_000 // a circuit at the end of its budget is dialled anew meanwhile
const unusedCircuitMs = 15_000 // three times what a direct dial may take
const closeMs = 1_000
const rttsKept = 5
const mostLooks = 3 // at once, and for ten seconds more: by then both sides have named their candidates
const mostMet = 1_024 // tabs remembered as tabs

export function createLinks(options: {
  readonly self: PeerId
  readonly isRelay: (peerId: PeerId) => boolean
  /** Protocols whose open streams keep a superseded connection from being closed. */
  readonly isOurs: (protocol: string) => boolean
  readonly events: LinkEvents
  readonly log: NetworkLog
}) {
  const { self, isRelay, events, log } = options
  const peers = new Map<PeerId, Peer>()
  const met = new Map<PeerId, true>()
  let stopped = false

  const peerOf = (connection: Connection): Peer => {
    const id = connection.remotePeer.toString() as PeerId
    const known = peers.get(id)
    if (known) return known
    const peer: Peer = {
      id,
      tracks: new Map(),
      current: undefined,
      reported: undefined,
      graceTimer: undefined,
      hasLeft: false,
    }
    peers.set(id, peer)
    return peer
  }
  const trackOf = (connection: Connection): Track => {
    const { tracks, id } = peerOf(connection)
    const known = tracks.get(connection.id)
    if (known) return known
    const track = newTrack(connection, connection.direction === 'outbound' ? self : id)
    tracks.set(connection.id, track)
    return track
  }

  /** A connection came up: proves it, or waits for the other side to prove it. */
  const opened = (connection: Connection): void => {
    const track = trackOf(connection)
    const outbound = connection.direction === 'outbound'
    if (track.via === 'relay') {
      suspectCurrent(peerOf(connection), track)
      if (!outbound) after(unusedCircuitMs, () => track.ping === undefined && void farewell(connection, closeMs))
    } else if (track.via === 'websocket') {
      // its handshake went both ways already
      trust(track, plainPing(connection))
      void probe(track, verifyMs)
    } else if (outbound)
      void greet(connection).catch(() => {}) // whoever dialled asks again and is told
    else after(verifyMs, () => track.ping === undefined && drop(track, 'never proved itself'))
  }
  const closed = (connection: Connection): void => {
    const peer = peers.get(connection.remotePeer.toString() as PeerId)
    if (!peer?.tracks.delete(connection.id)) return
    elect(peer)
    if (peer.current) events.carriedBy(peer.id, peer.current.connection)
    if (peer.tracks.size === 0 && peer.reported === undefined) peers.delete(peer.id)
  }

  const { greet, onAlive } = createProofs({
    trackOf,
    after: (delayMs, run) => void after(delayMs, run),
    trust: (track, ping) => trust(track, ping),
    drop: (track, reason) => drop(track, reason),
    left: (track) => {
      const peer = peerOf(track.connection)
      peer.hasLeft = true
      log('peer-left', { peer: peer.id, via: track.via })
      drop(track, 'the other side said farewell')
    },
    linked: (track) => linkOf(peerOf(track.connection).id, track, isRelay),
    heardFirst: (track) => void probe(track, verifyMs),
  })

  const trust = (track: Track, ping: Ping): void => {
    if (stopped || track.connection.status !== 'open') return
    const peer = peerOf(track.connection)
    if (!track.ping) suspectCurrent(peer, track)
    track.ping = ping
    peer.hasLeft = false
    elect(peer)
    void locate(track)
  }
  /** Only a WebRTC connection itself tells where its peer is, and what it hides at first it may tell later. */
  const locate = async (track: Track): Promise<void> => {
    if (track.via !== 'webrtc' || track.range !== undefined || track.looks >= mostLooks) return
    track.looks += 1
    track.range = rangeOf((await seenAddress(track.connection)) ?? '')
    if (track.range !== undefined) tell(track)
  }
  /** A peer that connects anew has often just reloaded: its older connection is asked at once, and not used meanwhile. */
  const suspectCurrent = (peer: Peer, newer: Track): void => {
    const { current } = peer
    if (!current?.ping || current === newer || current.suspect) return
    current.suspect = newer.via !== 'relay'
    const { ping } = current
    void ping(suspectMs)
      .then(() => {
        current.suspect = false
        elect(peer)
      })
      .catch((error: unknown) => drop(current, reasonOf(error)))
  }

  const elect = (peer: Peer): void => {
    const living = [...peer.tracks.values()].filter(({ ping, connection }) => ping && connection.status === 'open')
    const best = chooseConnection(living.filter(({ suspect }) => !suspect)) ?? chooseConnection(living)
    if (best) use(peer, best)
    else lose(peer)
  }
  const use = (peer: Peer, best: Track): void => {
    clearTimeout(peer.graceTimer)
    peer.graceTimer = undefined
    if (best !== peer.current) {
      peer.current = best
      events.carriedBy(peer.id, best.connection)
    }
    report(peer, linkOf(peer.id, best, isRelay))
    for (const track of peer.tracks.values())
      if (track !== best && (track.ping || best.via !== 'relay')) retire(peer, track)
  }
  const lose = (peer: Peer): void => {
    peer.current = undefined
    if (!peer.reported || peer.graceTimer !== undefined) return
    if (peer.reported.via === 'relay' && !stopped && !peer.hasLeft)
      peer.graceTimer = after(relayGraceMs, () => reportDown(peer))
    else reportDown(peer)
  }
  const reportDown = (peer: Peer): void => {
    clearTimeout(peer.graceTimer)
    peer.graceTimer = undefined
    if (!peer.reported || peer.current) return
    peer.reported = undefined
    if (peer.tracks.size === 0) peers.delete(peer.id)
    events.down(peer.id)
  }
  const report = (peer: Peer, link: PeerLink): void => {
    const before = peer.reported
    const isAlike = before?.via === link.via && before.range === link.range
    if (isAlike && !noticeable(before.rttMs, link.rttMs)) return
    peer.reported = link
    if (link.via === 'webrtc') setBounded(met, peer.id, true, mostMet)
    if (before) events.changed(link)
    else events.up(link)
  }

  /** What is newly known of a connection, where it is the one in use. */
  const tell = (track: Track): void => {
    const peer = peers.get(track.connection.remotePeer.toString() as PeerId)
    if (peer?.current === track) report(peer, linkOf(peer.id, track, isRelay))
  }

  /** Closes a superseded connection as soon as nothing of ours runs over it. */
  const retire = (peer: Peer, track: Track): void => {
    if (track === peer.current || !peer.tracks.has(track.connection.id)) return
    const busy = track.suspect || track.connection.streams.some(({ protocol }) => options.isOurs(protocol))
    // who opened a circuit knows that its signalling is over; the other side leaves it the time to say so
    const ours = track.via === 'relay' && track.initiator === self
    const old = performance.now() - track.openedAt > 2 * closeMs
    if (!busy && (ours || old)) void farewell(track.connection, closeMs)
    else after(closeMs, () => retire(peer, track))
  }
  const drop = (track: Track, reason: string): void => {
    if (track.connection.status !== 'open') return
    log('connection-dropped', { peer: track.connection.remotePeer.toString(), via: track.via, reason })
    track.connection.abort(new Error(reason))
  }

  const probe = async (track: Track, timeoutMs: number): Promise<void> => {
    const asked = performance.now()
    try {
      track.rttsMs.push((await track.ping?.(timeoutMs)) ?? 0)
      track.rttsMs.splice(0, track.rttsMs.length - rttsKept)
      track.unanswered = 0
      tell(track)
      void locate(track)
    } catch {
      const slept = performance.now() - asked > 2 * timeoutMs // a frozen page's timers fire late: no fault of the peer
      if (!slept && ++track.unanswered >= 2) drop(track, 'two pings unanswered')
    }
  }
  const heartbeat = setInterval(() => {
    for (const { current } of peers.values()) if (current) void probe(current, pingIntervalMs)
  }, pingIntervalMs)

  const timers = new Set<ReturnType<typeof setTimeout>>()
  function after(delayMs: number, run: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (!stopped) run()
    }, delayMs)
    timers.add(timer)
    return timer
  }

  return {
    opened,
    closed,
    greet,
    onAlive,
    list: (): readonly PeerLink[] => [...peers.values()].flatMap(({ reported }) => (reported ? [reported] : [])),
    /** Whether the peer was ever reached directly: if so it is a tab. */
    met: (peerId: PeerId): boolean => met.has(peerId),
    link: (peerId: PeerId): PeerLink | undefined => peers.get(peerId)?.reported,
    /** The connection that carries a peer's traffic now. */
    connection: (peerId: PeerId): Connection | undefined => peers.get(peerId)?.current?.connection,
    /** An open circuit to the peer, in use or not. */
    circuit: (peerId: PeerId): Connection | undefined =>
      [...(peers.get(peerId)?.tracks.values() ?? [])].find(
        ({ via, connection }) => via === 'relay' && connection.status === 'open',
      )?.connection,
    /** Asks a link in use whether it still is one. */
    verify: async (peerId: PeerId): Promise<PeerLink | undefined> => {
      const track = peers.get(peerId)?.current
      if (!track?.ping) return undefined
      try {
        await track.ping(suspectMs)
        return peers.get(peerId)?.reported
      } catch (error) {
        drop(track, reasonOf(error))
        return undefined
      }
    },
    disconnect: async (peerId: PeerId): Promise<void> => {
      const peer = peers.get(peerId)
      if (!peer) return
      const closing = [...peer.tracks.values()].map(({ connection }) => farewell(connection, closeMs))
      await Promise.all(closing)
      reportDown(peer)
    },
    stop: (): void => {
      stopped = true
      for (const { tracks } of peers.values()) for (const { leave } of tracks.values()) leave?.()
      clearInterval(heartbeat)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
