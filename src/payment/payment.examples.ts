import type { Amount } from '../kernel/amount.ts'
import { timestamp } from '../kernel/time.ts'
import { creditsPlatform } from '../market/demand.ts'
import type { Terms } from '../market/messages.ts'
import { counters } from '../market/offer-properties-names.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { activity, agreement, provider, receipt, requestor, someUsage } from '../receipts/receipt.examples.ts'
import type { Cid } from '../wire/cid.ts'
import type { EventKind, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { type Account, openAccount } from './account.ts'
import type { AccountBody, Voucher } from './messages.ts'

/** Terms and accounts that tests speak of: one credit a second, a note every ten seconds, half a minute to answer. */
export const intervalMs = 10_000
export const openedAt = timestamp(1_000_000)
export const coins = (amount: number | bigint): Amount => BigInt(amount) as Amount
export const perSecond = coins(1_000_000)

export const terms: Terms = {
  runtime: 'wasi-preview1',
  threads: 2,
  memoryMb: 64,
  platform: creditsPlatform,
  usageVector: [counters.durationSec],
  coefficients: [perSecond, coins(0)],
  debitNoteIntervalMs: intervalMs,
  acceptTimeoutMs: 120_000,
  paymentTimeoutMs: 20_000,
  creditLimit: coins(10_000_000),
  expiresAt: timestamp(9_000_000),
  graceMs: 60_000,
  idleMs: 60_000,
}

export function account(told: Partial<Terms> = {}): Account {
  const opened = openAccount({ agreement, requestor, provider, terms: { ...terms, ...told }, approvedAt: openedAt })
  if (!opened.ok) throw new Error(opened.code)
  return opened.value
}

/** A receipt after so many seconds of work: so many credits. */
export const worked = (
  seconds: number,
  told: { activity?: Cid; sequence?: number; isFinal?: boolean } = {},
): Verified<ReceiptBody> =>
  receipt({
    activity,
    sequence: Math.floor(seconds * 1_000),
    usage: { ...someUsage, durationUs: seconds * 1_000_000 },
    ...told,
  })

export const voucherOf = (sequence: number, total: number | bigint, payee: Did = provider): Voucher => ({
  payee,
  sequence,
  total: coins(total),
})

/** An event as its author states it. */
export function said<Type extends AccountBody['type'], Fields>(
  kind: EventKind<Type, Fields>,
  author: Did,
  fields: Fields,
  prev?: Cid,
): Verified<Extract<AccountBody, { type: Type }>> {
  return kind.author({ author, issuedAt: openedAt, prev }, fields) as never
}
