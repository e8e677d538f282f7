import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Verified } from '../wire/event.ts'
import type { ReceiptChain, ReceiptFacts } from './chain.ts'
import type { ReceiptBody, Usage } from './messages.ts'

export type ReceiptRefusal =
  | 'receipt-known'
  | 'receipt-not-yours'
  | 'receipt-of-other-activity'
  | 'receipt-counts-differ'
  | 'receipt-times-reversed'
  | 'receipt-outcome-contradicts'
  | 'receipts-ended'
  | 'receipts-equivocated'
  | 'receipt-out-of-order'
  | 'receipt-usage-fell'

type Ruling = Result<void, ReceiptRefusal>
const fine = ok(undefined)

/** RC1: nobody but the agreement's provider says what was computed under it. */
export const onlyProviderSigns = ({ provider }: ReceiptFacts, { author }: ReceiptBody): Ruling =>
  author === provider ? fine : refuse('receipt-not-yours', { author, provider })

/** RC2: agreement, requestor, activity, job and module are those of the agreement and of the first receipt. */
export function isTheAgreedActivity(chain: ReceiptChain | undefined, facts: ReceiptFacts, body: ReceiptBody): Ruling {
  const expected = {
    agreement: facts.agreement,
    requestor: facts.requestor,
    activity: chain?.activity ?? body.activity,
    job: chain?.job ?? body.job,
    module: chain?.module ?? body.module,
  }
  for (const field of ['agreement', 'requestor', 'activity', 'job', 'module'] as const) {
    if (body[field] === expected[field]) continue
    return refuse('receipt-of-other-activity', { field, named: body[field], expected: expected[field] })
  }
  return fine
}

export const receiptIsNew = (chain: ReceiptChain | undefined, event: Verified<ReceiptBody>): Ruling =>
  chain?.recent.some((known) => known.id === event.id) ? refuse('receipt-known', { receipt: event.id }) : fine

/** RC3: every task of a frame either went well or failed. */
export const countsAddUp = ({ taskCount, okCount, failedCount }: ReceiptBody): Ruling =>
  okCount + failedCount === taskCount ? fine : refuse('receipt-counts-differ', { taskCount, okCount, failedCount })

export const timesAreInOrder = ({ startedAt, endedAt }: ReceiptBody): Ruling =>
  startedAt <= endedAt ? fine : refuse('receipt-times-reversed', { startedAt, endedAt })

const finalOutcome: Record<ReceiptBody['outcome'], boolean> = {
  Pending: false,
  Running: false,
  CompletedSuccessfully: true,
  Failed: true,
  Cancelled: true,
}

/** RC4: the last receipt says how the activity ended, and no other does. */
export const outcomeFitsFinality = ({ outcome, isFinal }: ReceiptBody): Ruling =>
  finalOutcome[outcome] === isFinal ? fine : refuse('receipt-outcome-contradicts', { outcome, isFinal })

/** RC6, RC7: nothing comes after the last receipt, nor after a proven lie. */
export function chainIsOpen(chain: ReceiptChain | undefined): Ruling {
  if (chain?.equivocation) return refuse('receipts-equivocated', { sequence: chain.equivocation.first.body.sequence })
  return chain?.isFinal ? refuse('receipts-ended', { last: chain.latest.id }) : fine
}

/** RC5: sequence counts from 0 without a gap, and each receipt names the one before it. */
export function receiptFollowsTheLatest(chain: ReceiptChain | undefined, { sequence, prev }: ReceiptBody): Ruling {
  const expected = chain ? chain.latest.body.sequence + 1 : 0
  if (sequence === expected && prev === chain?.latest.id) return fine
  const named = prev ?? 'none'
  return refuse('receipt-out-of-order', { sequence, expected, named, latest: chain?.latest.id ?? 'none' })
}

/** RC8: what was used and what it costs is cumulative: it never falls, and what was once measured stays measured. */
export function costAndUsageNeverFall(chain: ReceiptChain | undefined, body: ReceiptBody): Ruling {
  if (!chain) return fine
  const { usage: before, cost } = chain.latest.body
  if (body.cost < cost) return refuse('receipt-usage-fell', { counter: 'cost', before: cost, now: body.cost })
  const { custom: countsBefore = {} } = before
  const { custom: counts = {} } = body.usage
  const lost = Object.keys(countsBefore).find((name) => (counts[name] ?? -1n) < countsBefore[name]!)
  if (lost !== undefined)
    return refuse('receipt-usage-fell', { counter: lost, before: countsBefore[lost]!, now: counts[lost] ?? 'none' })
  const fallen = counters.find((counter) => (body.usage[counter] ?? -1) < (before[counter] ?? -1))
  if (!fallen) return fine
  const [was, is] = [before[fallen] ?? 'none', body.usage[fallen] ?? 'none']
  return refuse('receipt-usage-fell', { counter: fallen, before: was, now: is })
}

type Counter = Exclude<keyof Usage, 'custom'>
const counters = Object.keys({
  durationUs: true,
  cpuUs: true,
  memoryBytes: true,
  storageBytes: true,
  bytesIn: true,
  bytesOut: true,
  fuel: true,
  hostUnits: true,
} satisfies Record<Counter, true>) as Counter[]
