import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../wire/schema.ts'
import type { PeerLink } from '../network.port.ts'
import { rangeOf, viaOf } from './address.ts'
import type { Ping } from './alive.ts'
import type { Candidate } from './choose-connection.ts'

/** One connection to a peer, and what is known of it. */
export type Track = Candidate & {
  readonly connection: Connection
  /** Present once bytes came back over this connection: before that it is not used. */
  ping: Ping | undefined
  /** Tells the other side that this one goes away. */
  leave: (() => void) | undefined
  readonly rttsMs: number[]
  unanswered: number
  /** Of the addresses that it comes from, once that is known. */
  range: string | undefined
  /** How often it was asked for. */
  looks: number
  /** Set while a newer connection of the same peer asks whether this one is still alive. */
  suspect: boolean
}
/** A peer, whatever connections there are to it. */
export type Peer = {
  readonly id: PeerId
  readonly tracks: Map<string, Track>
  current: Track | undefined
  reported: PeerLink | undefined
  graceTimer: ReturnType<typeof setTimeout> | undefined
  /** It said farewell, and has not come back since. */
  hasLeft: boolean
}

export const newTrack = (connection: Connection, initiator: PeerId): Track => ({
  connection,
  via: viaOf(connection),
  initiator,
  openedAt: performance.now(),
  ping: undefined,
  leave: undefined,
  rttsMs: [],
  unanswered: 0,
  range: rangeOf(connection.remoteAddr.toString()),
  looks: 0,
  suspect: false,
})

/** The link as the port tells it. Its round trip is the median of those kept. */
export function linkOf(peerId: PeerId, { via, rttsMs, range }: Track, isRelay: (peerId: PeerId) => boolean): PeerLink {
  const sorted = [...rttsMs].sort((a, b) => a - b)
  return {
    peerId,
    via,
    direct: via !== 'relay',
    rttMs: sorted[sorted.length >> 1],
    ...(range && { range }),
    isRelay: isRelay(peerId),
  }
}

/** Closes a connection with a farewell; one that does not end in time is cut. */
export async function farewell(connection: Connection, withinMs: number): Promise<void> {
  try {
    await connection.close({ signal: AbortSignal.timeout(withinMs) })
  } catch (error) {
    connection.abort(error instanceof Error ? error : new Error(String(error)))
  }
}

/** A round-trip time that a person or a scheduler would act on: half as much again, and at least 5 ms. */
export const noticeable = (before: number | undefined, now: number | undefined): boolean =>
  before === undefined ? now !== undefined : now !== undefined && Math.abs(now - before) > Math.max(5, before / 2)
