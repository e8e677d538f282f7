import type { ConnectionGater, PeerId } from '@libp2p/interface'
import { secondMs } from '../src/kernel/time.ts'
import { blockList, groupOf, hostOf } from './address.ts'
import { createRate } from './rate.ts'
import type { RelayConfig } from './settings.ts'

/** Why the relay said no; the label of the metric `tabmesh_relay_refused_total`. */
export const refusals = [
  'address-blocked',
  'peer-blocked',
  'too-many-connections',
  'too-many-connections-of-address',
  'connecting-too-fast',
  'too-many-reservations',
  'too-many-reservations-of-address',
  'too-many-circuits-of-peer',
  'sampling-too-fast',
  'gossip-too-fast',
  'gossip-too-large',
  'dht-value-wrong',
] as const
export type RefusalReason = (typeof refusals)[number]
export type Refuse = (reason: RefusalReason, fields?: Readonly<Record<string, string>>) => void

/** What the gater asks of the rest of the relay. */
export type Occupancy = {
  reservationCount(): number
  hasReservation(peer: PeerId): boolean
  reservationsOf(group: string): number
  /** The address group of a connected peer. */
  groupOfPeer(peer: PeerId): string
  circuitsOf(peer: PeerId): number
}

/** Decides who may connect, reserve and be relayed, and counts every refusal by its reason. */
export function createGater(config: RelayConfig, occupancy: Occupancy, refuse: Refuse): ConnectionGater {
  const isBlocked = blockList(config.blockedAddresses)
  const blockedPeers = new Set(config.blockedPeers)
  const known = new Set(config.peers.flatMap((address) => address.split('/').slice(-1)))
  const connecting = createRate(config.newConnectionsPerAddress, secondMs)
  const open = new Map<string, number>()
  let total = 0

  const denyWith = (reason: RefusalReason, fields: Readonly<Record<string, string>>): true => {
    refuse(reason, fields)
    return true
  }

  return {
    // Tabs cannot be dialled, and an address that a stranger mentions may be a machine inside: only configured relays.
    denyDialPeer: (peer) => !known.has(peer.toString()),
    denyDialMultiaddr: (address) =>
      !config.peers.some((peer) => peer.startsWith(address.toString().split('/p2p/')[0]!)),

    denyInboundConnection: (incoming) => {
      const host = hostOf(incoming.remoteAddr) ?? ''
      const group = groupOf(host)
      const ofGroup = open.get(group) ?? 0
      if (host !== '' && isBlocked(host)) return denyWith('address-blocked', { host })
      if (total >= config.maxConnections) return denyWith('too-many-connections', { host })
      if (ofGroup >= config.connectionsPerAddress) return denyWith('too-many-connections-of-address', { host })
      if (!connecting(group)) return denyWith('connecting-too-fast', { host })
      open.set(group, ofGroup + 1)
      total += 1
      incoming.addEventListener(
        'close',
        () => {
          const left = (open.get(group) ?? 1) - 1
          total -= 1
          if (left === 0) open.delete(group)
          else open.set(group, left)
        },
        { once: true },
      )
      return false
    },
    denyInboundEncryptedConnection: (peer) =>
      blockedPeers.has(peer.toString()) && denyWith('peer-blocked', { peer: peer.toString() }),
    denyInboundRelayReservation: (peer) => {
      const fields = { peer: peer.toString() }
      if (occupancy.hasReservation(peer)) return false
      if (occupancy.reservationCount() >= config.maxReservations) return denyWith('too-many-reservations', fields)
      if (occupancy.reservationsOf(occupancy.groupOfPeer(peer)) < config.reservationsPerAddress) return false
      return denyWith('too-many-reservations-of-address', fields)
    },
    denyOutboundRelayedConnection: (source) =>
      occupancy.circuitsOf(source) >= config.circuitsPerPeer &&
      denyWith('too-many-circuits-of-peer', { peer: source.toString() }),
  }
}
