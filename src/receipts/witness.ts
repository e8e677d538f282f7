import { equalBytes } from '../kernel/bytes.ts'
import { minuteMs, secondMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import { protocol } from '../wire/protocol.ts'
import { bytes, cid, count, did, list, object, optional } from '../wire/schema.ts'
import { mostAcceptanceBytes } from './acceptance.ts'
import { resultHash } from './commit.ts'
import type { Digest } from './digest.ts'
import type { Leaf } from './merkle.ts'
import { mostTasks } from './messages.ts'

/** Tasks of one receipt that a witness attests in one word. */
export const mostAttested = 64
/** Whose words about one receipt are kept: as many as a policy may ask for of one task. */
export const mostWitnesses = 7
/** Words about one receipt, for witnesses who each compute some of its tasks, one after the other. */
export const mostWords = 64
/** A word of 64 places, each of five bytes, with the question that it answers, sealed. */
export const mostWordBytes = 2_560
const mostAskedBytes = 1_152

const about = {
  to: did,
  receipt: cid,
  job: cid,
  /** Of the receipt. */
  activity: cid,
  /** Places in its frame. */
  positions: list(count(mostTasks), mostAttested),
}

/** WN2: its requestor asks somebody whether it stands for these tasks of a receipt. Never folded: the answer carries it. */
export const WitnessAsked = event('receipts/witness-asked', {
  version: 1,
  maxBytes: 1_024,
  perPeer: { count: 0, windowMs: minuteMs },
  fields: about,
})
export type AskedBody = BodyOf<typeof WitnessAsked>

/**
 * WN2: who computed some of a receipt's tasks too says that they came to what it tells. In the graph the receipt is its parent. Kept by the
 * receipt's requestor and by whoever signs it.
 */
export const ResultAttested = event('receipts/attested', {
  version: 1,
  maxBytes: 2_304,
  perPeer: { count: 0, windowMs: minuteMs }, // never taken from a peer but by who asked for it
  fields: {
    ...about,
    /** A sealed `receipts/witness-asked`: so that nobody stands beside a receipt who was not asked by its requestor. */
    asked: bytes(mostAskedBytes),
  },
})
export type AttestedBody = BodyOf<typeof ResultAttested>
export const witnessEvents = [WitnessAsked, ResultAttested] as const

/** WN5, CS6: what others signed for a receipt, from whoever keeps it: its parties, and each witness. */
export const PullAttestations = protocol('/tabmesh/receipts/attestations/1', {
  request: object({ receipt: cid, activity: cid }),
  response: object({
    attestations: list(bytes(mostWordBytes), mostWords),
    /** Of the receipt's activity: its requestor's newest word. */
    accepted: optional(bytes(mostAcceptanceBytes)),
  }),
  maxRequestBytes: 256,
  maxResponseBytes: mostWords * (mostWordBytes + 3) + mostAcceptanceBytes + 64,
  timeoutMs: 3 * secondMs,
  perPeer: { count: 600, windowMs: minuteMs }, // the receipts that one graph asks of others, once in a minute
})

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
  const isShown =
    said.author === body.author &&
    said.to === body.to &&
    said.receipt === body.receipt &&
    said.job === body.job &&
    said.activity === body.activity &&
    said.positions.length > 0 &&
    said.positions.every((position) => tasks.has(position))
  if (!isShown) return 'attestation-not-asked'
  return said.positions.every((position) => tasks.get(position)) ? undefined : 'attested-blindly'
}
