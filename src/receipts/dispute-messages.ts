import { mostNumbers } from '../activity/numbers.ts'
import { hourMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import {
  bigCount,
  bytes,
  cid,
  count,
  did,
  exactBytes,
  flag,
  list,
  object,
  oneOf,
  optional,
  text,
} from '../wire/schema.ts'
import { mostSealedBytes } from './messages.ts'
import { mostProofBytes } from './task-proof.ts'

/** What somebody has against a receipt: that a task of it came to something else, or that its author signed two for one place. */
export const grounds = ['wrong-result', 'equivocation'] as const
export type Ground = (typeof grounds)[number]
/** How a dispute ends: against the receipt's author, against whoever disputed it, or without an answer. */
export const rulings = ['upheld', 'dismissed', 'undecided'] as const
export type Ruling = (typeof rulings)[number]

/** More than these are not needed where two agree, and five that do not agree will not. */
export const mostJurors = 5
/** DS2: nobody has more reasons than these in an hour. */
const few = { count: 12, windowMs: hourMs }

/** What a run of the disputed task came to, to whoever ran it. */
const run = object({
  status: oneOf(['ok', 'failed']),
  /** That of no exit is 2³². */
  exitCode: count(2 ** 32),
  outputHash: exactBytes(32),
  fuel: bigCount,
  hostUnits: optional(bigCount),
})

/** DS1: by the requestor of a receipt, to its author. */
export const DisputeOpened = event('receipts/dispute-opened', {
  version: 1,
  maxBytes: 16_384,
  perPeer: few,
  fields: {
    to: did,
    receipt: cid,
    activity: cid,
    ground: oneOf(grounds),
    /** Its task, of a wrong result. */
    index: optional(count(mostNumbers)),
    /** TP1: that the receipt says what is disputed. */
    proof: optional(bytes(mostProofBytes)),
    /** The task's input as canonical DAG-CBOR, by its CID. */
    input: optional(cid),
    found: optional(run),
    /** Of an equivocation: both sealed receipts. */
    receipts: optional(list(bytes(mostSealedBytes), 2)),
  },
})

/** DS4: what the receipt's author says to it, after running the task again. Silence contests. */
export const DisputeAnswered = event('receipts/dispute-answered', {
  version: 1,
  maxBytes: 2_048,
  perPeer: few,
  fields: {
    to: did,
    dispute: cid,
    stance: oneOf(['concedes', 'contests']),
    found: optional(run),
    reason: text(256),
  },
})

/** DS5: how it ends, with what proves it to anybody: `findings` are blocks, one a juror. */
export const DisputeJudged = event('receipts/dispute-judged', {
  version: 1,
  maxBytes: 2_048,
  perPeer: few,
  fields: { to: did, dispute: cid, ruling: oneOf(rulings), findings: list(cid, mostJurors) },
})

/** DS5: own, after the proof of a verdict was looked at: the signatures in it can only be checked outside of a fold. */
export const VerdictChecked = event('receipts/verdict-checked', {
  version: 1,
  maxBytes: 512,
  perPeer: { count: 0, windowMs: hourMs },
  fields: { dispute: cid, isRight: flag() },
})

export const disputeEvents = [DisputeOpened, DisputeAnswered, DisputeJudged, VerdictChecked] as const
export type OpenedBody = BodyOf<typeof DisputeOpened>
export type AnsweredBody = BodyOf<typeof DisputeAnswered>
export type JudgedBody = BodyOf<typeof DisputeJudged>
export type DisputeBody = OpenedBody | AnsweredBody | JudgedBody | BodyOf<typeof VerdictChecked>
