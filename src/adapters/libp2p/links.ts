import type { Connection, Stream } from '@libp2p/interface'
import { setBounded } from '../../kernel/bound.ts'
import type { PeerLink } from '../../net/port.ts'
import type { PeerId } from '../../wire/schema.ts'
import { viaOf } from './address.ts'
import { aliveProtocol, echoOn, type Ping, plainPing } from './alive.ts'
import { type Candidate, chooseConnection } from './choose-connection.ts'
import { networkFailure } from './failure.ts'
import { type NetworkLog, reasonOf } from './log.ts'

type Track = Candidate & {
  readonly connection: Connection
  /** Present once bytes came back over this connection: before that it is not used. */
  ping: Ping | undefined
  readonly rttsMs: number[]
  unanswered: number
  /** Set while a newer connection of the same peer asks whether this one is still alive. */
  suspect: boolean
}
type Peer = {
  readonly id: PeerId
  readonly tracks: Map<string, Track>
  current: Track | undefined
  reported: PeerLink | undefined
  graceTimer: ReturnType<typeof setTimeout> | undefined
}

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
const verifyMs = 4_000 // longer than any round trip, shorter than a person's patience
const suspectMs = 1_500 // a living tab answers at once; its predecessor never does
const relayGraceMs = 3_000 // a circuit at the end of its budget is dialled anew meanwhile
const unusedCircuitMs = 15_000 // three times what a direct dial may take
const closeMs = 1_000
const rttsKept = 5
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
    const peer: Peer = { id, tracks: new Map(), current: undefined, reported: undefined, graceTimer: undefined }
    peers.set(id, peer)
    return peer
  }
  const trackOf = (connection: Connection): Track => {
    const { tracks, id } = peerOf(connection)
    const known = tracks.get(connection.id)
    if (known) return known
    const initiator = connection.direction === 'outbound' ? self : id
    const openedAt = performance.now()
    const rest = { ping: undefined, rttsMs: [], unanswered: 0, suspect: false }
    const track: Track = { connection, via: viaOf(connection), initiator, openedAt, ...rest }
    tracks.set(connection.id, track)
    return track
  }

  /** A connection came up: proves it, or waits for the other side to prove it. */
  const opened = (connection: Connection): void => {
    const track = trackOf(connection)
    const outbound = connection.direction === 'outbound'
    if (track.via === 'relay') {
      suspectCurrent(peerOf(connection), track)
      if (!outbound) after(unusedCircuitMs, () => track.ping === undefined && close(track))
    } else if (outbound)
      void greet(connection).catch(() => {}) // whoever dialled asks again and is told
    else if (track.via === 'websocket') trust(track, plainPing(connection))
    else after(verifyMs, () => track.ping === undefined && drop(track, 'never proved itself'))
  }
  const closed = (connection: Connection): void => {
    const peer = peers.get(connection.remotePeer.toString() as PeerId)
    if (!peer?.tracks.delete(connection.id)) return
    elect(peer)
    if (peer.current) events.carriedBy(peer.id, peer.current.connection)
    if (peer.tracks.size === 0 && peer.reported === undefined) peers.delete(peer.id)
  }

  const greeting = new Map<string, Promise<PeerLink>>()
  /** Proves a connection that this side opened and puts it to use. Rejects with NetworkFailure and drops it otherwise. */
  const greet = (connection: Connection): Promise<PeerLink> => {
    const running = greeting.get(connection.id)
    if (running) return running
    const greeted = prove(trackOf(connection)).finally(() => greeting.delete(connection.id))
    greeting.set(connection.id, greeted)
    return greeted
  }
  const prove = async (track: Track): Promise<PeerLink> => {
    const { connection } = track
    const peer = peerOf(connection)
    if (track.ping && peer.reported) return peer.reported
    try {
      const ping = track.via === 'websocket' ? plainPing(connection) : await openEcho(track)
      track.rttsMs.push(await ping(verifyMs))
      trust(track, ping)
      return linkOf(peer, track)
    } catch (error) {
      drop(track, reasonOf(error))
      throw networkFailure('unreachable', 'a new connection carries no bytes', { peer: peer.id, cause: error })
    }
  }
  const openEcho = async (track: Track): Promise<Ping> => {
    const signal = AbortSignal.timeout(verifyMs)
    const stream = await track.connection.newStream(aliveProtocol, { signal, runOnLimitedConnection: true })
    const { ping, ended } = echoOn(stream)
    void ended.then(() => after(0, () => regreet(track)))
    return ping
  }
  /** The stream of a connection in use ended though the connection did not: the other side has probably gone. */
  const regreet = async (track: Track): Promise<void> => {
    if (track.connection.status !== 'open' || !track.ping) return
    try {
      const ping = await openEcho(track)
      await ping(suspectMs)
      track.ping = ping
    } catch (error) {
      drop(track, reasonOf(error))
    }
  }
  /** The other side opened the stream: its first word is the proof. */
  const onAlive = (stream: Stream, connection: Connection): void => {
    const { ping, ended, heard } = echoOn(stream)
    const track = trackOf(connection)
    void heard.then(() => {
      const first = track.ping === undefined
      trust(track, ping)
      if (first) void probe(track, verifyMs)
    })
    void ended.then(() => after(suspectMs, () => track.ping === ping && drop(track, 'the other side went away')))
  }

  const trust = (track: Track, ping: Ping): void => {
    if (stopped || track.connection.status !== 'open') return
    const peer = peerOf(track.connection)
    if (!track.ping) suspectCurrent(peer, track)
    track.ping = ping
    elect(peer)
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
    report(peer, linkOf(peer, best))
    for (const track of peer.tracks.values())
      if (track !== best && (track.ping || best.via !== 'relay')) retire(peer, track)
  }
  const lose = (peer: Peer): void => {
    peer.current = undefined
    if (!peer.reported || peer.graceTimer !== undefined) return
    if (peer.reported.via === 'relay' && !stopped) peer.graceTimer = after(relayGraceMs, () => reportDown(peer))
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
  const linkOf = (peer: Peer, { via, rttsMs }: Track): PeerLink => {
    const sorted = [...rttsMs].sort((a, b) => a - b)
    const rttMs = sorted[sorted.length >> 1]
    return { peerId: peer.id, via, direct: via !== 'relay', rttMs, isRelay: isRelay(peer.id) }
  }
  const report = (peer: Peer, link: PeerLink): void => {
    const before = peer.reported
    if (before && before.via === link.via && !noticeable(before.rttMs, link.rttMs)) return
    peer.reported = link
    if (link.via === 'webrtc') setBounded(met, peer.id, true, mostMet)
    if (before) events.changed(link)
    else events.up(link)
  }

  /** Closes a superseded connection as soon as nothing of ours runs over it. */
  const retire = (peer: Peer, track: Track): void => {
    if (track === peer.current || !peer.tracks.has(track.connection.id)) return
    const busy = track.suspect || track.connection.streams.some(({ protocol }) => options.isOurs(protocol))
    // who opened a circuit knows that its signalling is over; the other side leaves it the time to say so
    const ours = track.via === 'relay' && track.initiator === self
    const old = performance.now() - track.openedAt > 2 * closeMs
    if (!busy && (ours || old)) close(track)
    else after(closeMs, () => retire(peer, track))
  }
  const close = ({ connection }: Track): void => {
    const signal = AbortSignal.timeout(closeMs)
    void connection.close({ signal }).catch((error: Error) => connection.abort(error))
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
      const peer = peers.get(track.connection.remotePeer.toString() as PeerId)
      if (peer?.current === track) report(peer, linkOf(peer, track))
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
      const signal = AbortSignal.timeout(closeMs)
      const closing = [...peer.tracks.values()].map(({ connection }) =>
        connection.close({ signal }).catch((error: Error) => connection.abort(error)),
      )
      await Promise.all(closing)
      reportDown(peer)
    },
    stop: (): void => {
      stopped = true
      clearInterval(heartbeat)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** A round-trip time that a person or a scheduler would act on: half as much again, and at least 5 ms. */
const noticeable = (before: number | undefined, now: number | undefined): boolean =>
  before === undefined ? now !== undefined : now !== undefined && Math.abs(now - before) > Math.max(5, before / 2)
