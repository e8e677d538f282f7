import { timestamp } from '../kernel/time.ts'
import { aCid, begun, provider, requestor } from '../market/market.examples.ts'

const until = timestamp(begun + 60_000)
const someRun = { status: 'ok', exitCode: 0, outputHash: new Uint8Array(32).fill(9), fuel: 12n, hostUnits: 3n }
const receiptFields = {
  agreement: aCid('agreement'),
  activity: aCid('activity'),
  job: aCid('job'),
  module: aCid('module'),
  requestor,
  sequence: 3,
  isFinal: true,
  outcome: 'CompletedSuccessfully',
  taskCount: 2,
  okCount: 1,
  failedCount: 1,
  root: new Uint8Array(32).fill(9),
  outputCids: [],
  usage: { durationUs: 1_500_000, memoryBytes: 65_536, storageBytes: 0, bytesIn: 10, bytesOut: 20 },
  cost: 15n,
  startedAt: begun,
  endedAt: until,
}

/** The fields of one example of every kind of event about receipts. @param envelope something sealed */
export const receiptEventFields = (
  envelope: Uint8Array,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> => ({
  'receipts/execution': receiptFields,
  'receipts/results-committed': {
    to: requestor,
    agreement: aCid('agreement'),
    activity: aCid('activity'),
    commits: [{ index: 4, commit: new Uint8Array(32).fill(6) }],
  },
  'receipts/commits-closed': {
    to: provider,
    agreement: aCid('agreement'),
    activity: aCid('activity'),
    sets: [{ index: 4, commits: [new Uint8Array(32).fill(6), new Uint8Array(32).fill(7)] }],
  },
  'receipts/accepted': {
    to: provider,
    agreement: aCid('agreement'),
    activity: aCid('activity'),
    job: aCid('job'),
    receipt: aCid('receipt'),
    sequence: 4,
    taskCount: 30,
  },
  'receipts/attested': {
    to: requestor,
    receipt: aCid('receipt'),
    job: aCid('job'),
    activity: aCid('activity'),
    positions: [0, 3],
    asked: envelope,
  },
  'receipts/witness-asked': {
    to: provider,
    receipt: aCid('receipt'),
    job: aCid('job'),
    activity: aCid('activity'),
    positions: [0, 3],
  },
  'receipts/dispute-opened': {
    to: provider,
    receipt: aCid('receipt'),
    activity: aCid('activity'),
    ground: 'wrong-result',
    index: 4,
    proof: new Uint8Array(12).fill(8),
    input: aCid('input'),
    found: someRun,
  },
  'receipts/dispute-answered': {
    to: requestor,
    dispute: aCid('dispute'),
    stance: 'contests',
    found: someRun,
    reason: 'It came to the same here.',
  },
  'receipts/dispute-judged': {
    to: provider,
    dispute: aCid('dispute'),
    ruling: 'upheld',
    findings: [aCid('first'), aCid('second')],
  },
  'receipts/verdict-checked': { dispute: aCid('dispute'), isRight: true },
  'receipts/checked': {
    activity: aCid('activity'),
    agreement: aCid('agreement'),
    provider,
    runtime: 'wasi-p1',
    priceClass: 5,
    verified: 12,
    disputed: 1,
    cleared: 700n,
  },
})
