import { describe, expect, it } from 'vitest'
import { didOf, didOfPeerId, keyOfDid, keyOfPeerId, type PublicKey, peerIdOf, peerIdOfDid, publicKey } from './did.ts'

const key = (hex: string): PublicKey => publicKey(new Uint8Array(Buffer.from(hex, 'hex')))!

/** Source: test vectors of the did:key method; seeds of 31 zero bytes and 0, 1, 2. */
const didVectors = [
  [
    '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29',
    'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp',
  ],
  [
    '4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29',
    'did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG',
  ],
  [
    '7422b9887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674',
    'did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf',
  ],
] as const

describe('did:key and PeerId', () => {
  it.each(didVectors)('[ID1] spells the key %s as %s', (hex, did) => {
    expect(didOf(key(hex))).toBe(did)
    expect(keyOfDid(did)).toEqual(key(hex))
  })

  /** Source: libp2p peer-ids specification, Ed25519 test vector, its public half. */
  it('[ID1] spells the key of the libp2p specification', () => {
    const specified = key('1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e')
    expect(peerIdOf(specified)).toBe('12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq')
    expect(keyOfPeerId('12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq')).toEqual(specified)
  })

  it('[ID2] translates one into the other and back', () => {
    const did = didOf(key(didVectors[0][0]))
    const peerId = peerIdOfDid(did)!
    expect(didOfPeerId(peerId)).toBe(did)
    expect(peerIdOfDid(did)).toBe(peerIdOf(key(didVectors[0][0])))
  })

  it.each([
    '',
    'did:key:',
    'did:key:z',
    'did:web:example.org',
    'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW',
    'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0',
    'did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc', // X25519
    `did:key:z${'6'.repeat(10_000)}`,
  ])('[ID3] finds no key in %.60s', (text) => {
    expect(keyOfDid(text)).toBeUndefined()
  })

  it.each(['', '12D3KooW', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', `1${'2'.repeat(10_000)}`])(
    '[ID3] finds no key in the peer id %.60s',
    (text) => {
      expect(keyOfPeerId(text)).toBeUndefined()
    },
  )

  it('[ID3] takes 32 bytes for a key and copies them', () => {
    expect(publicKey(new Uint8Array(31))).toBeUndefined()
    const bytes = new Uint8Array(32)
    const copied = publicKey(bytes)!
    bytes[0] = 9
    expect(copied[0]).toBe(0)
  })
})
