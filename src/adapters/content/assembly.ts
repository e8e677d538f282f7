import type { FetchPlan } from '../../content/fetch-plan.ts'
import { isManifest, type ManifestCode, type Part, readManifest } from '../../content/manifest.ts'
import { type Refusal, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { BlockStore } from '../storage.port.ts'

/** A file on its way into memory. */
export type Assembly = {
  /** Starts from what the store has (CN11). */
  begin(): Promise<void>
  /** Puts a verified block where it belongs, and wants what a manifest names. */
  take(cid: Cid, bytes: Uint8Array): Promise<void>
  /** The file, whole once the plan is complete. */
  readonly file: Uint8Array | undefined
  readonly bytes: number
  readonly sizeBytes: number | undefined
  readonly refusal: Refusal<ManifestCode> | undefined
}

/** Told when more of a file is there from its beginning on without a gap. That much is verified and will not change. */
export type OnPrefix = (file: Uint8Array, prefixBytes: number) => void

/** Blocks read from the store at the same time: 8 MiB. */
const readTogether = 32

/** Wants of `plan` what the file `root` needs and the store does not have. Never rejects: a store that fails has nothing. */
export function assemble(
  blocks: BlockStore,
  plan: FetchPlan,
  { root, mostBytes, onPrefix }: { root: Cid; mostBytes: number; onPrefix?: OnPrefix | undefined },
): Assembly {
  const places = new Map<Cid, Part[]>()
  let file: Uint8Array | undefined
  let bytesSoFar = 0
  let prefixBytes = 0
  /** Where the blocks that came end, by where they begin. */
  const ends = new Map<number, number>()
  let refusal: Refusal<ManifestCode> | undefined

  async function expect(parts: readonly Part[]): Promise<void> {
    const fresh = parts.filter(({ cid }) => !places.has(cid))
    for (const part of parts) places.set(part.cid, [...(places.get(part.cid) ?? []), part])
    const names = [...new Set(fresh.map(({ cid }) => cid))]
    const has = await Promise.all(names.map((cid) => blocks.has(cid).catch(() => false)))
    plan.want(names.filter((_, i) => !has[i]))
    const stored = names.filter((_, i) => has[i])
    for (let at = 0; at < stored.length; at += readTogether) {
      const some = stored.slice(at, at + readTogether)
      const read = await Promise.all(some.map((cid) => blocks.get(cid).catch(() => undefined)))
      for (const [i, cid] of some.entries()) {
        const bytes = read[i]
        if (bytes) await take(cid, bytes)
        else plan.want([cid])
      }
    }
  }

  async function takeManifest(cid: Cid, bytes: Uint8Array): Promise<void> {
    const [place] = places.get(cid) ?? []
    const read = readManifest(bytes, { sizeBytes: place?.sizeBytes, offset: place?.offset, mostBytes })
    if (!read.ok) {
      refusal ??= read
      return
    }
    file ??= new Uint8Array(read.value.sizeBytes)
    const at = places.get(cid)?.slice(1) ?? []
    await expect(read.value.parts)
    // the same manifest again further on: its blocks belong there too
    for (const { offset } of at)
      await expect(read.value.parts.map((part) => ({ ...part, offset: part.offset - (place?.offset ?? 0) + offset })))
  }

  function growPrefix(): void {
    const before = prefixBytes
    for (let end = ends.get(before); end !== undefined; end = ends.get(end)) prefixBytes = end
    if (file && prefixBytes > before) onPrefix?.(file, prefixBytes)
  }

  async function take(cid: Cid, bytes: Uint8Array): Promise<void> {
    if (isManifest(cid)) return takeManifest(cid, bytes)
    for (const { offset, sizeBytes } of places.get(cid) ?? []) {
      if (bytes.length !== sizeBytes) {
        refusal ??= refuse('content-malformed', { block: cid, sizeBytes: bytes.length, expectedBytes: sizeBytes })
        return
      }
      file?.set(bytes, offset)
      bytesSoFar += bytes.length
      ends.set(offset, offset + sizeBytes)
    }
    growPrefix()
    if (cid !== root) return
    file = bytes
    bytesSoFar = bytes.length
    if (bytes.length > mostBytes) refusal ??= refuse('content-too-large', { sizeBytes: bytes.length, mostBytes })
  }

  return {
    begin: async () => {
      const stored = await blocks.get(root).catch(() => undefined)
      if (stored) await take(root, stored)
      else plan.want([root])
    },
    take,
    get file() {
      return file
    },
    get bytes() {
      return bytesSoFar
    },
    get sizeBytes() {
      return file?.length
    },
    get refusal() {
      return refusal
    },
  }
}
