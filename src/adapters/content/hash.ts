import { type Cid, type CidCodec, cidOfDigest } from '../../wire/cid.ts'

/** The name of bytes, hashed by the browser off this thread. */
export const nameOf = async (bytes: Uint8Array, codec: CidCodec): Promise<Cid> =>
  cidOfDigest(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)), codec)
