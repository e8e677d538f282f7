import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { lanAddresses, relayAddress } from './addresses.ts'

const at = (address: string, family: 'IPv4' | 'IPv6' = 'IPv4'): NetworkInterfaceInfo[] => {
  const rest = { address, netmask: '', mac: '', internal: address.startsWith('127.'), cidr: null }
  return [family === 'IPv4' ? { ...rest, family } : { ...rest, family, scopeid: 0 }]
}

describe('addresses in networks', () => {
  it('leave out the machine itself, IPv6, and those that nobody gave', () => {
    expect(lanAddresses({ lo: at('127.0.0.1'), a: at('fd00::2', 'IPv6'), b: at('169.254.3.4'), c: undefined })).toEqual(
      [],
    )
  })

  it('have those of containers and tunnels last', () => {
    const found = { docker0: at('172.17.0.1'), tailscale0: at('100.64.0.1'), wlan0: at('192.168.1.5') }
    expect(lanAddresses(found)).toEqual(['192.168.1.5', '172.17.0.1', '100.64.0.1'])
  })
})

describe('the address of the relay', () => {
  it.each([
    ['http://localhost:4173', '/dns4/localhost/tcp/4173/ws/p2p/12D3'],
    ['http://127.0.0.1:4173', '/ip4/127.0.0.1/tcp/4173/ws/p2p/12D3'],
    ['https://192.168.1.5:4173', '/ip4/192.168.1.5/tcp/4173/tls/ws/p2p/12D3'],
    ['https://mesh.example', '/dns4/mesh.example/tcp/443/tls/ws/p2p/12D3'],
    ['http://[::1]:8080', '/ip6/::1/tcp/8080/ws/p2p/12D3'],
  ])('of a page at %s is %s', (origin, address) => {
    expect(relayAddress(new URL(origin), '12D3')).toBe(address)
  })
})
