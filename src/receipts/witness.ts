import { equalBytes } from '../kernel/bytes.ts'
import { minuteMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import { cid, count, did, list } from '../wire/schema.ts'
import { resultHash } from './commit.ts'
import type { Digest } from './digest.ts'
import type { Leaf } from './merkle.ts'
import { mostTasks } from './messages.ts'

/** Tasks of one receipt that a witness attests in one word. */
export const mostAttested = 64

/** WN2: who computed some of a receipt's tasks too says that they came to what it tells. Kept by the receipt's requestor. */
export const ResultAttested = event('receipts/attested', {
  version: 1,
  maxBytes: 2_048,
  perPeer: { count: 0, windowMs: minuteMs }, // never taken from a peer but by who asked for it
  fields: {
    to: did,
    receipt: cid,
    job: cid,
    /** Of the receipt. */
    activity: cid,
    /** Places in its frame. */
    positions: list(count(mostTasks), mostAttested),
  },
})
export type AttestedBody = BodyOf<typeof ResultAttested>
export const witnessEvents = [ResultAttested] as const

/** What a witness found itself. */
export type Witnessed = { readonly inputHash: Digest; readonly result: Digest }

/** WN2: whether what a receipt tells of a task is what its witness found, of the same input. */
export const isWitnessed = (leaf: Leaf, found: Witnessed | undefined): boolean =>
  found !== undefined && equalBytes(leaf.inputHash, found.inputHash) && equalBytes(resultHash(leaf), found.result)

/** What a witness was shown of one receipt. */
export type Shown = {
  readonly body: Pick<AttestedBody, 'to' | 'author' | 'receipt' | 'job' | 'activity'>
  /** Places that it may attest, and whether it had revealed the same. */
  readonly tasks: ReadonlyMap<number, boolean>
}
export type AttestationRefusal = 'attestation-not-asked' | 'attested-blindly'

/** WN3: whether a word of a witness counts: it was asked for, and stands for what it had committed to. */
export function attestationRefusal(said: AttestedBody, { body, tasks }: Shown): AttestationRefusal | undefined {
  const isAsked =
    said.author === body.author &&
    said.to === body.to &&
    said.receipt === body.receipt &&
    said.job === body.job &&
    said.activity === body.activity &&
    said.positions.length > 0 &&
    said.positions.every((position) => tasks.has(position))
  if (!isAsked) return 'attestation-not-asked'
  return said.positions.every((position) => tasks.get(position)) ? undefined : 'attested-blindly'
}
