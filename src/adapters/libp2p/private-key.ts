import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PublicKey, PrivateKey } from '@libp2p/interface'
import type { Signer } from '../../identity/signing.ts'
import { AssertionError } from '../../kernel/assert.ts'

/**
 * The key in the shape that libp2p wants. It signs handshakes, peer records and vouchers through the signer; its bytes,
 * which WebCrypto does not give out, throw on access instead of being silently wrong.
 */
export function privateKeyOf(signer: Signer): PrivateKey {
  const publicKey = publicKeyFromRaw(signer.publicKey) as Ed25519PublicKey
  return {
    type: 'Ed25519',
    publicKey,
    get raw(): Uint8Array {
      throw new AssertionError('a private key never leaves its signer')
    },
    equals: (other?: PrivateKey) => other?.publicKey !== undefined && publicKey.equals(other.publicKey),
    sign: (data) => signer.sign(new Uint8Array(data.subarray())),
  }
}
