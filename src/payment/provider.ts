import { type Amount, zero } from '../kernel/amount.ts'
import { after, earlier, type Timestamp } from '../kernel/time.ts'
import { usageVectorOf } from '../receipts/usage.ts'
import type { Cid } from '../wire/cid.ts'
import { type Owed, state } from '../wire/effect.ts'
import {
  type Account,
  type ActivityAccount,
  acceptedOf,
  accountKey,
  accruedOf,
  counted,
  dueOf,
  isFree,
} from './account.ts'
import { answerDeadline, invoiceDeadline, invoicePatienceMs, nextNoteAt, unanswered } from './deadlines.ts'
import { isUnanswered } from './document.ts'
import { settlesByVoucher } from './driver.ts'
import { DebitNote, Invoice, Settled } from './messages.ts'

export type ProviderFacts = {
  /** When the agreement ended and its activities were closed; undefined while it lives. */
  readonly endedAt?: Timestamp | undefined
}

/**
 * AC16: what a provider owes under an agreement: a note an interval while something new was computed, one invoice after the
 * end, the word that it has its money, and each brought to the requestor until it is answered. Free agreements owe nothing.
 */
export function reactProvider(account: Account, { endedAt }: ProviderFacts, now: Timestamp): Owed[] {
  if (isFree(account.terms)) return []
  if (account.invoice) return afterInvoice(account, account.invoice, now)
  if (endedAt !== undefined) return firstInvoice(account, now)
  const owed = [...account.activities.values()].flatMap((one) => notesOf(account, one, now))
  return [...owed, ...wakeFor(account, now)]
}

function notesOf(account: Account, activity: ActivityAccount, now: Timestamp): Owed[] {
  const owed: Owed[] = []
  for (const note of unanswered(activity)) {
    const until = answerDeadline(account, note)
    if (now < until) owed.push({ type: 'deliver', to: account.requestor, event: note.event, until })
  }
  const { metered, notes, accrued: totalDue } = activity
  if (!metered || !hasNews(account, activity) || now < nextNoteAt(account, activity)) return owed
  const { agreement, requestor: to, terms } = account
  const usage = usageVectorOf(terms.usageVector, metered.usage)
  const told = { agreement, activity: activity.activity, to, totalDue, usage: usage.ok ? [...usage.value] : [] }
  const paymentDueAt = payableBy(account, activity, now)
  const { fuel, hostUnits } = metered.usage
  const fields = { ...told, fuel, hostUnits, paymentDueAt, receipt: metered.receipt }
  return [...owed, state(DebitNote, fields, notes.at(-1)?.event.id)]
}

/** A note is stated when there is more to pay than the last one said, and the agreement knows an interval. */
const hasNews = ({ terms }: Account, { accrued, due }: ActivityAccount): boolean =>
  terms.debitNoteIntervalMs > 0 && accrued > due

/** Payable notes keep the payment timeout between them; where none was agreed, no note is payable (B4.1). */
function payableBy({ terms }: Account, { notes }: ActivityAccount, now: Timestamp): Timestamp | undefined {
  const { paymentTimeoutMs } = terms
  const last = notes.findLast(({ event }) => event.body.paymentDueAt !== undefined)
  const isTime = last === undefined || now >= after(last.seenAt, paymentTimeoutMs)
  return paymentTimeoutMs > 0 && isTime ? after(now, paymentTimeoutMs) : undefined
}

function firstInvoice(account: Account, now: Timestamp): Owed[] {
  const [computed, noted] = [accruedOf(account), dueOf(account)]
  const amount = computed > noted ? computed : noted
  return amount === zero ? [] : [invoiceFor(account, amount, now)]
}

function afterInvoice(account: Account, invoice: NonNullable<Account['invoice']>, now: Timestamp): Owed[] {
  const { requestor: to, agreement, settled, terms } = account
  const { event, status, answer } = invoice
  if (settled) {
    const until = after(settled.seenAt, invoicePatienceMs)
    return now < until ? [{ type: 'deliver', to, event: settled.event, until }] : []
  }
  if (status === 'accepted' && answer && settlesByVoucher(terms.platform)) {
    const { total } = answer.body
    const fields = { agreement, invoice: event.id, total, platform: terms.platform }
    return [state(Settled, fields, answer.id)]
  }
  if (status === 'rejected') return concession(account, invoice, now)
  const until = invoiceDeadline(invoice)
  if (!isUnanswered(status) || now >= until) return []
  return [
    { type: 'deliver', to, event, until },
    { type: 'wake', key: accountKey(agreement), at: until },
  ]
}

/** AC17: once, a provider asks for what the requestor said that it would accept: better than nothing, and then it is over. */
function concession(account: Account, { event, answer }: NonNullable<Account['invoice']>, now: Timestamp): Owed[] {
  const isFirst = event.body.prev === undefined
  const [offered, accepted] = [answer?.body.total ?? zero, acceptedOf(account)]
  const amount = offered > accepted ? offered : accepted
  return isFirst && amount > zero && amount < event.body.amount ? [invoiceFor(account, amount, now, event.id)] : []
}

function invoiceFor(account: Account, amount: Amount, now: Timestamp, prev?: Cid): Owed {
  const { agreement, requestor: to, terms } = account
  const activities = [...account.activities.keys()]
  const all = [...account.activities.values()]
  const [fuel, hostUnits] = [counted(all, 'fuel'), counted(all, 'hostUnits')]
  const paymentDueAt = after(now, terms.paymentTimeoutMs)
  return state(Invoice, { agreement, to, activities, amount, fuel, hostUnits, paymentDueAt }, prev)
}

function wakeFor(account: Account, now: Timestamp): Owed[] {
  let at: Timestamp | undefined
  for (const activity of account.activities.values()) {
    const deadlines = unanswered(activity).map((note) => answerDeadline(account, note))
    if (hasNews(account, activity)) deadlines.push(nextNoteAt(account, activity))
    for (const deadline of deadlines) if (deadline > now) at = at === undefined ? deadline : earlier(at, deadline)
  }
  return at === undefined ? [] : [{ type: 'wake', key: accountKey(account.agreement), at }]
}
