import { type Amount, maxAmount, minus, plus, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { minuteMs, type Timestamp } from '../kernel/time.ts'
import { type Agreement, isLive } from '../market/agreement.ts'
import { freePlatform } from '../market/demand.ts'
import type { Reason } from '../market/messages.ts'
import {
  type Account,
  acceptedOf,
  exposure,
  hasFolded,
  isFree,
  mayGoOn,
  meter,
  openAccount,
} from '../payment/account.ts'
import { type Allocation, evolveAllocation, reactAllocation, spend, spentOf } from '../payment/allocation.ts'
import { type BudgetOf, paidFrom } from '../payment/budgets.ts'
import { type Channel, channelKey, openChannel } from '../payment/channel.ts'
import { creditFacts, creditLimit, stillCounts, usualCredit } from '../payment/credit.ts'
import { breachOf, isClosed } from '../payment/deadlines.ts'
import { evolvePayment } from '../payment/evolve.ts'
import { type AccountBody, type AllocationBody, isPaying } from '../payment/messages.ts'
import { reactProvider } from '../payment/provider.ts'
import { reactRequestor } from '../payment/requestor.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { ofSettled } from '../reputation/observation.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { isBeingChecked } from './checks.ts'
import { observe } from './observing.ts'
import { activitiesOf } from './shares.ts'
import type { NodeState } from './state.ts'
import { type Novelty, owe, type Turn, touch } from './turn.ts'
import { jobsOf } from './uses.ts'

/** An approved agreement has an account on both sides from its approval on. */
export function openAccountFor({ node, now }: Turn, { id, requestor, provider, terms }: Agreement): Result<void> {
  if (node.accounts.has(id)) return ok(undefined)
  const account = openAccount({ agreement: id, requestor, provider, terms, approvedAt: now })
  if (!account.ok) return account
  node.accounts.set(id, account.value)
  return ok(undefined)
}

/** What a receipt says was used goes to its agreement's account. */
export function meterReceipt(turn: Turn, receipt: Verified<ReceiptBody>): void {
  const { node } = turn
  const account = node.accounts.get(receipt.body.agreement)
  const metered = account && meter(account, receipt)
  if (!metered || metered === account) return
  node.accounts.set(metered.agreement, metered)
  touch(turn, `account:${metered.agreement}`)
}

export function foldPayment(turn: Turn, event: Verified<AccountBody>): Result<Novelty> {
  const { node, now } = turn
  const account = node.accounts.get(event.body.agreement)
  if (!account) return refuse('agreement-unknown', { agreement: event.body.agreement })
  if (hasFolded(account, event.id)) return ok('known')
  const { requestor, provider } = account
  const paid = evolvePayment({ account, channel: channelBetween(node, requestor, provider) }, event, {
    at: now,
    me: node.me,
  })
  if (!paid.ok) return paid
  const { account: next, channel } = paid.value
  const spent = isPaying(event.body) ? spendFor(turn, account, next) : ok(undefined)
  if (!spent.ok) return spent
  node.accounts.set(next.agreement, next)
  if (isPaying(event.body)) node.channels.set(channelKey(requestor, provider), channel)
  if (event.body.type === 'payment/settled' && event.body.author === node.me) {
    observe(turn, ofSettled(event as Verified<typeof event.body>, next))
  }
  touch(turn, `account:${next.agreement}`)
  for (const { job } of activitiesOf(node, next.agreement)) if (node.jobs.has(job)) turn.changed.add(`job:${job}`)
  return ok('new')
}

/** Our own acceptance comes out of the budgets of the jobs that it pays for, and is refused where they have no room. */
function spendFor({ node }: Turn, before: Account, after: Account): Result<void> {
  const { agreement } = after
  if (after.requestor !== node.me) return ok(undefined)
  const allocations: Allocation[] = []
  for (const [job, part] of partsOf(node, before, after)) {
    const allocation = node.allocations.get(job)
    if (!allocation) return refuse('allocation-unknown', { agreement })
    const spent = spend(allocation, { agreement, total: plus(spentOn(allocation, agreement), part) })
    if (!spent.ok) return spent
    allocations.push(spent.value)
  }
  for (const allocation of allocations) node.allocations.set(allocation.job, allocation)
  return ok(undefined)
}

/** AC23: which job pays how much of what was accepted between the two. */
function partsOf(node: NodeState, before: Account, after: Account): ReadonlyMap<Cid, Amount> {
  if (after.invoice?.answer !== before.invoice?.answer) {
    const paid = paidFrom(before, acceptedOf(after), budgetIn(node))
    const [first] = activitiesOf(node, after.agreement)
    // Nobody has room for it: the first is asked, and refuses.
    return paid.unpaid > zero && first ? new Map([[first.job, maxAmount]]) : paid.parts
  }
  const parts = new Map<Cid, Amount>()
  for (const { activity, accepted } of after.activities.values()) {
    const added = minus(accepted, before.activities.get(activity)?.accepted ?? zero)
    const job = node.activities.get(activity)?.job
    if (added > zero && job) parts.set(job, added)
  }
  return parts
}

const budgetIn =
  (node: NodeState): BudgetOf =>
  (activity) => {
    const job = node.activities.get(activity)?.job
    return job && node.allocations.get(job)
  }

const spentOn = ({ shares }: Allocation, agreement: Cid): Amount => shares.get(agreement)?.spent ?? zero

export function foldAllocation(turn: Turn, event: Verified<AllocationBody>): Result<Novelty> {
  const { node } = turn
  const { job, author } = event.body
  if (author !== node.me) return refuse('not-taken-here', { type: event.body.type })
  const allocation = evolveAllocation(node.allocations.get(job), event)
  if (!allocation.ok) return allocation
  node.allocations.set(job, allocation.value)
  touch(turn, `allocation:${job}`)
  const stage = node.jobs.get(job)?.stage
  if (stage) touch(turn, `workflow:${stage.workflow}`)
  return ok('new')
}

/** What either side owes an account, and what that means for the agreement behind it. */
export function reactAccount(turn: Turn, id: Cid): void {
  const { node, now } = turn
  const account = node.accounts.get(id)
  const agreement = node.agreements.get(id)
  if (!account || !agreement || isFree(account.terms)) return
  const { requestor, provider } = account
  if (provider === node.me) {
    const endedAt = isLive(agreement) ? undefined : (agreement.ended?.at ?? now)
    owe(turn, reactProvider(account, { endedAt }, now))
  } else {
    const channel = channelBetween(node, requestor, provider)
    const isChecked = (activity: Cid): boolean => isBeingChecked(node, node.activities.get(activity)?.job)
    owe(turn, reactRequestor(account, { budgetOf: budgetIn(node), channel, isBeingChecked: isChecked }, now))
    for (const { id: job } of jobsOf(node, agreement)) turn.touched.add(`allocation:${job}`)
  }
  if (isLive(agreement)) turn.touched.add(`agreement:${id}`)
}

/** The budget is free again when nobody can ask for a part of it any more. */
export function reactJobAllocation(turn: Turn, job: Cid): void {
  const { node, now } = turn
  const allocation = node.allocations.get(job)
  if (!allocation) return
  const agreements = [...(node.links.get(job)?.agreements ?? [])]
  const hasOpenAccounts = agreements.some((id) => {
    const account = node.accounts.get(id)
    if (!account || account.invoice?.status === 'rejected') return false // a second invoice is not taken (AC12)
    return !isClosed(account, node.agreements.get(id)?.ended?.at, now)
  })
  owe(turn, reactAllocation(allocation, { jobEndedAt: node.jobs.get(job)?.endedAt, hasOpenAccounts }, now))
}

/** CR1..CR4: whether this provider computes on for that agreement, or waits to be paid first. */
export function mayComputeOn(node: NodeState, agreement: Cid, now: Timestamp): boolean {
  const account = node.accounts.get(agreement)
  if (!account || isFree(account.terms)) return true
  return mayGoOn(account, limitFor(node, account, now))
}

/** Whether there is something to pay for under it: who owes nothing is not waited for. */
export function isOwed(node: NodeState, agreement: Cid): boolean {
  const account = node.accounts.get(agreement)
  return account !== undefined && exposure(account) > zero
}

function limitFor(node: NodeState, account: Account, now: Timestamp): Amount {
  const policy = { ...usualCredit, strangersTogether: lentToStrangers(node) }
  const unpaid = unpaidBy(node, account.requestor)
  const endedAt = (agreement: Cid) => endOf(node, agreement)
  return creditLimit(
    policy,
    creditFacts(account, { accounts: node.accounts.values(), channels: node.channels, unpaid, now, endedAt }),
  )
}

const lentToStrangers = ({ plan }: NodeState): Amount => plan?.strangersLimit ?? usualCredit.strangersTogether

const endOf = ({ agreements }: NodeState, id: Cid): Timestamp | undefined => {
  const agreement = agreements.get(id)
  return agreement && !isLive(agreement) ? agreement.ended?.at : undefined
}

/** What all who never paid here owe, as far as it counts (CR2, CR7). */
function owedByStrangers(node: NodeState, now: Timestamp): Amount {
  let owed = zero
  for (const account of node.accounts.values()) {
    const { requestor, provider, agreement } = account
    if (provider === node.me && isStrange(node, requestor))
      owed = plus(owed, stillCounts(exposure(account), endOf(node, agreement), now))
  }
  return owed
}

const isStrange = (node: NodeState, requestor: Did): boolean => channelBetween(node, requestor, node.me).total === zero

/** CR3: what a requestor left open under agreements with us that are over. */
function unpaidBy(node: NodeState, requestor: Did): Amount {
  let unpaid = zero
  for (const account of node.accounts.values()) {
    const agreement = node.agreements.get(account.agreement)
    const isOver = agreement !== undefined && !isLive(agreement) && agreement.ended?.reason?.code !== 'Success'
    if (account.requestor === requestor && account.provider === node.me && isOver)
      unpaid = plus(unpaid, exposure(account))
  }
  return unpaid
}

export type Buyer = { readonly requestor: Did; readonly platform: string }

/**
 * PV5: nobody who left something unpaid is sold to again before it is settled; a seller's capacity is not for those who never pay.
 * PV7: nor is it held by newcomers for whom it may not compute: who has paid before, or comes when there is credit again, can use it.
 */
export function whyNoCredit(node: NodeState, { requestor, platform }: Buyer, now: Timestamp): Reason | undefined {
  if (platform === freePlatform) return undefined
  if (unpaidBy(node, requestor) > zero) {
    const message = 'Something is still unpaid here.'
    return { code: 'credit-exhausted', message, isFinal: false, retryAfterMs: noCreditMs }
  }
  if (!isStrange(node, requestor) || owedByStrangers(node, now) < lentToStrangers(node)) return undefined
  const message = 'What is lent to newcomers is used up for now.'
  return { code: 'newcomers-limit', message, isFinal: false, retryAfterMs: newcomerMs }
}

const noCreditMs = 10 * minuteMs
/** In a minute a sixtieth of the limit is free again (CR7): a task or more. */
const newcomerMs = minuteMs

/** PV4: a provider that is not paid as agreed ends the agreement, and says which duty was missed. */
export function whyUnpaid(node: NodeState, agreement: Cid, now: Turn['now']): Reason | undefined {
  const account = node.accounts.get(agreement)
  const breach = account && breachOf(account, now)
  return breach && { code: breach.code, message: 'What was agreed on payment was not kept.', isFinal: false }
}

const channelBetween = (node: NodeState, payer: Did, payee: Did): Channel =>
  node.channels.get(channelKey(payer, payee)) ?? openChannel(payer, payee)

/** What the job's providers were paid so far, or one of them for this job under one agreement. */
export function costOfJob({ allocations }: NodeState, job: Cid, agreement?: Cid): Amount {
  const allocation = allocations.get(job)
  if (!allocation) return zero
  return agreement === undefined ? spentOf(allocation) : spentOn(allocation, agreement)
}

/** What was computed for the job by receipts, and may still be asked for. */
export function billsOfJob(node: NodeState, job: Cid): Amount {
  let computed = zero
  for (const id of node.links.get(job)?.activities ?? []) {
    const activity = node.activities.get(id)
    const account = activity && node.accounts.get(activity.agreement)
    computed = plus(computed, account?.activities.get(id)?.accrued ?? zero)
  }
  return minus(computed, costOfJob(node, job))
}

/** Vouchers we signed, and vouchers we hold. */
export function balances(node: NodeState) {
  let owedByUs = 0n
  let owedToUs = 0n
  for (const channel of node.channels.values()) {
    if (channel.payer === node.me) owedByUs += channel.total
    else owedToUs += channel.total
  }
  return { owedByUs: owedByUs as typeof zero, owedToUs: owedToUs as typeof zero }
}
