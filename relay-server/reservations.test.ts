import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReservations } from './reservations.ts'

const ttlMs = 600_000
const newPeer = async (): Promise<PeerId> => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a reservation that is renewed', () => {
  it('outlives any number of its own timers, and ends one time to live after the last renewal', async () => {
    const peer = await newPeer()
    const { reserved, reservations } = withReservation(peer, '/ip4/10.0.0.1/tcp/1')
    for (let at = 0; at < 5; at++) {
      vi.advanceTimersByTime(ttlMs / 2)
      reserved.get(peer)!.signal.reset(ttlMs)
    }
    vi.advanceTimersByTime(ttlMs - 1)
    expect(reserved.has(peer)).toBe(true)
    vi.advanceTimersByTime(1)
    expect([reserved.has(peer), reservations.ofGroup('10.0.0.1')]).toEqual([false, 0])
  })

  it('does not end the next one of the same peer', async () => {
    const peer = await newPeer()
    const { reserved, reservations, reserve } = withReservation(peer, '/ip4/10.0.0.1/tcp/1')
    vi.advanceTimersByTime(ttlMs / 2)
    reserved.get(peer)!.signal.reset(ttlMs)
    reservations.release(peer)
    expect(reserved.has(peer)).toBe(false)
    reserve()
    vi.advanceTimersByTime(ttlMs - 1)
    expect(reserved.has(peer)).toBe(true)
  })
})

describe('a sample', () => {
  it('is small, without repetition and without the asker', async () => {
    const peers = await Promise.all(Array.from({ length: 30 }, newPeer))
    const reservations = createReservations(new PeerMap(peers), ttlMs)
    const sample = reservations.sample(20, peers[0]!).map(String)
    expect(new Set(sample).size).toBe(20)
    expect(sample).not.toContain(peers[0]!.toString())
    expect(reservations.sample(20, peers[0]!).map(String)).not.toEqual(sample)
  })
})

type Reserved = Parameters<typeof createReservations>[0]
type Reservation = NonNullable<ReturnType<Reserved['get']>>

/** libp2p's map of reservations: peers are equal when their texts are. */
class PeerMap implements Reserved {
  readonly #entries = new Map<string, { peer: PeerId; reservation: Reservation }>()
  constructor(peers: PeerId[] = []) {
    for (const peer of peers) this.set(peer, {} as Reservation)
  }
  get size() {
    return this.#entries.size
  }
  set = (peer: PeerId, reservation: Reservation) => void this.#entries.set(peer.toString(), { peer, reservation })
  get = (peer: PeerId) => this.#entries.get(peer.toString())?.reservation
  has = (peer: PeerId) => this.#entries.has(peer.toString())
  delete = (peer: PeerId) => this.#entries.delete(peer.toString())
  keys = () => [...this.#entries.values()].map(({ peer }) => peer).values()
}

function withReservation(peer: PeerId, address: string) {
  const reserved = new PeerMap()
  const reservations = createReservations(reserved, ttlMs)
  const reserve = (): void => {
    const signal = Object.assign(new AbortController().signal, { reset: () => {}, clear: () => {} })
    reserved.set(peer, { addr: multiaddr(address), expiry: new Date(0), signal })
    reservations.adopt(peer)
  }
  reserve()
  return { reserved, reservations, reserve }
}
