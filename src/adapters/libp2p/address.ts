import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../wire/schema.ts'
import type { Via } from '../network.port.ts'

const circuit = '/p2p-circuit'
const webrtc = '/webrtc'

/** How a connection runs, by its remote address: what stands behind the last circuit decides. */
export function viaOf(connection: Connection): Via {
  const address = connection.remoteAddr.toString()
  const at = address.lastIndexOf(circuit)
  const tail = at < 0 ? address : address.slice(at + circuit.length)
  if (tail.startsWith(webrtc)) return 'webrtc'
  return at >= 0 || connection.limits !== undefined ? 'relay' : 'websocket'
}

/** The circuits that hints name, each as the address of its relay: `/ip4/…/ws/p2p/R` or `/p2p/C`. Unreadable hints fall away. */
export function relaysIn(addresses: readonly string[]): readonly string[] {
  return addresses
    .filter((address) => address.includes(circuit))
    .map((address) => address.slice(0, address.indexOf(circuit)))
    .filter((relay) => relay.includes('/p2p/'))
}

/** Addresses among the hints that a WebSocket reaches without any circuit. */
export const socketsIn = (addresses: readonly string[]): readonly string[] =>
  addresses.filter((address) => !address.includes(circuit) && /\/(ws|wss)(\/|$)/.test(address))

export const circuitAddress = (relay: string, peer: PeerId): string => `${relay}${circuit}/p2p/${peer}`
export const webrtcAddress = (relay: string, peer: PeerId): string => `${relay}${circuit}${webrtc}/p2p/${peer}`
export const tabRelay = (neighbour: PeerId): string => `/p2p/${neighbour}`
