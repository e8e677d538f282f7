import { randomInt } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { RelayReservation } from '@libp2p/circuit-relay-v2'
import type { PeerId } from '@libp2p/interface'
import { groupOf, hostOf } from './address.ts'

type ReservationMap = {
  readonly size: number
  get(peer: PeerId): RelayReservation | undefined
  delete(peer: PeerId): boolean
  keys(): IterableIterator<PeerId>
}

/**
 * Lives of reservations. libp2p's own timer of a reservation that was renewed twice cannot be stopped, and ends it in spite
 * of the renewal, circuits included; so each reservation gets a timer of ours.
 */
export type Reservations = {
  /** Takes over what libp2p may just have reserved for `peer`. */
  adopt(peer: PeerId): void
  /** Ends it: its last connection closed. */
  release(peer: PeerId): void
  ofGroup(group: string): number
  /** @returns at most `count` peers other than `except`, each equally likely */
  sample(count: number, except: PeerId): PeerId[]
  stop(): void
}

export function createReservations(reserved: ReservationMap, ttlMs: number): Reservations {
  const held = new Map<string, { readonly signal: Renewable; readonly group: string }>()
  const perGroup = new Map<string, number>()
  const count = (group: string, by: number): void => {
    const sum = (perGroup.get(group) ?? 0) + by
    if (sum === 0) perGroup.delete(group)
    else perGroup.set(group, sum)
  }

  const release = (peer: PeerId): void => {
    const own = held.get(peer.toString())
    if (own === undefined) return
    own.signal.clear()
    held.delete(peer.toString())
    count(own.group, -1)
    reserved.delete(peer)
  }

  return {
    adopt: (peer) => {
      const reservation = reserved.get(peer)
      if (reservation === undefined || held.get(peer.toString())?.signal === reservation.signal) return
      reservation.signal.clear()
      reservation.signal = renewable(ttlMs, () => release(peer))
      const group = groupOf(hostOf(reservation.addr) ?? '')
      held.set(peer.toString(), { signal: reservation.signal, group })
      count(group, 1)
    },
    release,
    ofGroup: (group) => perGroup.get(group) ?? 0,
    sample: (most, except) => {
      const peers = [...reserved.keys()].filter((peer) => !peer.equals(except))
      for (let at = 0; at < Math.min(most, peers.length); at++) {
        const other = randomInt(at, peers.length)
        const chosen = peers[other]!
        peers[other] = peers[at]!
        peers[at] = chosen
      }
      return peers.slice(0, most)
    },
    stop: () => {
      for (const { signal } of held.values()) signal.clear()
    },
  }
}

type Renewable = RelayReservation['signal']

function renewable(ttlMs: number, ended: () => void): Renewable {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal) // each circuit to the peer adds one
  const fire = (): void => {
    ended()
    controller.abort(new Error('the reservation expired'))
  }
  let timer = setTimeout(fire, ttlMs).unref()
  return Object.assign(controller.signal, {
    reset: (ms = ttlMs) => {
      clearTimeout(timer)
      timer = setTimeout(fire, ms).unref()
    },
    clear: () => clearTimeout(timer),
  })
}
