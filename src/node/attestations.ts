import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { AttestedBody } from '../receipts/witness.ts'
import type { Verified } from '../wire/event.ts'
import type { NodeState } from './state.ts'
import type { Novelty, Turn } from './turn.ts'

/** Receipts with witnesses that are at hand: as many as the graph of a job shows. */
const mostReceipts = 10_000
/** As many as may be asked of one task, for a frame that is attested in a few parts. */
const mostOfReceipt = 64

/** WN3: from a peer it is taken by who asked for it alone, and then from the log. */
export const foldAttested = (turn: Turn, event: Verified<AttestedBody>): Result<Novelty> =>
  turn.isReplay ? keepAttested(turn, event) : refuse('not-taken-here', { type: event.body.type })

/** WN4: a receipt of our own job has one more signature. */
export function keepAttested({ node, changed }: Turn, event: Verified<AttestedBody>): Result<Novelty> {
  const { to, author, receipt, activity } = event.body
  const chain = node.chains.get(activity)
  if (to !== node.me || chain?.requestor !== node.me || chain.provider === author)
    return refuse('not-taken-here', { type: event.body.type })
  const known = node.attestations.get(receipt) ?? []
  if (known.some(({ id }) => id === event.id)) return ok('known')
  if (known.length >= mostOfReceipt) return refuse('too-many-attestations', { receipt })
  setBounded(node.attestations, receipt, [...known, event], mostReceipts)
  changed.add(`receipt:${receipt}`)
  return ok('new')
}

/** With the last of a job, its witnesses are forgotten. */
export function forgetAttestations({ attestations }: Pick<NodeState, 'attestations'>, activity: string): void {
  for (const [receipt, [first]] of attestations) if (first?.body.activity === activity) attestations.delete(receipt)
}
