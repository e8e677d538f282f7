import type { Did, PeerId } from '../wire/schema.ts'
import type { PublicKey } from './did.ts'

/** The port to a private key. The key itself is never here: WebCrypto holds it, not to be extracted. */
export type Signer = {
  readonly did: Did
  readonly peerId: PeerId
  readonly publicKey: PublicKey
  /** Ed25519 over `message`. @returns 64 bytes */
  sign(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

/** Whether `signature` (64 bytes) over `message` was made with the private half of `key`. Never rejects. */
export type Verify = (
  key: PublicKey,
  message: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
) => Promise<boolean>
