import { chunksOf, manifestsOf } from '../../content/manifest.ts'
import { type Cid, type CidCodec, cidOfDigest } from '../../wire/cid.ts'

/** The name of bytes, hashed by the browser off this thread. */
export const nameOf = async (bytes: Uint8Array, codec: CidCodec): Promise<Cid> =>
  cidOfDigest(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)), codec)

/** The name that a file has once it is stored (CN1..CN4). */
export async function nameOfFile(bytes: Uint8Array): Promise<Cid> {
  const names = await Promise.all(chunksOf(bytes).map((chunk) => nameOf(chunk, 'raw')))
  return manifestsOf(names, bytes.length).root
}
