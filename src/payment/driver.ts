import type { Amount } from '../kernel/amount.ts'
import { creditsPlatform } from '../market/demand.ts'
import type { Did } from '../wire/schema.ts'
import type { Channel } from './channel.ts'

/** What a payee asks its driver to turn into money: the highest voucher of a channel. */
export type Claim = { readonly channel: Channel; readonly payoutTo: Did }

/** Why a transfer did not come through. Source: the problem states of Golem's payment drivers. */
export type DriverProblem =
  | 'insufficient-gas'
  | 'insufficient-token'
  | 'invalid-chain'
  | 'cannot-sign'
  | 'transaction-stuck'
  | 'rpc-error'

export type Settlement =
  | { readonly state: 'settled'; readonly total: Amount; readonly reference: string }
  /** The shell has to transact; the outcome comes back as an input under the reference. */
  | { readonly state: 'awaiting'; readonly total: Amount; readonly reference: string }
  | { readonly state: 'failed'; readonly problem: DriverProblem; readonly total: Amount }

/** A way to turn vouchers into money. Pure: where the world has to act, it says so by `awaiting`. */
export type PaymentDriver = {
  /** As an offer lists it and an agreement chooses it. */
  readonly platform: string
  readonly network: string
  readonly token: string
  /** Decimal places between the smallest unit and the token. */
  readonly decimals: number
  settle(claim: Claim): Settlement
}

/** Mesh credits: the signed balance of two peers is the money itself, so that a voucher settles at once. */
export const credits: PaymentDriver = {
  platform: creditsPlatform,
  network: 'mesh',
  token: 'credit',
  decimals: 6,
  settle: ({ channel }) => ({
    state: 'settled',
    total: channel.total,
    reference: `${channel.sequence} of ${channel.payer}`,
  }),
}

/** Whether an accepted document is money already, or a driver has to act first. */
export const settlesByVoucher = (platform: string): boolean => platform === credits.platform
