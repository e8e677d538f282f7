import { hostLimits } from '../../activity/host-abi.ts'
import { mostModuleBytes } from '../../activity/module.ts'
import type { Content } from '../../activity/task.ts'
import { ok, type Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import type { OnPrefix } from '../content/assembly.ts'

/** Downloading a module of 64 MiB at half a megabyte a second takes so long. */
export const programMs = 120_000

/** The bytes of a file by its CID, refused where there are more than `mostBytes`. */
export type FetchFile = (cid: Cid, mostBytes: number, onPrefix?: OnPrefix) => Promise<Result<Uint8Array>>

/** Where files are had from, and by which name a program asks for one: its own, unless it is sealed. */
export type FileSource = { readonly fetchFile: FetchFile; nameOf?(cid: Cid, bytes: Uint8Array): Promise<Cid> }

/** SE3: files as they are fetched, opened where there is a key. @param key 32 bytes, of a sealed job */
export const filesUnder = async (key: Uint8Array | undefined, fetchFile: FetchFile): Promise<FileSource> =>
  key ? (await import('./sealed-files.ts')).openedFiles(key, fetchFile) : { fetchFile }

/** The files that a job declares for all its tasks, one after the other, within their bound together. */
export async function fetchContents(
  cids: readonly Cid[],
  { fetchFile, nameOf }: FileSource,
): Promise<Result<readonly Content[]>> {
  const contents: Content[] = []
  let leftBytes = hostLimits.contentBytes
  for (const cid of cids) {
    const file = await fetchFile(cid, leftBytes)
    if (!file.ok) return file
    leftBytes -= file.value.length
    contents.push({ cid: (await nameOf?.(cid, file.value)) ?? cid, bytes: file.value })
  }
  return ok(contents)
}

/** A module with all that its tasks may read. @param onModule told how much of the module is there, where it is not sealed */
export async function fetchProgram(
  { module, content }: { readonly module: Cid; readonly content: readonly Cid[] },
  source: FileSource,
  onModule?: OnPrefix,
): Promise<Result<{ readonly bytes: Uint8Array; readonly contents: readonly Content[] }>> {
  const bytes = await source.fetchFile(module, mostModuleBytes, onModule)
  if (!bytes.ok) return bytes
  const contents = await fetchContents(content, source)
  return contents.ok ? ok({ bytes: bytes.value, contents: contents.value }) : contents
}
