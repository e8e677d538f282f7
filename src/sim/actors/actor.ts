import type { WireResult } from '../../activity/messages.ts'
import type { Effect } from '../../node/input.ts'
import type { ReceiptBody, Usage } from '../../receipts/messages.ts'
import type { Verified } from '../../wire/event.ts'
import type { Host } from '../shell.ts'

/** Whoever sits at a node. The honest one changes nothing; others change what leaves the node, never the node itself. */
export type Actor = {
  readonly name: string
  readonly isHonest: boolean
  /** What leaves in place of this effect. */
  leaves?(effect: Effect, host: Host): readonly Effect[]
  /** What it says that a task came to. */
  tells?(result: WireResult, host: Host): WireResult
  /** What it shows in place of what it has committed to. */
  shows?(result: WireResult, host: Host): WireResult
  /** The root that it signs for a frame. */
  roots?(root: Uint8Array<ArrayBuffer>, host: Host): Uint8Array<ArrayBuffer>
  /** Another receipt for the place of this one, sent behind it. */
  contradicts?(receipt: Verified<ReceiptBody>, before: Usage, host: Host): Verified<ReceiptBody> | undefined
  /** False: takes tasks and never answers. */
  readonly answers?: boolean
  /** Called at each of its starts: plans mischief of its own. */
  starts?(host: Host): void
}
