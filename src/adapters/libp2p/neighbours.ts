import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '../../wire/schema.ts'
import type { PeerLink } from '../network.port.ts'
import { type NetworkLog, reasonOf } from './log.ts'
import type { Node } from './node.ts'

export type Neighbours = ReturnType<typeof createNeighbours>

/** Tabs that would introduce us to others: enough that any two of ten tabs with five links each share one. */
const mostReservations = 8

/**
 * Asks some directly connected tabs to carry signalling to us, so that tabs which know only a common third one find each
 * other while every relay is dead. These addresses are announced to nobody: whoever knows the third tab tries it.
 */
export function createNeighbours(options: { readonly node: () => Node; readonly log: NetworkLog }) {
  const { node, log } = options
  const asked = new Set<PeerId>()

  const ask = async (peerId: PeerId): Promise<void> => {
    asked.add(peerId)
    try {
      await node().reservations.addRelay(peerIdFromString(peerId), 'configured')
    } catch (error) {
      asked.delete(peerId)
      log('neighbour-takes-no-reservation', { peer: peerId, reason: reasonOf(error) })
    }
  }
  return {
    /** Called whenever the links change: fills up the reservations from those that are direct. */
    refill: (links: readonly PeerLink[]): void => {
      const direct = new Set(links.filter((link) => link.direct && !link.isRelay).map(({ peerId }) => peerId))
      for (const peerId of asked) if (!direct.has(peerId)) asked.delete(peerId)
      for (const peerId of direct) {
        if (asked.size >= mostReservations) return
        if (!asked.has(peerId)) void ask(peerId)
      }
    },
  }
}
