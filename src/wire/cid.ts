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
export function cidBytes(text: string): Uint8Array | undefined {
  if (text.length !== textLength || text[0] !== 'b') return undefined
  try {
    const bytes = base32.decode(text)
    const known = bytes[1] === codecByte.raw || bytes[1] === codecByte['dag-cbor']
    const whole = bytes[0] === 1 && known && bytes[2] === sha256Code && bytes[3] === digestLength && bytes.length === 36
    return whole && base32.encode(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

export const isCid = (text: string): text is Cid => cidBytes(text) !== undefined

const textLength = 59 // 'b' and 36 bytes in base32
