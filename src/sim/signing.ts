import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { didOf, keyOfDid, type PublicKey, publicKey } from '../identity/did.ts'
import { assert } from '../kernel/assert.ts'
import type { Rng } from '../kernel/rng.ts'
import type { Did } from '../wire/schema.ts'

/**
 * The port to keys, as the real one promises: deterministic, holds for its own messages, refuses every other. Synchronous,
 * because virtual time does not pass while one waits.
 */
export type SimSigner = {
  readonly did: Did
  readonly secret: Uint8Array
  /** @returns 64 bytes */
  sign(message: Uint8Array): Uint8Array<ArrayBuffer>
}
export type SimSigning = {
  /** A new identity from the world's own chance. */
  create(rng: Rng): SimSigner
  verify(author: Did, message: Uint8Array, signature: Uint8Array): boolean
}

/** A keyed hash in place of Ed25519: a hundred times cheaper, and good only inside the process that holds all keys. */
export function hashSigning(): SimSigning {
  const secrets = new Map<Did, Uint8Array>()
  const tagOf = (secret: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> => {
    const tag = createHash('sha512').update(secret).update(message).digest()
    return new Uint8Array(tag.buffer, tag.byteOffset, 64) as Uint8Array<ArrayBuffer>
  }
  return {
    create(rng) {
      const secret = randomBytes(rng, 32)
      const did = didOf(asKey(randomBytes(rng, 32)))
      secrets.set(did, secret)
      return { did, secret, sign: (message) => tagOf(secret, message) }
    },
    verify(author, message, signature) {
      const secret = secrets.get(author)
      return secret !== undefined && Buffer.compare(tagOf(secret, message), signature) === 0
    },
  }
}

/** PKCS #8 and SPKI heads of an Ed25519 key. Source: RFC 8410, section 10. */
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicHead = Buffer.from('302a300506032b6570032100', 'hex')

/** Real Ed25519 with keys from the world's seed. */
export function ed25519Signing(): SimSigning {
  const keys = new Map<Did, KeyObject>()
  const keyOf = (author: Did): KeyObject | undefined => {
    const known = keys.get(author)
    const bytes = known ? undefined : keyOfDid(author)
    if (!bytes) return known
    const made = createPublicKey({ key: Buffer.concat([publicHead, bytes]), format: 'der', type: 'spki' })
    keys.set(author, made)
    return made
  }
  return {
    create(rng) {
      const secret = randomBytes(rng, 32)
      const key = createPrivateKey({ key: Buffer.concat([privateHead, secret]), format: 'der', type: 'pkcs8' })
      const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
      const did = didOf(asKey(new Uint8Array(spki.subarray(-32))))
      return { did, secret, sign: (message) => new Uint8Array(sign(null, message, key)) }
    },
    verify(author, message, signature) {
      const key = keyOf(author)
      return key !== undefined && verify(null, message, key, signature)
    },
  }
}

export function randomBytes(rng: Rng, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = rng.u32() & 255
  return bytes
}

function asKey(bytes: Uint8Array): PublicKey {
  const key = publicKey(bytes)
  assert(key, 'a key has 32 bytes')
  return key
}
