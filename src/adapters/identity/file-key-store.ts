import { readFile, writeFile } from 'node:fs/promises'
import { StorageFailure } from '../storage.port.ts'
import type { KeyStore } from './keyring.ts'

const ed25519 = { name: 'Ed25519' } as const

/**
 * A key in a file that only its owner may read (PKCS #8 in base64), for nodes without a browser.
 * A file that is there is never overwritten; one that holds no key is a StorageFailure, not a new identity.
 */
export const fileKeyStore = (path: string): KeyStore => ({
  needsExtractable: true,
  read: async () => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new StorageFailure('storage-blocked', `The key file ${path} cannot be read`, { cause: error })
    })
    if (text === undefined) return undefined
    try {
      return await pairOfPkcs8(new Uint8Array(Buffer.from(text.trim(), 'base64')))
    } catch (error) {
      throw new StorageFailure('storage-broken', `The file ${path} holds no Ed25519 key`, { cause: error })
    }
  },
  write: async ({ privateKey }) => {
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey))
    try {
      await writeFile(path, `${pkcs8.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC'
      throw new StorageFailure(full ? 'disk-full' : 'storage-blocked', `The key file ${path} cannot be written`, {
        cause: error,
      })
    }
  },
})

/** The key pair of a PKCS #8 private key; the private half cannot be read out again. Rejects where it is none. */
export async function pairOfPkcs8(pkcs8: Uint8Array<ArrayBuffer>): Promise<CryptoKeyPair> {
  const readable = await crypto.subtle.importKey('pkcs8', pkcs8, ed25519, true, ['sign'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', readable)
  const publicKey = await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, ed25519, true, ['verify'])
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ed25519, false, ['sign'])
  return { privateKey, publicKey }
}
