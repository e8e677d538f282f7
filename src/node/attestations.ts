import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type AttestedBody, mostWitnesses, mostWords, type PullAttestations } from '../receipts/witness.ts'
import type { Verified } from '../wire/event.ts'
import type { RequestOf } from '../wire/protocol.ts'
import { ToSeal } from '../wire/sealing.ts'
import type { Input } from './input.ts'
import type { NodeState } from './state.ts'
import { isNew, type Novelty, type Turn } from './turn.ts'

/** Receipts with witnesses that are at hand: as many as the graph of a job shows. */
const mostReceipts = 10_000

/** WN3: from a peer it is taken by who asked for it alone, and then from the log. */
export const foldAttested = (turn: Turn, event: Verified<AttestedBody>): Result<Novelty> =>
  turn.isReplay ? keepAttested(turn, event) : refuse('not-taken-here', { type: event.body.type })

/** WN4: a receipt of our own job has one more signature, or another's has ours. Whoever signs keeps the receipt as well, and says that it does. */
export function attested(turn: Turn, { event, receipt }: Extract<Input, { type: 'attested' }>): void {
  const isFirst = !turn.node.attestations.has(event.body.receipt)
  if (!isNew(keepAttested(turn, event))) return
  turn.stated.push(event)
  if (event.body.author !== turn.node.me || !isFirst || !receipt) return
  turn.stated.push(receipt)
  turn.effects.push({ type: 'anchor', event })
}

function keepAttested({ node, changed }: Turn, event: Verified<AttestedBody>): Result<Novelty> {
  const { to, author, receipt, activity } = event.body
  const chain = node.chains.get(activity)
  const isOfOurs = to === node.me && chain?.requestor === node.me && chain.provider !== author
  if (!isOfOurs && (author !== node.me || to === node.me || chain))
    return refuse('not-taken-here', { type: event.body.type })
  const known = node.attestations.get(receipt) ?? []
  if (known.some(({ id }) => id === event.id)) return ok('known')
  if (known.length >= mostWords) return refuse('too-many-attestations', { receipt })
  const witnesses = new Set(known.map(({ body }) => body.author))
  if (!witnesses.has(author) && witnesses.size >= mostWitnesses) return refuse('too-many-witnesses', { receipt })
  setBounded(node.attestations, receipt, [...known, event], mostReceipts)
  changed.add(`receipt:${receipt}`)
  return ok('new')
}

/** WN5, CS6: whoever has a receipt may have what stands beside it. */
export function serveAttestations(
  { node, effects }: Turn,
  { receipt, activity }: RequestOf<typeof PullAttestations>,
  token: number,
): void {
  const attestations = (node.attestations.get(receipt) ?? []).map((event) => new ToSeal(event))
  const accepted = node.acceptances.get(activity)
  const body = { attestations, ...(accepted && { accepted: new ToSeal(accepted) }) }
  effects.push({ type: 'respond', token, body })
}

/** With the last of a job, its witnesses are forgotten. */
export function forgetAttestations({ attestations }: Pick<NodeState, 'attestations'>, activity: string): void {
  for (const [receipt, [first]] of attestations) if (first?.body.activity === activity) attestations.delete(receipt)
}
