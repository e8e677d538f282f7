import { refuse } from '../../kernel/result.ts'
import { nameOfFile } from '../content/hash.ts'
import { openContent, sealedContentBytes } from '../identity/sealing.ts'
import type { FetchFile, FileSource } from './contents.ts'

/** SE3: files of a sealed job, opened as they come and named as they were before they were sealed. @param key 32 bytes */
export const openedFiles = (key: Uint8Array, fetchFile: FetchFile): FileSource => ({
  async fetchFile(cid, mostBytes) {
    const sealed = await fetchFile(cid, mostBytes + sealedContentBytes)
    if (!sealed.ok) return sealed
    const opened = await openContent(key, sealed.value)
    return opened ? { ok: true, value: opened } : refuse('not-sealed', { cid })
  },
  nameOf: (_, bytes) => nameOfFile(bytes),
})
