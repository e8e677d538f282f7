import type { Cid } from '../wire/cid.ts'
import type { PeerId } from '../wire/schema.ts'

/** Blocks owed by one peer at a time: 4 MiB, which fills 40 MB/s over a round trip of 100 ms (CN10). */
export const mostOwed = 16
/** A peer is asked again once it owes half of that, so that names travel in batches and the peer is never idle. */
const askBelow = mostOwed / 2
/** How long a block may be owed before another peer is asked as well (CN14). */
const slowMs = 1_000

/** Why a peer is asked nothing more. */
export type DropCode = 'unreachable' | 'junk-block' | 'silent' | 'malformed' | 'closed' | 'refused'

type Wanted = {
  readonly lacking: Set<PeerId>
  readonly owedBy: Map<PeerId, number>
}

/**
 * Who is asked for what. Knows no time, network or disk: `now` is milliseconds of any clock.
 * A peer is known from its first `next` until `drop`.
 */
export type FetchPlan = {
  /** Adds blocks to be fetched, in the order in which they should come; a name that was wanted before is not added again. */
  want(cids: readonly Cid[]): void
  /** What to ask of `peer` now; empty while it owes enough, or has nothing that is left. */
  next(peer: PeerId, now: number): readonly Cid[]
  owes(peer: PeerId, cid: Cid): boolean
  /** How many peers owe something. */
  readonly busyPeers: number
  /** `peer` gave the right bytes. @returns whether nobody had given them before */
  arrived(peer: PeerId, cid: Cid, now: number): boolean
  /** Of what it was asked, `peer` has only `had`. */
  answered(peer: PeerId, asked: readonly Cid[], had: readonly Cid[], now: number): void
  /** Forgets a peer: what it owed is wanted again (CN12). */
  drop(peer: PeerId): void
  /** Peers that owe something and have sent nothing for `silentMs`. */
  silent(now: number, silentMs: number): readonly PeerId[]
  /** A wanted block that every one of `peers` lacks; with none of them, any wanted block (CN15). */
  missing(peers: readonly PeerId[]): Cid | undefined
  readonly arrivedBlocks: number
  readonly wantedBlocks: number
  readonly complete: boolean
}

export function fetchPlan(): FetchPlan {
  const wanted = new Map<Cid, Wanted>()
  const seen = new Set<Cid>()
  /** When each peer last moved, and what it owes. */
  const peers = new Map<PeerId, { movedAt: number; readonly owes: Set<Cid> }>()
  /** Names that no peer owes, in order. */
  let unasked: Cid[] = []
  let arrivedBlocks = 0

  function release(peer: PeerId, cid: Cid): void {
    peers.get(peer)?.owes.delete(cid)
    const block = wanted.get(cid)
    if (!block?.owedBy.delete(peer)) return
    if (block.owedBy.size === 0) unasked.unshift(cid)
  }

  function take(peer: PeerId, most: number): Cid[] {
    const taken: Cid[] = []
    const left: Cid[] = []
    for (const cid of unasked) {
      if (taken.length < most && !wanted.get(cid)?.lacking.has(peer)) taken.push(cid)
      else left.push(cid)
    }
    if (taken.length > 0) unasked = left
    return taken
  }

  /** What others have owed for long, oldest first (CN14). */
  function overdue(peer: PeerId, most: number, now: number): Cid[] {
    if (unasked.length > 0) return []
    const slow: Cid[] = []
    for (const [cid, { lacking, owedBy }] of wanted) {
      if (slow.length === most) break
      const [askedAt] = owedBy.values()
      if (owedBy.size === 1 && !owedBy.has(peer) && !lacking.has(peer) && askedAt! + slowMs <= now) slow.push(cid)
    }
    return slow
  }

  return {
    want: (cids) => {
      for (const cid of cids) {
        if (seen.has(cid)) continue
        seen.add(cid)
        wanted.set(cid, { lacking: new Set(), owedBy: new Map() })
        unasked.push(cid)
      }
    },
    next: (peer, now) => {
      const known = peers.get(peer) ?? { movedAt: now, owes: new Set<Cid>() }
      peers.set(peer, known)
      if (known.owes.size > askBelow) return []
      const free = mostOwed - known.owes.size
      const own = take(peer, free)
      const asked = own.length > 0 ? own : known.owes.size === 0 ? overdue(peer, free, now) : []
      if (known.owes.size === 0) known.movedAt = now
      for (const cid of asked) {
        known.owes.add(cid)
        wanted.get(cid)?.owedBy.set(peer, now)
      }
      return asked
    },
    arrived: (peer, cid, now) => {
      const known = peers.get(peer)
      known?.owes.delete(cid)
      if (known) known.movedAt = now
      if (!wanted.delete(cid)) return false
      arrivedBlocks++
      unasked = unasked.filter((name) => name !== cid)
      return true
    },
    owes: (peer, cid) => peers.get(peer)?.owes.has(cid) ?? false,
    get busyPeers() {
      return [...peers.values()].filter(({ owes }) => owes.size > 0).length
    },
    answered: (peer, asked, had, now) => {
      const has = new Set(had)
      const known = peers.get(peer)
      if (known) known.movedAt = now
      for (const cid of asked.filter((name) => !has.has(name)).reverse()) {
        wanted.get(cid)?.lacking.add(peer)
        release(peer, cid)
      }
    },
    drop: (peer) => {
      for (const cid of [...(peers.get(peer)?.owes ?? [])].reverse()) release(peer, cid)
      peers.delete(peer)
    },
    silent: (now, silentMs) =>
      [...peers].filter(([, { owes, movedAt }]) => owes.size > 0 && movedAt + silentMs <= now).map(([peer]) => peer),
    missing: (among) => unasked.find((cid) => among.every((peer) => wanted.get(cid)?.lacking.has(peer))),
    get arrivedBlocks() {
      return arrivedBlocks
    },
    get wantedBlocks() {
      return seen.size
    },
    get complete() {
      return wanted.size === 0
    },
  }
}
