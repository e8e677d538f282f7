import { chunksOf, isManifest, manifestsOf, readManifest } from '../../content/manifest.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { FrameStream } from '../network.port.ts'
import type { BlockStore } from '../storage.port.ts'
import { type ContentCode, type FetchOptions, fetchFrom } from './fetch.ts'
import { nameOf } from './hash.ts'
import { type Allow, type Served, serveBlocks } from './serve.ts'

export type Exchange = {
  /** Stores a file and gives its name (CN1..CN4). Rejects with StorageFailure. */
  addFile(bytes: Uint8Array): Promise<Result<Cid, 'over-quota' | 'disk-full'>>
  /** Every name that is needed to read a stored file, its own first: what to allow, to pin and to provide. */
  namesOf(cid: Cid): Promise<Result<readonly Cid[], 'content-missing' | 'content-malformed' | 'content-too-large'>>
  /** Answers one fetcher until it is done; never rejects. */
  serve(stream: FrameStream, on: { allow: Allow }): Promise<Served>
  /** The bytes of a file from the store and, for what is not there, from providers (CN10..CN15). */
  fetchFile(
    cid: Cid,
    options: Omit<FetchOptions, 'mostBytes' | 'silentMs'> & { mostBytes?: number; silentMs?: number },
  ): Promise<Result<Uint8Array, ContentCode>>
}

/** Blocks hashed and stored together: 4 MiB, one transaction's worth. */
const addTogether = 16
/** The largest file kept in memory whole: half of what a tab may hold in one buffer. */
const mostFileBytes = 1_073_741_824
/** A peer that sends nothing for so long while it owes blocks is slower than 26 KB/s, or gone. */
const defaultSilentMs = 10_000
/** A server waits longer: its fetcher may be waiting for its own disk, or frozen in a hidden tab. */
const servingSilentMs = 60_000

/** Files over a block store and streams: see content/SPEC.md. */
export const contentExchange = (blocks: BlockStore): Exchange => ({
  addFile: async (bytes) => {
    const chunks = chunksOf(bytes)
    const names: Cid[] = []
    for (let at = 0; at < chunks.length; at += addTogether) {
      const some = chunks.slice(at, at + addTogether)
      const cids = await Promise.all(some.map((chunk) => nameOf(chunk, 'raw')))
      const stored = await Promise.all(some.map((chunk, i) => blocks.put(cids[i] as Cid, chunk)))
      const refused = stored.find((result) => !result.ok)
      if (refused && !refused.ok) return refused
      names.push(...cids)
    }
    const { root, manifests } = manifestsOf(names, bytes.length)
    for (const manifest of manifests) {
      const stored = await blocks.put(manifest.cid, manifest.bytes)
      if (!stored.ok) return stored
    }
    return ok(root)
  },
  namesOf: async (cid) => {
    const names: Cid[] = [cid]
    const manifests: { cid: Cid; sizeBytes?: number }[] = isManifest(cid) ? [{ cid }] : []
    for (const manifest of manifests) {
      const bytes = await blocks.get(manifest.cid)
      if (!bytes) return refuse('content-missing', { cid, block: manifest.cid })
      const read = readManifest(bytes, { sizeBytes: manifest.sizeBytes, mostBytes: Number.MAX_SAFE_INTEGER })
      if (!read.ok) return read
      names.push(...read.value.parts.map((part) => part.cid))
      manifests.push(...read.value.parts.filter((part) => isManifest(part.cid)))
    }
    return ok([...new Set(names)])
  },
  serve: (stream, { allow }) => serveBlocks(stream, { blocks, allow, silentMs: servingSilentMs }),
  fetchFile: (cid, options) =>
    fetchFrom(blocks, cid, { mostBytes: mostFileBytes, silentMs: defaultSilentMs, ...options }),
})
