import { openSlotDatabase } from '../idb/database.ts'
import { idbKeyStore } from './key-stores.ts'
import { openSigner, verify } from './keyring.ts'
import { takeSlot } from './slot.ts'

export type Identity = {
  readonly slot: number
  readonly resumed: boolean
  readonly did: string
  readonly verified: boolean
  /** Whether the browser gave out the private half: it must not. */
  readonly leaked: boolean
  readonly tookMs: number
}

/** Becomes somebody, as a page does at its start. */
export async function becomeSomebody(): Promise<Identity> {
  const start = performance.now()
  const slot = await takeSlot()
  if (!slot.ok) throw new Error(slot.code)
  const database = await openSlotDatabase(slot.value.slot)
  const signer = await openSigner(idbKeyStore(database))
  if (!signer.ok) throw new Error(signer.code)
  const tookMs = performance.now() - start
  const message = new Uint8Array([1, 2, 3])
  const verified = await verify(signer.value.publicKey, message, await signer.value.sign(message))
  const pair = await database.get('keys', 'signing')
  const leaked = await crypto.subtle.exportKey('pkcs8', pair?.privateKey as CryptoKey).then(
    () => true,
    () => false,
  )
  const { resumed } = slot.value
  return { slot: slot.value.slot, resumed, did: signer.value.did, verified, leaked, tookMs }
}
