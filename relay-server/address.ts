import { BlockList, isIP } from 'node:net'
import type { Multiaddr } from '@multiformats/multiaddr'

/** ::ffff:10.1.2.3, as Node writes it, and ::ffff:a01:203, as a multiaddr does. */
const mappedDotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const mappedHex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i

/** The IP address in a multiaddr, an IPv4 one even where it came in mapped into IPv6; undefined where there is none. */
export function hostOf(address: Multiaddr): string | undefined {
  const host = address.getComponents().find(({ name }) => name === 'ip4' || name === 'ip6')?.value
  return host === undefined ? undefined : unmapped(host)
}

function unmapped(host: string): string {
  const dotted = mappedDotted.exec(host)?.[1]
  if (dotted !== undefined) return dotted
  const [, high, low] = mappedHex.exec(host) ?? []
  if (high === undefined || low === undefined) return host
  return [high, low]
    .map((part) => Number.parseInt(part, 16))
    .flatMap((part) => [part >> 8, part & 0xff])
    .join('.')
}

/**
 * Whom a limit per address counts together: an IPv4 address, or an IPv6 /64 network, for one household is given at least
 * that and can change addresses inside it at will (RFC 6177).
 */
export function groupOf(host: string): string {
  if (isIP(host) !== 6) return host
  const [head = '', tail = ''] = host.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const zeros = host.includes('::') ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0') : []
  const network = [...front, ...zeros, ...back].slice(0, 4)
  return `${network.map((part) => Number.parseInt(part, 16).toString(16)).join(':')}::/64`
}

/** @param entries IP addresses and networks, as the configuration allows them */
export function blockList(entries: readonly string[]): (host: string) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [host = '', bits] = entry.split('/')
    const family = isIP(host) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(host, family)
    else list.addSubnet(host, Number(bits), family)
  }
  return (host) => list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}
