import { didOf, type PublicKey, peerIdOf, publicKey } from '../../identity/did.ts'
import type { Signer, Verify } from '../../identity/signing.ts'
import { setBounded } from '../../kernel/bound.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'

/** Where a node keeps its key pair between starts: IndexedDB in a page, a file or nothing in Node. */
export type KeyStore = {
  read(): Promise<CryptoKeyPair | undefined>
  /** @param pair its private half may be of a kind that cannot be read out */
  write(pair: CryptoKeyPair): Promise<void>
  /** Whether the private half must be readable for the store to keep it. */
  readonly needsExtractable: boolean
}

const ed25519 = { name: 'Ed25519' } as const

/**
 * The signer of the key pair in `keys`; the first time one is made, its private half not to be read out where the store
 * can keep it so. Rejects with StorageFailure. Refuses `no-ed25519` where this browser cannot sign: it is too old (before
 * Chrome 137, Firefox 129, Safari 17), or the page came over plain HTTP and has no WebCrypto at all.
 */
export async function openSigner(keys: KeyStore): Promise<Result<Signer, 'no-ed25519'>> {
  if (globalThis.crypto?.subtle === undefined)
    return refuse('no-ed25519', { webCrypto: false, secureContext: globalThis.isSecureContext ?? true })
  const stored = await keys.read()
  if (stored) return ok(await signerOf(stored))
  const made = await generated(keys.needsExtractable)
  if (!made) return refuse('no-ed25519', { webCrypto: true, secureContext: true })
  await keys.write(made)
  return ok(await signerOf(made))
}

/** A signer over a key pair of WebCrypto. Signing is deterministic. Source: RFC 8032. */
export async function signerOf({ privateKey, publicKey: half }: CryptoKeyPair): Promise<Signer> {
  const key = publicKey(new Uint8Array(await crypto.subtle.exportKey('raw', half))) as PublicKey
  return {
    did: didOf(key),
    peerId: peerIdOf(key),
    publicKey: key,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(ed25519, privateKey, message)),
  }
}

/** Public keys kept imported: those of a large mesh. An import costs as much as a verification. */
const mostImported = 1_024
const imported = new Map<string, Promise<CryptoKey>>()

/** Verifies with WebCrypto, off this thread. Never rejects: what cannot be verified is not verified. */
export const verify: Verify = async (key, message, signature) => {
  try {
    return await crypto.subtle.verify(ed25519, await importedKey(key), signature, message)
  } catch {
    return false
  }
}

function importedKey(key: PublicKey): Promise<CryptoKey> {
  const name = String.fromCharCode(...key)
  const known = imported.get(name) ?? crypto.subtle.importKey('raw', key, ed25519, false, ['verify'])
  setBounded(imported, name, known, mostImported)
  return known
}

async function generated(extractable: boolean): Promise<CryptoKeyPair | undefined> {
  try {
    return (await crypto.subtle.generateKey(ed25519, extractable, ['sign', 'verify'])) as CryptoKeyPair
  } catch (error) {
    if (error instanceof Error || error instanceof DOMException) return undefined
    throw error
  }
}
