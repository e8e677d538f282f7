import { hostLimits } from '../activity/host-abi.ts'
import { jobStatuses } from '../activity/job-status.ts'
import { minuteMs, secondMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import { protocol, topic } from '../wire/protocol.ts'
import {
  amount,
  bigCount,
  bytes,
  cid,
  count,
  did,
  exactBytes,
  flag,
  type Infer,
  list,
  moment,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../wire/schema.ts'

const anyNumber = Number.MAX_SAFE_INTEGER
export const mostTasks = 10_000_000 // as many as a job may have
export const mostSealedBytes = 4_096 // what a value of the DHT may weigh
/** A sealed receipt is 85 bytes longer than its body: signature, two names and three lengths. */
const mostBodyBytes = 4_000
/** The rest of the largest receipt leaves room for so many CIDs of 61 bytes; more outputs go into one manifest. */
export const mostOutputCids = 34

/** What an activity used up to the end of a frame: cumulative, memory and storage as high-water marks. */
export const usage = object({
  durationUs: count(anyNumber),
  cpuUs: optional(count(anyNumber)),
  memoryBytes: count(anyNumber),
  storageBytes: count(anyNumber),
  bytesIn: count(anyNumber),
  bytesOut: count(anyNumber),
  fuel: optional(bigCount),
  /** Calls into the host, in units of the host's own table of costs. */
  hostUnits: optional(bigCount),
  /** Counters of the programs' own, by name: the first eight of an activity. */
  custom: optional(record(hostLimits.counterNameLength, bigCount, hostLimits.counters)),
})
export type Usage = Infer<typeof usage>

export const standardStatuses = ['Pending', 'Running', 'CompletedSuccessfully', 'Failed', 'Cancelled'] as const

/** One frame of results, signed by whoever computed it. `prev` names the receipt before it; sequence 0 has none. */
export const ExecutionReceipt = event('receipts/execution', {
  version: 1,
  maxBytes: mostBodyBytes,
  perPeer: { count: 600, windowMs: minuteMs }, // ten frames a second: a frame holds what came while the last was signed
  fields: {
    agreement: cid,
    activity: cid,
    job: cid,
    module: cid,
    requestor: did,
    /** Its place in the activity, from 0. */
    sequence: count(mostTasks),
    isFinal: flag(),
    outcome: oneOf(standardStatuses),
    /** The job's state in the mesh's own words, where the provider tells it. */
    fineStatus: optional(oneOf(jobStatuses)),
    /** Of this frame. */
    taskCount: count(mostTasks),
    okCount: count(mostTasks),
    failedCount: count(mostTasks),
    /** Merkle root over the frame's tasks: see merkle.ts. */
    root: exactBytes(32),
    outputCids: list(cid, mostOutputCids),
    logsCid: optional(cid),
    usage,
    /** Cumulative for the activity, in micro-credits. */
    cost: amount,
    startedAt: moment,
    endedAt: moment,
  },
})
export type ReceiptBody = BodyOf<typeof ExecutionReceipt>

/** Powers of four of a price of at most 2⁶³ micro-credits, and 0 for what is given away. */
const mostPriceClass = 32

/**
 * What its requestor found of an activity by comparing answers, since it last said so: never taken from a peer. `cleared` is the cost of the
 * activity up to which nothing is being checked any more.
 */
export const ResultsChecked = event('receipts/checked', {
  version: 1,
  maxBytes: 1_024,
  perPeer: { count: 0, windowMs: minuteMs },
  fields: {
    activity: cid,
    agreement: cid,
    provider: did,
    runtime: text(32),
    priceClass: count(mostPriceClass),
    verified: count(mostTasks),
    disputed: count(mostTasks),
    cleared: amount,
  },
})
export type CheckedBody = BodyOf<typeof ResultsChecked>

export const receiptEvents = [ExecutionReceipt, ResultsChecked] as const

/** Told of an activity's last receipt only: whoever wants the earlier ones follows `prev`. */
export const ReceiptsAvailable = topic('/tabmesh/receipts/available/1', {
  message: object({ job: cid, receipt: cid, executor: did }),
  maxBytes: 512,
  perPeer: { count: 120, windowMs: minuteMs }, // two activities a second end at one peer only if something is wrong
})

/** Sealed receipts by id, straight from a peer, when the DHT has none. What the peer does not hold is left out. */
export const PullReceipts = protocol('/tabmesh/receipts/pull/1', {
  request: object({ ids: list(cid, 16) }), // 16 receipts are one frame of 64 KiB
  response: object({ receipts: list(bytes(mostSealedBytes), 16) }),
  maxRequestBytes: 2_048,
  maxResponseBytes: 69_632,
  timeoutMs: 3 * secondMs,
  perPeer: { count: 60, windowMs: minuteMs },
})
