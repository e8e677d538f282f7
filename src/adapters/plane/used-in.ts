import type { WireResult } from '../../activity/messages.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { NodeState } from '../../node/state.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import type { FrameUse } from '../../receipts/verify.ts'
import type { Runner, Session } from './runner.ts'

type Frame = {
  readonly runner: Runner
  readonly session: Session
  readonly body: ReceiptBody
  readonly results: readonly WireResult[]
}

/** What this side knows of what the frame's tasks may have used. Of a receipt out of place the chain judges. */
export function usedIn(
  { node, at }: { readonly node: NodeState; readonly at: Timestamp },
  { runner, session: { activity, isOlder }, body, results }: Frame,
): FrameUse {
  const created = node.activities.get(activity)?.created.body
  return {
    before: node.chains.get(activity)?.recent.find(({ id }) => id === body.prev)?.body.usage,
    results,
    limits: created?.limits ?? { memoryPages: 0 },
    ageMs: at - (created?.issuedAt ?? 0),
    threads: created?.threads ?? 0,
    isInteractive: runner.live === 'terminal',
    sentBytes: isOlder ? undefined : (runner.sentBytes.get(activity) ?? 0),
  }
}
