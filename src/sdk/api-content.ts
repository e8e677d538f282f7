import type { Result } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { PeerId } from '../wire/schema.ts'

export type ContentApi = {
  add(bytes: Uint8Array): Promise<Result<Cid>>
  get(
    cid: Cid,
    options?: {
      from?: readonly PeerId[]
      signal?: AbortSignal
      onProgress?: (doneBytes: number, allBytes: number | undefined) => void
    },
  ): Promise<Result<Uint8Array>>
  usage(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number; readonly blocks: number }>
}
