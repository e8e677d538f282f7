import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'

/**
 * The relay's Ed25519 key from `path`, made there when absent, readable by its owner alone. An empty path makes one that is
 * not kept. A file that is no key throws: overwriting it would change an address that others have written down.
 */
export async function loadIdentity(path: string): Promise<PrivateKey> {
  if (path === '') return generateKeyPair('Ed25519')
  const bytes = await readIfPresent(path)
  if (bytes === undefined) return makeIdentity(path)
  await chmod(path, 0o600)
  try {
    return privateKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new Error(`${path} holds no relay identity; move it away to get a new one`, { cause })
  }
}

async function makeIdentity(path: string): Promise<PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomUUID()}`
  await writeFile(unfinished, privateKeyToProtobuf(key), { mode: 0o600, flag: 'wx' })
  await rename(unfinished, path)
  return key
}

async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
