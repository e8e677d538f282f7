import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Networks that a machine has with itself: of containers, virtual machines and tunnels. Phones are on none of them. */
const inner = /^(docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|tailscale|wg|zt|vEthernet)/

/** This machine's IPv4 addresses in its networks, the likeliest for others first; none where it is in none. */
export function lanAddresses(interfaces = networkInterfaces()): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([name, addresses]) => (addresses ?? []).map((address) => ({ name, ...address })))
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    .toSorted((one, other) => Number(inner.test(one.name)) - Number(inner.test(other.name)))
    .map(({ address }) => address)
}

/** The relay as a tab dials it: through the very address under which its browser has the page. */
export function relayAddress(origin: URL, peerId: string): string {
  const name = origin.hostname.replace(/^\[|\]$/g, '')
  const kind = isIP(name)
  const isSecure = origin.protocol === 'https:'
  const port = origin.port || (isSecure ? '443' : '80')
  return `/${kind === 0 ? 'dns4' : `ip${kind}`}/${name}/tcp/${port}${isSecure ? '/tls' : ''}/ws/p2p/${peerId}`
}
