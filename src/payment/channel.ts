import { type Amount, minus, plus, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { PayingBody, Voucher } from './messages.ts'

/** What one peer owes another, all told: the highest voucher, and what the payee was told it pays for. */
export type Channel = {
  readonly payer: Did
  readonly payee: Did
  readonly sequence: number
  /** Cumulative and never lower than before. */
  readonly total: Amount
  /** Sum of what single acceptances, as far as they have come, were for. Never above `total`. */
  readonly credited: Amount
  readonly latest?: Verified<PayingBody> | undefined
}

export type ChannelRefusal =
  | 'voucher-of-other-channel'
  | 'voucher-went-back'
  | 'voucher-equivocates'
  | 'voucher-too-small'

export const openChannel = (payer: Did, payee: Did): Channel => ({
  payer,
  payee,
  sequence: 0,
  total: zero,
  credited: zero,
})

/** Key of a channel in a map: it runs one way only. */
export const channelKey = (payer: Did, payee: Did): string => `${payer} ${payee}`

/** CH1: the voucher that pays `added` more. */
export const nextVoucher = (channel: Channel, added: Amount): Voucher => ({
  payee: channel.payee,
  sequence: channel.sequence + 1,
  total: plus(channel.total, added),
})

/**
 * Folds one acceptance. Vouchers may come out of order, for two agreements share the channel: the highest counts.
 * @param added by how much the acceptance raises what its agreement has accepted
 */
export function evolveChannel(
  channel: Channel,
  event: Verified<PayingBody>,
  added: Amount,
): Result<Channel, ChannelRefusal> {
  const { author, channel: told } = event.body
  if (author !== channel.payer || told.payee !== channel.payee) {
    return refuse('voucher-of-other-channel', { payer: author, payee: told.payee })
  }
  const order = orderOf(channel, event)
  if (!order.ok) return order
  const newer = told.sequence > channel.sequence
  const total = newer ? told.total : channel.total
  const credited = plus(channel.credited, added)
  if (credited > total) return refuse('voucher-too-small', { total, credited, sequence: told.sequence })
  return ok(newer ? { ...channel, sequence: told.sequence, total, credited, latest: event } : { ...channel, credited })
}

/** CH4: what `me` would get, or owe (below zero), if both ways were settled against each other. Micro-credits. */
export const netBalance = (incoming: Channel, outgoing: Channel): bigint => incoming.total - outgoing.total

/** CH2, CH3: a higher sequence has no lower total, a lower one no higher, and one sequence has one total. */
function orderOf(channel: Channel, { id, body }: Verified<PayingBody>): Result<void, ChannelRefusal> {
  const { sequence, total } = body.channel
  const facts = { sequence, total, latestSequence: channel.sequence, latestTotal: channel.total }
  if (sequence === channel.sequence && id !== channel.latest?.id) return refuse('voucher-equivocates', facts)
  const fell = sequence > channel.sequence ? total < channel.total : total > channel.total
  return fell ? refuse('voucher-went-back', facts) : ok(undefined)
}

/** What could still come in acceptances that were overtaken. */
export const uncredited = (channel: Channel): Amount => minus(channel.total, channel.credited)
