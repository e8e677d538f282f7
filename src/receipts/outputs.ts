import type { TaskOutcome } from '../activity/task.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import type { ReceiptBody } from './messages.ts'

type Anchoring = Pick<TaskOutcome, 'anchors'>

/** HA4: the names of what a frame's programs anchored, in the frame's order. */
export const outputCidsOf = (results: readonly Anchoring[]): Cid[] =>
  results.flatMap(({ anchors }) => anchors ?? []).map((bytes) => cidOf(bytes, 'raw'))

/** HA4: whether a receipt names exactly what came with its frame. */
export function verifyOutputs(
  { outputCids }: ReceiptBody,
  results: readonly Anchoring[],
): Result<void, 'outputs-differ'> {
  const found = outputCidsOf(results)
  const isSame = found.length === outputCids.length && found.every((cid, at) => cid === outputCids[at])
  return isSame ? ok(undefined) : refuse('outputs-differ', { told: outputCids.length, found: found.length })
}
