import type { Runtime } from '../../activity/runtime.ts'
import type { Verify } from '../../identity/signing.ts'
import type { Result } from '../../kernel/result.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { NodeState } from '../../node/state.ts'
import type { Cid } from '../../wire/cid.ts'
import type { PeerId } from '../../wire/schema.ts'
import type { OnPrefix } from '../content/assembly.ts'
import type { SealingKey } from '../identity/sealing.ts'
import type { FrameStream } from '../network.port.ts'
import type { Shell } from '../shell/shell.ts'

export type HowFetched = {
  readonly mostBytes: number
  readonly signal: AbortSignal
  readonly onPrefix?: OnPrefix | undefined
}

/** What the provider's side of the data plane needs of the world. */
export type ProviderPorts = {
  readonly node: NodeState
  readonly shell: Shell
  readonly runtime: Runtime
  /** A file's bytes, from our own store or from whoever wants something run with it. */
  fetchFile(cid: Cid, how: HowFetched & { readonly from: PeerId }): Promise<Result<Uint8Array>>
  /** Of who signed a module. */
  readonly verify: Verify
  /** What requestors seal to; undefined where this machine cannot. */
  sealingKey(): Promise<SealingKey | undefined>
  /** Opens a stream to another provider of a job. */
  openChannel(peer: PeerId): Promise<FrameStream>
  /** Keeps data that a program anchored, as a block by its name. */
  keep(bytes: Uint8Array): Promise<unknown>
  now(): Timestamp
}
