import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '../../wire/schema.ts'
import type { PeerLink } from '../network.port.ts'
import { aliveProtocol, type Echo, echoOn, type Ping } from './alive.ts'
import { networkFailure } from './failure.ts'
import { reasonOf } from './log.ts'
import type { Track } from './track.ts'

export const verifyMs = 4_000 // longer than any round trip, shorter than a person's patience
export const suspectMs = 1_500 // a living tab answers at once; its predecessor never does

/**
 * Makes sure that a connection carries bytes before it is used: an open WebRTC connection may be one whose ICE failed on the
 * other side. Who opened it asks, who accepted it waits to be asked.
 */
export function createProofs(options: {
  readonly trackOf: (connection: Connection) => Track
  readonly after: (delayMs: number, run: () => void) => void
  readonly trust: (track: Track, ping: Ping) => void
  readonly drop: (track: Track, reason: string) => void
  readonly left: (track: Track) => void
  readonly linked: (track: Track) => PeerLink
  readonly heardFirst: (track: Track) => void
}) {
  const { trackOf, after, trust, drop, left, linked, heardFirst } = options
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
    if (track.ping) return linked(track)
    try {
      const ping = await openEcho(track)
      track.rttsMs.push(await ping(verifyMs))
      trust(track, ping)
      return linked(track)
    } catch (error) {
      drop(track, reasonOf(error))
      throw networkFailure('unreachable', 'a new connection carries no bytes', {
        peer: connection.remotePeer.toString() as PeerId,
        cause: error,
      })
    }
  }
  const openEcho = async (track: Track): Promise<Ping> => {
    const signal = AbortSignal.timeout(verifyMs)
    const stream = await track.connection.newStream(aliveProtocol, { signal, runOnLimitedConnection: true })
    const echo = echoOn(stream, track.connection)
    void echo.ended.then(() => after(0, () => regreet(track)))
    heed(track, echo)
    return echo.ping
  }
  const heed = (track: Track, echo: Echo): void => {
    track.leave = echo.leave
    void echo.left.then(() => left(track))
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
    const echo = echoOn(stream, connection)
    const { ping, ended, heard } = echo
    const track = trackOf(connection)
    heed(track, echo)
    void heard.then(() => {
      const first = track.ping === undefined
      trust(track, ping)
      if (first) heardFirst(track)
    })
    void ended.then(() => after(suspectMs, () => track.ping === ping && drop(track, 'the other side went away')))
  }

  return { greet, onAlive }
}
