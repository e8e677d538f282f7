/**
 * Loaded before the relay: writes into E2E_RELAY_READ_FILE all that its side of Noise decrypts, which is more than what goes over its
 * sockets: everything that it could look into. What it only carries between two tabs is encrypted once more, and is written as it is.
 */
import { appendFileSync } from 'node:fs'

const { defaultCrypto } = await import(
  new URL('../node_modules/@libp2p/noise/dist/src/crypto/index.js', import.meta.url).href
)
const decrypt = defaultCrypto.chaCha20Poly1305Decrypt
defaultCrypto.chaCha20Poly1305Decrypt = (...given) => {
  const plain = decrypt(...given)
  appendFileSync(process.env.E2E_RELAY_READ_FILE, plain.subarray())
  return plain
}
