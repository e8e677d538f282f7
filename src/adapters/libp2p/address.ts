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

/** Of this machine, or of its own network: all that is there has one owner or many, and nothing is known of them. */
const ownRange = /^(127|10|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./

/** The /24 or /48 that an address begins with; undefined where it runs through somebody else, or names none. */
export function rangeOf(address: string): string | undefined {
  if (address.includes(circuit)) return undefined
  const four = /^\/ip4\/(\d+\.\d+\.\d+)\.\d+\//.exec(address)?.[1]
  if (four && ownRange.test(four)) return undefined
  if (four) return `${four}.0/24`
  const six = /^\/ip6\/([\da-f:]+)\//i.exec(address)?.[1]?.toLowerCase()
  if (!six || six === '::1' || /^f[cde]/.test(six)) return undefined
  const [head = '', tail] = six.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const whole = [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0')].slice(0, 3)
  return `${whole.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/48`
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
