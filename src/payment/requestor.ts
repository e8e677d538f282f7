import { type Amount, least, minus, plus, zero } from '../kernel/amount.ts'
import { after, earlier, type Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { type Owed, state } from '../wire/effect.ts'
import {
  type Account,
  type ActivityAccount,
  acceptedOf,
  accountKey,
  accruedOf,
  type InvoiceDocument,
  isFree,
  type Note,
} from './account.ts'
import { type Allocation, roomFor } from './allocation.ts'
import { type BudgetOf, paidFrom } from './budgets.ts'
import { type Channel, nextVoucher, openChannel } from './channel.ts'
import { answerDeadline, invoicePatienceMs, patienceEnds, unanswered } from './deadlines.ts'
import { isUnanswered } from './document.ts'
import {
  DebitNoteAccepted,
  DebitNoteRejected,
  InvoiceAccepted,
  InvoiceRejected,
  type RejectionCode,
} from './messages.ts'

export type RequestorFacts = {
  /** Without a budget nothing is paid. */
  readonly budgetOf?: BudgetOf | undefined
  /** What this node owes the provider so far; undefined before the first voucher. */
  readonly channel?: Channel | undefined
  /** By how much a sum may pass what this node's own verified receipts come to. */
  readonly tolerancePermille?: number | undefined
  /** AC21: an activity's job runs, and its answers are checked. */
  readonly isBeingChecked?: (activity: Cid) => boolean
}

/** Two in a hundred: the frame that is on its way while a note is written. */
const usualTolerancePermille = 20

/** What is left to promise while several documents are answered in one step: of each job's budget, and by the next voucher. */
type Purse = { readonly promised: ReadonlyMap<Cid, Amount>; readonly channel: Channel }

/**
 * AC18: what a requestor owes under an agreement: an answer to each note and to the invoice, and each answer brought to the
 * provider. It accepts what its own verified receipts come to, within its budget; it waits for receipts half of the time it
 * has, and then rejects with a code and the sum that it would accept. Free agreements owe nothing.
 */
export function reactRequestor(account: Account, facts: RequestorFacts, now: Timestamp): Owed[] {
  if (isFree(account.terms)) return []
  const { requestor, provider, invoice } = account
  const purse: Purse = { promised: new Map(), channel: facts.channel ?? openChannel(requestor, provider) }
  const asked: Asked = {
    account,
    now,
    tolerancePermille: BigInt(facts.tolerancePermille ?? usualTolerancePermille),
    budgetOf: facts.budgetOf ?? (() => undefined),
    isBeingChecked: facts.isBeingChecked ?? (() => false),
  }
  if (!invoice) return noteAnswers(asked, purse)
  return [...acceptedBefore(account, now), ...invoiceAnswer(asked, invoice, purse)]
}

type Asked = {
  readonly account: Account
  readonly now: Timestamp
  readonly tolerancePermille: bigint
  readonly budgetOf: BudgetOf
  isBeingChecked(activity: Cid): boolean
}

/** What may still be spent on an activity. */
function roomIn({ account, budgetOf }: Asked, activity: Cid, { promised }: Purse): Amount {
  const budget = budgetOf(activity)
  return budget ? minus(roomFor(budget, account.agreement), promised.get(budget.job) ?? zero) : zero
}

/**
 * What is paid for of what was computed. AC21: while answers are checked, what is cleared; but nobody waits for a check beyond the patience that
 * there is for receipts. AC22: of whoever was proven wrong, only what was cleared before.
 */
function payable(asked: Asked, activity: ActivityAccount, seenAt: Timestamp): Amount {
  const { account, now } = asked
  const isChecked = asked.isBeingChecked(activity.activity)
  const isCleared = !account.isBlamed && (!isChecked || now >= patienceEnds(account, seenAt))
  return isCleared ? activity.accrued : least(activity.accrued, activity.cleared)
}

const payableOf = (asked: Asked, seenAt: Timestamp): Amount =>
  [...asked.account.activities.values()].reduce((sum, one) => plus(sum, payable(asked, one, seenAt)), zero)

function noteAnswers(asked: Asked, purse: Purse): Owed[] {
  const { account, now } = asked
  const owed: Owed[] = []
  let left = purse
  let wakeAt: Timestamp | undefined
  for (const activity of account.activities.values()) {
    owed.push(...answersToBring(account, activity, now))
    const open = unanswered(activity)
    const paid = open.findLast(
      ({ event, seenAt }) => event.body.totalDue <= allowed(asked, payable(asked, activity, seenAt)),
    )
    if (paid) {
      const added = minus(paid.event.body.totalDue, activity.accepted)
      const affordable = added <= roomIn(asked, activity.activity, left)
      owed.push(affordable ? acceptNote(account, paid, left, added) : rejectNote(asked, activity, paid, left))
      if (affordable) left = spentFrom(left, added, asked.budgetOf(activity.activity))
    }
    for (const note of open.slice(paid ? open.indexOf(paid) + 1 : 0)) {
      const until = patienceEnds(account, note.seenAt)
      if (now >= until || account.isBlamed) owed.push(rejectNote(asked, activity, note, left))
      else wakeAt = wakeAt === undefined ? until : earlier(wakeAt, until)
    }
  }
  return wakeAt === undefined ? owed : [...owed, { type: 'wake', key: accountKey(account.agreement), at: wakeAt }]
}

/** An accepted note may still be on its way when the invoice comes. The acceptance of the invoice carries all that was promised. */
const acceptedBefore = (account: Account, now: Timestamp): Owed[] =>
  account.invoice?.answer?.body.type === 'payment/invoice-accepted'
    ? []
    : [...account.activities.values()].flatMap((activity) => answersToBring(account, activity, now))

function invoiceAnswer(asked: Asked, invoice: InvoiceDocument, { channel }: Purse): Owed[] {
  const { account, now } = asked
  const { agreement, provider: to } = account
  const { event, status, answer, answeredAt, seenAt } = invoice
  if (answer) {
    const until = after(answeredAt ?? now, invoicePatienceMs)
    return now < until ? [{ type: 'deliver', to, event: answer, until }] : []
  }
  if (!isUnanswered(status)) return []
  const { amount } = event.body
  const computed = payableOf(asked, seenAt)
  const [accepted, ceiling] = [acceptedOf(account), allowed(asked, computed)]
  const added = minus(amount, accepted)
  const isRight = amount <= ceiling || amount === accepted
  if (isRight && paidFrom(account, amount, asked.budgetOf).unpaid === zero) {
    const voucher = nextVoucher(channel, added)
    return [state(InvoiceAccepted, { agreement, invoice: event.id, total: amount, channel: voucher }, event.id)]
  }
  const until = patienceEnds(account, seenAt)
  if (now < until && !account.isBlamed) return [{ type: 'wake', key: accountKey(agreement), at: until }]
  const isBad = account.isBlamed && amount <= allowed(asked, accruedOf(account))
  const code: RejectionCode = isRight ? 'OVER_BUDGET' : isBad ? 'BAD_SERVICE' : 'INCORRECT_AMOUNT'
  const most = minus(computed, paidFrom(account, computed, asked.budgetOf).unpaid)
  const total = most > accepted ? most : accepted
  return [state(InvoiceRejected, { agreement, invoice: event.id, code, message: words[code], total }, event.id)]
}

function acceptNote({ agreement }: Account, { event }: Note, { channel }: Purse, added: Amount): Owed {
  const fields = { agreement, note: event.id, total: event.body.totalDue, channel: nextVoucher(channel, added) }
  return state(DebitNoteAccepted, fields, event.id)
}

function rejectNote(asked: Asked, activity: ActivityAccount, { event, seenAt }: Note, purse: Purse): Owed {
  const { agreement, isBlamed } = asked.account
  const computed = payable(asked, activity, seenAt)
  const isRight = event.body.totalDue <= allowed(asked, computed)
  const isBad = isBlamed && event.body.totalDue <= allowed(asked, activity.accrued)
  const unasked = activity.metered === undefined
  const code: RejectionCode = isRight
    ? 'OVER_BUDGET'
    : isBad
      ? 'BAD_SERVICE'
      : unasked
        ? 'UNSOLICITED_SERVICE'
        : 'INCORRECT_AMOUNT'
  const total = acceptable(activity.accepted, computed, roomIn(asked, activity.activity, purse))
  return state(DebitNoteRejected, { agreement, note: event.id, code, message: words[code], total }, event.id)
}

/** The sum that would be accepted: what was computed, as far as the budget goes, and never less than was accepted. */
const acceptable = (accepted: Amount, computed: Amount, room: Amount): Amount =>
  plus(accepted, least(minus(computed, accepted), room))

const allowed = ({ tolerancePermille }: Asked, computed: Amount): Amount =>
  plus(computed, ((computed * tolerancePermille) / 1000n) as Amount)

const spentFrom = ({ promised, channel }: Purse, added: Amount, budget: Allocation | undefined): Purse => {
  const { sequence, total } = nextVoucher(channel, added)
  const sum = budget && new Map(promised).set(budget.job, plus(promised.get(budget.job) ?? zero, added))
  return { promised: sum ?? promised, channel: { ...channel, sequence, total } }
}

function answersToBring(account: Account, { notes }: ActivityAccount, now: Timestamp): Owed[] {
  const owed: Owed[] = []
  for (const note of notes) {
    if (!note.answer || note.answeredAt === undefined) continue
    const until = answerDeadline(account, { ...note, seenAt: note.answeredAt })
    if (now < until) owed.push({ type: 'deliver', to: account.provider, event: note.answer, until })
  }
  return owed
}

/** For people; the code is for programs. */
const words: Record<RejectionCode, string> = {
  UNSOLICITED_SERVICE: 'No verified receipt tells of this activity.',
  BAD_SERVICE: 'The results are not what was agreed.',
  INCORRECT_AMOUNT: 'The sum is higher than what the verified receipts come to.',
  REJECTED_BY_REQUESTOR_FILTER: 'The requestor chose not to accept it.',
  AGREEMENT_FINALIZED: 'The agreement was settled before.',
  OVER_BUDGET: 'The budget of the job has no room for it.',
}
