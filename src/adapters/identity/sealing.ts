import { sha256 } from '@noble/hashes/sha2.js'
import type { Signer } from '../../identity/signing.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import type { Cid } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'

/** A node's X25519 key: WebCrypto holds its private half, not to be extracted. */
export type SealingKey = {
  /** 32 bytes, stated in the node's offers. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** What this key and another's come to (RFC 7748, 6.1), for deriving keys alone. Undefined where the other is no key. */
  agree(theirs: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined>
}

/** Bytes of a public X25519 key. */
const sealingKeyBytes = 32

const x25519 = { name: 'X25519' } as const
/** What stands before the 32 bytes of a private key. Source: RFC 8410, section 7. */
const pkcs8Head = new Uint8Array([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32])
const nonceBytes = 12 // of AES-GCM
const tagBytes = 16
/** By how much sealing lengthens what is sealed by its content. */
export const sealedContentBytes = nonceBytes + tagBytes

/** SE1: follows from the signing key, for Ed25519 signs alike each time: the same after a reload, and nothing more to keep. */
export async function sealingKeyOf(signer: Signer): Promise<SealingKey> {
  return sealingKeyFrom(await derived(signer, ['tabmesh sealing key']))
}

/** A key for one stream, forgotten with it. */
export const passingKey = (): Promise<SealingKey> => sealingKeyFrom(crypto.getRandomValues(new Uint8Array(32)))

/** SE3: of one job, to seal its program and files with; nobody but the requestor can derive it. @returns 32 bytes */
export const contentKeyOf = (signer: Signer, job: Cid): Promise<Uint8Array<ArrayBuffer>> =>
  derived(signer, ['tabmesh content key', job])

/** @param secret 32 bytes */
export async function sealingKeyFrom(secret: Uint8Array): Promise<SealingKey> {
  const pkcs8 = concatBytes([pkcs8Head, secret])
  const readable = await crypto.subtle.importKey('pkcs8', pkcs8, x25519, true, ['deriveBits'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', readable)
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, x25519, false, ['deriveBits'])
  const half = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'X25519', x }, x25519, true, [])
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', half)),
    async agree(theirs) {
      if (theirs.length !== sealingKeyBytes) return undefined
      try {
        const key = await crypto.subtle.importKey('raw', new Uint8Array(theirs), x25519, false, [])
        return new Uint8Array(await crypto.subtle.deriveBits({ ...x25519, public: key }, privateKey, 256))
      } catch {
        return undefined // a point of small order gives nothing that is secret
      }
    },
  }
}

/** GU2: a few bytes for the holder of one key alone: a passing public key ‖ AES-256-GCM. @param about what it is for, and the same to open it */
export async function sealTo(theirs: Uint8Array, bytes: Uint8Array, about: readonly string[]) {
  const passing = await passingKey()
  const shared = await passing.agree(theirs)
  if (!shared) return undefined
  const key = await keyFor(shared, encode([...about, passing.publicKey, theirs]))
  const plain = new Uint8Array(bytes)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: numbered(0) }, key, plain))
  return concatBytes([passing.publicKey, sealed])
}

/** What was sealed to this key for this purpose, or undefined. */
export async function openSealed(own: SealingKey, bytes: Uint8Array, about: readonly string[]) {
  const passing = bytes.slice(0, sealingKeyBytes)
  const shared = await own.agree(passing)
  if (!shared) return undefined
  const key = await keyFor(shared, encode([...about, passing, own.publicKey]))
  return decrypted(key, numbered(0), bytes.subarray(sealingKeyBytes))
}

/** The key of a guild's epoch, of whoever founded it. @returns 32 bytes */
export const guildKeyOf = (signer: Signer, guild: Cid, epoch: number): Promise<Uint8Array<ArrayBuffer>> =>
  derived(signer, ['tabmesh guild key', guild, String(epoch)])

async function keyFor(shared: Uint8Array<ArrayBuffer>, info: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const aes = { name: 'AES-GCM', length: 256 } as const
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info } as const
  return crypto.subtle.deriveKey(hkdf, root, aes, false, ['encrypt', 'decrypt'])
}

/** One direction of a sealed stream: frames in their order, each with the next number. */
export type Direction = {
  seal(frame: Uint8Array): Promise<Uint8Array<ArrayBuffer>>
  /** Undefined where the frame is not the next that was sealed for here. */
  open(frame: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined>
}
export type SealedKeys = { readonly toProvider: Direction; readonly toRequestor: Direction }

/**
 * SE2: keys of one stream: HKDF-SHA-256 over what the two keys come to, for this activity and these keys, for each direction one of
 * AES-256-GCM. Undefined where the other key is none.
 * @param passing the requestor's public key for this stream @param lasting the provider's, of its offer
 */
export async function streamKeys(
  own: SealingKey,
  { activity, passing, lasting }: { activity: Cid; passing: Uint8Array; lasting: Uint8Array },
): Promise<SealedKeys | undefined> {
  const theirs = own.publicKey.every((byte, i) => byte === lasting[i]) ? passing : lasting
  const shared = await own.agree(theirs)
  if (!shared) return undefined
  const towards = async (side: 'provider' | 'requestor'): Promise<Direction> =>
    directionOf(await keyFor(shared, encode(['tabmesh sealed stream', side, activity, passing, lasting])))
  const [toProvider, toRequestor] = await Promise.all([towards('provider'), towards('requestor')])
  return { toProvider, toRequestor }
}

function directionOf(key: CryptoKey): Direction {
  let sealed = 0
  let opened = 0
  return {
    seal: async (frame) => {
      const iv = numbered(sealed++)
      return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(frame)))
    },
    open: async (frame) => {
      const iv = numbered(opened++)
      return decrypted(key, iv, frame)
    },
  }
}

function numbered(count: number): Uint8Array<ArrayBuffer> {
  const iv = new Uint8Array(nonceBytes)
  new DataView(iv.buffer).setBigUint64(nonceBytes - 8, BigInt(count))
  return iv
}

/**
 * SE3: nonce ‖ AES-256-GCM. The nonce is the first 12 bytes of HMAC-SHA-256(key, bytes), so that the same file of a job has the same CID
 * each time, and another's has another.
 */
export async function sealContent(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const mac = { name: 'HMAC', hash: 'SHA-256' } as const
  const signing = await crypto.subtle.importKey('raw', new Uint8Array(key), mac, false, ['sign'])
  const plain = new Uint8Array(bytes)
  const iv = new Uint8Array(await crypto.subtle.sign(mac, signing, plain)).slice(0, nonceBytes)
  const encrypting = await contentKey(key)
  return concatBytes([iv, new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, encrypting, plain))])
}

/** SE3: what was sealed with this key, or undefined. */
export async function openContent(key: Uint8Array, bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (bytes.length < sealedContentBytes) return undefined
  return decrypted(await contentKey(key), new Uint8Array(bytes.subarray(0, nonceBytes)), bytes.subarray(nonceBytes))
}

const contentKey = (key: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['encrypt', 'decrypt'])

async function decrypted(
  key: CryptoKey,
  iv: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(bytes)))
  } catch {
    return undefined // altered, out of order, or sealed for somebody else
  }
}

const derived = async (signer: Signer, about: readonly string[]): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(sha256(await signer.sign(encode([...about]))))
