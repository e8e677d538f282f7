import * as v from 'valibot'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type Cid, cidBytes, cidOf } from '../wire/cid.ts'
import { decode, encode } from '../wire/codec.ts'
import { check, cid, count, type Infer, list, object } from '../wire/schema.ts'

/** 256 KiB: what one message of a data channel carries, and small enough that a junk block wastes little (CN1). */
export const blockBytes = 262_144
/** A manifest of 2,000 names takes 122 KB, so that it fits into a block itself (CN4). */
export const mostChildren = 2_000
/** Two levels of manifests: 976 GiB. Readers allow far less, see `readManifest`. */
const mostFileBytes = blockBytes * mostChildren * mostChildren

export const fileManifest = object({
  type: v.literal('file'),
  version: v.literal(1),
  sizeBytes: count(mostFileBytes),
  /** Bytes that each child but the last covers. */
  chunkBytes: count(blockBytes * mostChildren),
  chunks: list(cid, mostChildren),
})
export type FileManifest = Infer<typeof fileManifest>

/** One child of a manifest, and where in the file its bytes belong. */
export type Part = { readonly cid: Cid; readonly offset: number; readonly sizeBytes: number }

export type ManifestCode = 'content-malformed' | 'content-too-large'

/** Whether a name is that of a manifest, by its codec. */
export const isManifest = (name: Cid): boolean => cidBytes(name)?.[1] === dagCborCode
const dagCborCode = 0x71

/** The blocks of a file, as views of it (CN1). */
export function chunksOf(file: Uint8Array): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let offset = 0; offset < file.length || offset === 0; offset += blockBytes)
    chunks.push(file.subarray(offset, offset + blockBytes))
  return chunks
}

/**
 * The name of a file and the manifests that must be stored beside its blocks.
 * @param blocks names of all blocks in order, at least one
 */
export function manifestsOf(
  blocks: readonly Cid[],
  sizeBytes: number,
): {
  readonly root: Cid
  readonly manifests: readonly { readonly cid: Cid; readonly bytes: Uint8Array<ArrayBuffer> }[]
} {
  const manifests: { cid: Cid; bytes: Uint8Array<ArrayBuffer> }[] = []
  const name = (chunks: readonly Cid[], size: number, chunkBytes: number): Cid => {
    const [only] = chunks
    if (only !== undefined && chunks.length === 1) return only
    const bytes = encode({
      type: 'file',
      version: 1,
      sizeBytes: size,
      chunkBytes,
      chunks: [...chunks],
    } satisfies FileManifest)
    const cid = cidOf(bytes, 'dag-cbor')
    manifests.push({ cid, bytes })
    return cid
  }
  if (blocks.length <= mostChildren) return { root: name(blocks, sizeBytes, blockBytes), manifests }
  const coversBytes = blockBytes * mostChildren
  const children: Cid[] = []
  for (let at = 0; at < blocks.length; at += mostChildren) {
    const covered = Math.min(coversBytes, sizeBytes - at * blockBytes)
    children.push(name(blocks.slice(at, at + mostChildren), covered, blockBytes))
  }
  return { root: name(children, sizeBytes, coversBytes), manifests }
}

/**
 * Reads a manifest whose bytes were checked against their name.
 * @param expected what is known from outside: the size its parent gave it, or the most that the reader takes
 */
export function readManifest(
  bytes: Uint8Array,
  expected: {
    readonly sizeBytes?: number | undefined
    readonly offset?: number | undefined
    readonly mostBytes: number
  },
): Result<{ readonly sizeBytes: number; readonly parts: readonly Part[] }, ManifestCode> {
  const decoded = decode(bytes)
  if (!decoded.ok) return refuse('content-malformed', decoded.facts)
  const checked = check(fileManifest, decoded.value)
  if (!checked.ok) return refuse('content-malformed', checked.facts)
  const { sizeBytes, chunkBytes, chunks } = checked.value
  const { mostBytes, offset = 0 } = expected
  if (sizeBytes > mostBytes) return refuse('content-too-large', { sizeBytes, mostBytes })
  const nested = expected.sizeBytes !== undefined
  if (nested && sizeBytes !== expected.sizeBytes)
    return refuse('content-malformed', { sizeBytes, expectedBytes: expected.sizeBytes })
  // a nested manifest holds blocks only, so that no chain of manifests leads for ever down
  if (chunkBytes !== blockBytes && (nested || chunkBytes !== blockBytes * mostChildren))
    return refuse('content-malformed', { chunkBytes })
  if (chunks.length < 2 || chunks.length !== Math.ceil(sizeBytes / chunkBytes))
    return refuse('content-malformed', { chunks: chunks.length, sizeBytes, chunkBytes })
  const parts = chunks.map((name, i) => ({
    cid: name,
    offset: offset + i * chunkBytes,
    sizeBytes: Math.min(chunkBytes, sizeBytes - i * chunkBytes),
  }))
  const misnamed = parts.find((part) => isManifest(part.cid) !== part.sizeBytes > blockBytes)
  if (misnamed) return refuse('content-malformed', { child: misnamed.cid, sizeBytes: misnamed.sizeBytes })
  return ok({ sizeBytes, parts })
}

/** The name of a file that is here whole: what adding it would give. */
export function nameOfFile(file: Uint8Array): Cid {
  const names = chunksOf(file).map((chunk) => cidOf(chunk, 'raw'))
  return manifestsOf(names, file.length).root
}
