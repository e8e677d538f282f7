import { sha256 } from '@noble/hashes/sha2.js'
import { base32 } from 'multiformats/bases/base32'
import type { Brand } from '../kernel/brand.ts'

/** A CIDv1 in base32: the name of bytes by their SHA-256. Kept as text, so that it can key a map and order a tie. */
export type Cid = Brand<string, 'Cid'>

/** Multicodec of what was hashed: plain bytes of a block, or one DAG-CBOR value. */
export type CidCodec = 'raw' | 'dag-cbor'

const codecByte: Record<CidCodec, number> = { raw: 0x55, 'dag-cbor': 0x71 }
const sha256Code = 0x12
const digestLength = 32

/** CID of `bytes`; equal bytes have equal CIDs on every machine. Source: multiformats CIDv1, multihash sha2-256. */
export const cidOf = (bytes: Uint8Array, codec: CidCodec): Cid => cidOfDigest(sha256(bytes), codec)

/** CID of bytes whose SHA-256 somebody else computed, WebCrypto for instance. @param digest 32 bytes */
export function cidOfDigest(digest: Uint8Array, codec: CidCodec): Cid {
  const cid = new Uint8Array(4 + digestLength)
  cid.set([1, codecByte[codec], sha256Code, digestLength])
  cid.set(digest, 4)
  return base32.encode(cid) as Cid
}

/** The 36 bytes behind the text, or undefined where the text is no CID that we use. */
export const cidBytes = (text: string): Uint8Array | undefined => (isCid(text) ? base32.decode(text) : undefined)

export const isCid = (text: string): text is Cid => spelling.test(text)

/**
 * 36 bytes in base32, decided by sight alone, for every name in every message is looked at: the head is 01, the codec, 12 20,
 * its last two bits begin the eighth letter, and of the last letter two bits are padding and therefore zero.
 */
const spelling = /^baf[ky]rei[a-h][a-z2-7]{50}[aeimquy4]$/
