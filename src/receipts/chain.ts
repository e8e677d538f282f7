import { type Amount, zero } from '../kernel/amount.ts'
import { ok, type Result } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { ReceiptBody } from './messages.ts'
import {
  chainIsOpen,
  costAndUsageNeverFall,
  countsAddUp,
  isTheAgreedActivity,
  onlyProviderSigns,
  outcomeFitsFinality,
  type ReceiptRefusal,
  receiptFollowsTheLatest,
  receiptIsNew,
  timesAreInOrder,
} from './rules.ts'

/** Who has agreed what: the receipt is judged by it. */
export type ReceiptFacts = { readonly provider: Did; readonly requestor: Did; readonly agreement: Cid }

/** Two receipts with one place: whoever holds both can show to anybody that their author lied. */
export type Equivocation = { readonly first: Verified<ReceiptBody>; readonly second: Verified<ReceiptBody> }

/** The receipts of one activity, as far as they are known. Immutable: replaced whole. */
export type ReceiptChain = ReceiptFacts & {
  readonly activity: Cid
  readonly job: Cid
  readonly module: Cid
  readonly latest: Verified<ReceiptBody>
  /** The newest receipts, oldest first, `latest` among them: what a lie is compared with. */
  readonly recent: readonly Verified<ReceiptBody>[]
  /** Of all frames. */
  readonly taskCount: number
  readonly okCount: number
  readonly failedCount: number
  readonly cost: Amount
  readonly isFinal: boolean
  readonly equivocation?: Equivocation | undefined
}

/** A second receipt for one place comes, if at all, soon: older ones are compared on disk with `equivocationOf`. */
export const recentReceipts = 32

/**
 * Folds one receipt of an activity; a refused receipt changes nothing, but a second one for a known place is kept as
 * proof (RC7), and nothing is folded after that.
 * @param chain undefined before the first receipt of its activity
 */
export function evolveReceipts(
  chain: ReceiptChain | undefined,
  event: Verified<ReceiptBody>,
  facts: ReceiptFacts,
): Result<ReceiptChain, ReceiptRefusal> {
  const { body } = event
  const sound = [
    onlyProviderSigns(facts, body),
    isTheAgreedActivity(chain, facts, body),
    receiptIsNew(chain, event),
    isSound(body),
  ]
  for (const rule of sound) if (!rule.ok) return rule
  const equivocation = chain && lieAbout(chain, event)
  if (chain && equivocation) return ok({ ...chain, equivocation })
  const inPlace = [chainIsOpen(chain), receiptFollowsTheLatest(chain, body), costAndUsageNeverFall(chain, body)]
  for (const rule of inPlace) if (!rule.ok) return rule
  return ok(extended(chain, event, facts))
}

/** RC7: the proof that two receipts of one author claim the same place, or undefined where they do not. */
export function equivocationOf(a: Verified<ReceiptBody>, b: Verified<ReceiptBody>): Equivocation | undefined {
  const samePlace = a.body.activity === b.body.activity && a.body.sequence === b.body.sequence
  if (!samePlace || a.body.author !== b.body.author || a.id === b.id) return undefined
  return a.id < b.id ? { first: a, second: b } : { first: b, second: a }
}

/** RC2, RC5, RC6, RC8: whether a receipt may come right after `before`, or first where there is none. */
export function follows(
  before: Verified<ReceiptBody> | undefined,
  body: ReceiptBody,
  facts: ReceiptFacts,
): Result<void, ReceiptRefusal> {
  const chain = before && extended(undefined, before, facts)
  const rules = [
    isTheAgreedActivity(chain, facts, body),
    chainIsOpen(chain),
    receiptFollowsTheLatest(chain, body),
    costAndUsageNeverFall(chain, body),
  ]
  return rules.find(({ ok }) => !ok) ?? ok(undefined)
}

/** RC3, RC4: whether a receipt is sound by itself. */
export function isSound(body: ReceiptBody): Result<void, ReceiptRefusal> {
  const rules = [countsAddUp(body), timesAreInOrder(body), outcomeFitsFinality(body)]
  return rules.find(({ ok }) => !ok) ?? ok(undefined)
}

function lieAbout(chain: ReceiptChain, event: Verified<ReceiptBody>): Equivocation | undefined {
  const rival = chain.recent.find((known) => known.body.sequence === event.body.sequence)
  return rival && equivocationOf(rival, event)
}

function extended(
  chain: ReceiptChain | undefined,
  event: Verified<ReceiptBody>,
  { provider, requestor, agreement }: ReceiptFacts,
): ReceiptChain {
  const { activity, job, module, taskCount, okCount, failedCount, cost, isFinal } = event.body
  const before = chain ?? { recent: [], taskCount: 0, okCount: 0, failedCount: 0, cost: zero }
  return {
    provider,
    requestor,
    agreement,
    activity,
    job,
    module,
    latest: event,
    recent: [...before.recent, event].slice(-recentReceipts),
    taskCount: before.taskCount + taskCount,
    okCount: before.okCount + okCount,
    failedCount: before.failedCount + failedCount,
    cost,
    isFinal,
  }
}
