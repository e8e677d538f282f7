import { expect, it } from 'vitest'
import { rangeOf } from './address.ts'
import { addressIn } from './seen-address.ts'

type Told = Readonly<Record<string, unknown>>
const rest = [
  { id: 'old', type: 'candidate-pair', state: 'succeeded', nominated: false, remoteCandidateId: 'other' },
  { id: 'other', type: 'remote-candidate', address: '198.51.100.9', candidateType: 'host' },
]
/** What a browser tells of a connection that uses this remote candidate. */
const statsOf = (remote: Told, { local = {}, pair = {}, transport = {} }: Record<string, Told> = {}): Told[] => [
  ...rest,
  { id: 'inside', type: 'local-candidate', address: '127.0.0.1', candidateType: 'host' },
  { id: 'here', type: 'local-candidate', address: '192.168.1.4', candidateType: 'host', ...local },
  { id: 'there', type: 'remote-candidate', candidateType: 'srflx', ...remote },
  { id: 'pair', type: 'candidate-pair', localCandidateId: 'here', remoteCandidateId: 'there', ...pair },
  { id: 'T01', type: 'transport', selectedCandidatePairId: 'pair', ...transport },
]

it('is the remote end of the pair of candidates that is used, of whatever spelling', () => {
  expect(addressIn(statsOf({ address: '203.0.113.7' }))).toBe('/ip4/203.0.113.7/udp')
  expect(addressIn(statsOf({ address: '2001:db8:7:1::9' }))).toBe('/ip6/2001:db8:7:1::9/udp')
  expect(addressIn(statsOf({ ip: '203.0.113.7' }))).toBe('/ip4/203.0.113.7/udp')
  const unsaid = { selectedCandidatePairId: undefined }
  const pair = { nominated: true, state: 'succeeded' }
  expect(addressIn(statsOf({ address: '203.0.113.7' }, { pair, transport: unsaid }))).toBe('/ip4/203.0.113.7/udp')
  expect(addressIn(statsOf({ address: '203.0.113.7' }, { transport: unsaid }))).toBeUndefined()
})

it('is none where the browser hides it, of a TURN server, and of this machine itself', () => {
  for (const hidden of [{}, { address: null }, { address: '' }]) expect(addressIn(statsOf(hidden))).toBeUndefined()
  expect(addressIn(statsOf({ address: '203.0.113.7', candidateType: 'relay' }))).toBeUndefined()
  const local = { address: '203.0.113.7' }
  for (const localCandidateId of ['here', 'inside'])
    expect(addressIn(statsOf({ address: '203.0.113.7' }, { local, pair: { localCandidateId } }))).toBeUndefined()
  expect(addressIn([])).toBeUndefined()
})

it('gives the range that it is in, as of any other connection, and none of names and of networks that are nobody’s', () => {
  const range = (address: string) => rangeOf(addressIn(statsOf({ address })) ?? '')
  expect(range('203.0.113.7')).toBe('203.0.113.0/24')
  expect(range('2001:db8:7:1::9')).toBe('2001:db8:7::/48')
  const none = ['7c0a2b1e-5d8f-4c39.local', '127.0.0.1', '::1', '10.0.0.4', '192.168.1.9', 'fe80::1', 'fd00::2']
  for (const address of none) expect(range(address)).toBeUndefined()
})
