import { multiaddr } from '@multiformats/multiaddr'
import { expect, it } from 'vitest'
import { blockList, groupOf, hostOf } from './address.ts'

it('an address is found in a multiaddr, mapped or not', () => {
  expect(hostOf(multiaddr('/ip4/10.1.2.3/tcp/1/ws'))).toBe('10.1.2.3')
  expect(hostOf(multiaddr('/ip6/2001:db8::1/tcp/1/ws'))).toBe('2001:db8::1')
  expect(hostOf(multiaddr('/ip6/::ffff:10.1.2.3/tcp/1/ws'))).toBe('10.1.2.3')
  expect(hostOf(multiaddr('/dns4/relay.example/tcp/1/ws'))).toBeUndefined()
})

it('a limit per address counts an IPv6 network of 64 bits as one', () => {
  expect(groupOf('10.1.2.3')).toBe('10.1.2.3')
  expect(groupOf('2001:db8:0:1::1')).toBe(groupOf('2001:DB8::1:ffff:0:0:2'))
  expect(groupOf('2001:db8:0:1::1')).not.toBe(groupOf('2001:db8:0:2::1'))
  expect(groupOf('::1')).toBe('0:0:0:0::/64')
})

it('a block list knows addresses and networks of both kinds', () => {
  const isBlocked = blockList(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])
  expect(['10.9.9.9', '192.0.2.7', '2001:db8::5'].map(isBlocked)).toEqual([true, true, true])
  expect(['11.0.0.1', '192.0.2.8', '2001:db9::5'].map(isBlocked)).toEqual([false, false, false])
})
