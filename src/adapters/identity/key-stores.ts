import type { SlotDatabase } from '../idb/database.ts'
import { guarded, written } from '../idb/failure.ts'
import type { KeyStore } from './keyring.ts'

const signingKey = 'signing'

/** Beside the log of an identity slot: the browser keeps the key and gives nobody its bytes. */
export const idbKeyStore = (database: SlotDatabase): KeyStore => ({
  needsExtractable: false,
  read: () => guarded('reading the key', () => database.get('keys', signingKey)),
  write: async (pair) => {
    const begin = () => database.transaction('keys', 'readwrite', { durability: 'strict' })
    // `add`: a key that is already there is never overwritten
    await written(begin, 'storing the key', ({ store }) => store.add(pair, signingKey))
  },
})

/** For tests, and for nodes that need to be nobody tomorrow. */
export function memoryKeyStore(pair?: CryptoKeyPair): KeyStore {
  let kept = pair
  return {
    needsExtractable: false,
    read: async () => kept,
    write: async (made) => {
      kept = made
    },
  }
}
