import { hostLimits } from '../../activity/host-abi.ts'
import type { Content } from '../../activity/task.ts'
import { ok, type Result } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'

/** The bytes of a file by its CID, refused where there are more than `mostBytes`. */
export type FetchFile = (cid: Cid, mostBytes: number) => Promise<Result<Uint8Array>>

/** The files that a job declares for all its tasks, one after the other, within their bound together. */
export async function fetchContents(cids: readonly Cid[], fetchFile: FetchFile): Promise<Result<readonly Content[]>> {
  const contents: Content[] = []
  let leftBytes = hostLimits.contentBytes
  for (const cid of cids) {
    const file = await fetchFile(cid, leftBytes)
    if (!file.ok) return file
    leftBytes -= file.value.length
    contents.push({ cid, bytes: file.value })
  }
  return ok(contents)
}
