import { expect, it } from 'vitest'
import { rangeOf } from './address.ts'

it('tells the range of a direct address, and none of one that runs through somebody else', () => {
  expect(rangeOf('/ip4/203.0.113.7/tcp/443/wss/p2p/12D3')).toBe('203.0.113.0/24')
  expect(rangeOf('/ip6/2001:db8:7:1::9/tcp/443/ws')).toBe('2001:db8:7::/48')
  expect(rangeOf('/ip6/2001:0db8::9/tcp/443/ws')).toBe('2001:db8:0::/48')
  expect(rangeOf('/ip6/::1/tcp/443/ws')).toBeUndefined()
  expect(rangeOf('/ip6/fd00::9/tcp/443/ws')).toBeUndefined()
  expect(rangeOf('/ip4/127.0.0.1/tcp/443/ws')).toBeUndefined()
  expect(rangeOf('/ip4/192.168.1.9/tcp/443/ws')).toBeUndefined()
  expect(rangeOf('/ip4/203.0.113.7/tcp/443/ws/p2p/12D3/p2p-circuit/webrtc')).toBeUndefined()
  expect(rangeOf('/webrtc/p2p/12D3')).toBeUndefined()
  expect(rangeOf('/dns4/example.org/tcp/443/wss')).toBeUndefined()
})
