import 'fake-indexeddb/auto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { didOf, peerIdOf, publicKey } from '../../identity/did.ts'
import { openSlotDatabase } from '../idb/database.ts'
import { fileKeyStore, pairOfPkcs8 } from './file-key-store.ts'
import { idbKeyStore, memoryKeyStore } from './key-stores.ts'
import { type KeyStore, openSigner, signerOf, verify } from './keyring.ts'

const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex')
/** What stands before the 32 bytes of a seed. Source: RFC 8410, section 7. */
const pkcs8 = (seed: string): Uint8Array<ArrayBuffer> => bytes(`302e020100300506032b657004220420${seed}`)
const message = new Uint8Array([1, 2, 3])

/** Source: RFC 8032, section 7.1, tests 1 to 3. */
const vectors = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]

describe('signing and verifying', () => {
  it.each(vectors)('agrees with RFC 8032 on the message "$message"', async (vector) => {
    const signer = await signerOf(await pairOfPkcs8(pkcs8(vector.seed)))
    expect(hex(signer.publicKey)).toBe(vector.key)
    expect(hex(await signer.sign(bytes(vector.message)))).toBe(vector.signature)
    expect(await verify(signer.publicKey, bytes(vector.message), bytes(vector.signature))).toBe(true)
    expect(await verify(signer.publicKey, bytes(`${vector.message}00`), bytes(vector.signature))).toBe(false)
  })

  it('holds for nobody else, for no other bytes and for no odd signature, and never rejects', async () => {
    const [ada, bob] = await Promise.all([
      signerOf(await pairOfPkcs8(pkcs8(vectors[0]!.seed))),
      opened(memoryKeyStore()),
    ])
    const signature = await ada.sign(message)
    expect(await verify(bob.publicKey, message, signature)).toBe(false)
    expect(
      await verify(
        ada.publicKey,
        message,
        signature.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
      ),
    ).toBe(false)
    expect(await verify(ada.publicKey, message, signature.subarray(1))).toBe(false)
    expect(await verify(new Uint8Array(5) as never, message, signature)).toBe(false)
    expect(await verify(publicKey(new Uint8Array(32).fill(255))!, message, signature)).toBe(false)
  })
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function opened(keys: KeyStore) {
  const signer = await openSigner(keys)
  if (!signer.ok) throw new Error(signer.code)
  return signer.value
}

const kept = memoryKeyStore()
const stores: [string, () => Promise<KeyStore>][] = [
  ['memory', async () => kept],
  ['a file', async () => fileKeyStore(join(folder, 'key'))],
]
describe.each(stores)('a key in %s', (_, store) => {
  it('is made once, is the same afterwards, and names its owner twice', async () => {
    const first = await opened(await store())
    const again = await opened(await store())
    expect(again.did).toBe(first.did)
    expect(first.did).toBe(didOf(first.publicKey))
    expect(first.peerId).toBe(peerIdOf(first.publicKey))
    expect(await verify(first.publicKey, message, await again.sign(message))).toBe(true)
  })
})

describe('where keys lie', () => {
  it('a file is readable by its owner alone, and one that holds no key is reported and left alone', async () => {
    const path = join(folder, 'mine')
    await opened(fileKeyStore(path))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const junk = join(folder, 'junk')
    await writeFile(junk, 'not a key')
    await expect(openSigner(fileKeyStore(junk))).rejects.toMatchObject({ code: 'storage-broken' })
    expect(await readFile(junk, 'utf8')).toBe('not a key')
    await expect(openSigner(fileKeyStore(folder))).rejects.toMatchObject({ code: 'storage-blocked' })
  })

  it('the database of a slot reports a failure as what it is', async () => {
    const database = await openSlotDatabase(9)
    database.close()
    await expect(openSigner(idbKeyStore(database))).rejects.toMatchObject({ code: 'storage-broken' })
  })
})

describe('a browser that cannot sign', () => {
  it('is told so when it has no Ed25519', async () => {
    const generate = vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(new DOMException('', 'NotSupportedError'))
    expect(await openSigner(memoryKeyStore())).toMatchObject({ code: 'no-ed25519', facts: { webCrypto: true } })
    generate.mockRestore()
  })

  it('is told so when the page has no WebCrypto', async () => {
    vi.stubGlobal('crypto', {})
    expect(await openSigner(memoryKeyStore())).toMatchObject({ code: 'no-ed25519', facts: { webCrypto: false } })
    vi.unstubAllGlobals()
  })
})
