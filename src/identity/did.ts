import { base58btc } from 'multiformats/bases/base58'
import type { Brand } from '../kernel/brand.ts'
import type { Did, PeerId } from '../wire/schema.ts'

/** An Ed25519 public key, 32 bytes: the one thing that a Did and a PeerId both spell. */
export type PublicKey = Brand<Uint8Array<ArrayBuffer>, 'PublicKey'>

const keyLength = 32
/** Multicodec ed25519-pub as a varint. Source: did:key method, section 3.1. */
const didPrefix = [0xed, 0x01]
/** Identity multihash of the protobuf { Type: Ed25519, Data: key }. Source: libp2p peer-ids specification. */
const peerPrefix = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20]

export const publicKey = (bytes: Uint8Array): PublicKey | undefined =>
  bytes.length === keyLength ? (new Uint8Array(bytes) as unknown as PublicKey) : undefined

export const didOf = (key: PublicKey): Did => `did:key:${base58btc.encode(prefixed(didPrefix, key))}` as Did
/** A PeerId has no multibase letter in front: base58btc without its z. */
export const peerIdOf = (key: PublicKey): PeerId => base58btc.encode(prefixed(peerPrefix, key)).slice(1) as PeerId

/** The key that a Did spells, or undefined where it spells none. */
export const keyOfDid = (did: string): PublicKey | undefined =>
  did.startsWith('did:key:') ? unprefixed(didPrefix, did.slice('did:key:'.length)) : undefined
export const keyOfPeerId = (peerId: string): PublicKey | undefined => unprefixed(peerPrefix, `z${peerId}`)

export function peerIdOfDid(did: Did): PeerId | undefined {
  const key = keyOfDid(did)
  return key && peerIdOf(key)
}
export function didOfPeerId(peerId: PeerId): Did | undefined {
  const key = keyOfPeerId(peerId)
  return key && didOf(key)
}

function prefixed(prefix: readonly number[], key: PublicKey): Uint8Array {
  const bytes = new Uint8Array(prefix.length + keyLength)
  bytes.set(prefix)
  bytes.set(key, prefix.length)
  return bytes
}

function unprefixed(prefix: readonly number[], multibase: string): PublicKey | undefined {
  if (multibase.length > 64) return undefined // longer than any spelling of 38 bytes: not worth decoding
  try {
    const bytes = base58btc.decode(multibase)
    return prefix.every((byte, i) => bytes[i] === byte) ? publicKey(bytes.subarray(prefix.length)) : undefined
  } catch {
    return undefined
  }
}
