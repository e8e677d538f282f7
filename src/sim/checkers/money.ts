import { hourMs, minuteMs } from '../../kernel/time.ts'
import { minutePrice } from '../../market/offer-price.ts'
import { jobsOf } from '../../node/uses.ts'
import { type Account, acceptedOf, accruedOf, exposure } from '../../payment/account.ts'
import { remainingOf } from '../../payment/allocation.ts'
import type { PayingBody } from '../../payment/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Did } from '../../wire/schema.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

export type MoneyChecks = {
  account(host: Host, agreement: Cid): void
  stated(host: Host, event: Verified<AnyBody>): void
  restored(host: Host): void
  /** Phase two: what is promised in all equals what is held in all, account by account. */
  converged(): void
  readonly promised: () => bigint
}

/** By how much a note may pass what was verified: payment/requestor.ts. */
const tolerancePermille = 20n

export function checkMoney(world: World): MoneyChecks {
  /** Highest voucher that each payer signed for each payee, by sequence. */
  const ledger = new Map<string, { sequence: number; total: bigint }>()
  const counted = new Set<Cid>()
  const key = (payer: Did, payee: Did): string => `${payer} ${payee}`

  function account(host: Host, id: Cid): void {
    const { node } = host
    const known = node.accounts.get(id)
    if (!known || !host.actor.isHonest) return
    const [accepted, accrued] = [acceptedOf(known), accruedOf(known)]
    if (known.requestor === node.me) {
      const allowed = accrued + (accrued * tolerancePermille) / 1000n
      must(accepted <= allowed, () => `${accepted} accepted, ${accrued} verified by receipts`, id)
      const agreement = node.agreements.get(id)
      for (const job of agreement ? jobsOf(node, agreement) : []) {
        const allocation = node.allocations.get(job.id)
        if (allocation) must(remainingOf(allocation) >= 0n, () => 'an allocation is overspent', id)
      }
      return
    }
    const { plan } = node
    if (!plan) return
    let strangers = 0n
    for (const other of node.accounts.values()) {
      if (other.provider !== node.me) continue
      const paid = node.channels.get(key(other.requestor, node.me))?.total ?? 0n
      if (paid === 0n) strangers += countedOf(host, other)
    }
    const slack = slackOf(host)
    must(
      strangers <= plan.strangersLimit + slack,
      () => `strangers owe ${strangers}, at most ${plan.strangersLimit}`,
      id,
    )
  }

  return {
    account,
    stated(host, event) {
      const { type, author } = event.body
      if (type !== 'payment/debit-note-accepted' && type !== 'payment/invoice-accepted') return
      if (author !== host.did || !host.actor.isHonest || counted.has(event.id)) return
      counted.add(event.id)
      const { channel, agreement } = event.body as PayingBody
      const before = ledger.get(key(author, channel.payee)) ?? { sequence: 0, total: 0n }
      must(channel.sequence > before.sequence, () => `voucher ${channel.sequence} after ${before.sequence}`, agreement)
      must(
        channel.total >= before.total,
        () => `a voucher went back from ${before.total} to ${channel.total}`,
        agreement,
      )
      ledger.set(key(author, channel.payee), { sequence: channel.sequence, total: channel.total })
    },
    restored(host) {
      for (const { payer, payee, total, sequence } of host.node.channels.values()) {
        const signed = ledger.get(key(payer, payee))
        if (!world.hostOf.get(payer)?.actor.isHonest) continue
        must((signed?.total ?? 0n) >= total, () => `${total} held, ${signed?.total ?? 0n} ever signed`)
        if (payer === host.did)
          must(
            signed?.sequence === sequence,
            () => `a restart forgot voucher ${signed?.sequence}, it knows ${sequence}`,
          )
      }
    },
    converged() {
      for (const [pair, { total }] of ledger) {
        const [payer, payee] = pair.split(' ') as [Did, Did]
        const holder = world.hostOf.get(payee)
        if (!holder?.isUp || !holder.actor.isHonest) continue
        const held = holder.node.channels.get(pair)?.total ?? 0n
        must(held === total, () => `${payer.slice(-6)} promised ${total}, ${payee.slice(-6)} holds ${held}`)
      }
    },
    promised: () => [...ledger.values()].reduce((sum, { total }) => sum + total, 0n),
  }
}

/** CR7: what a stranger left is written off within an hour of its agreement's end. */
function countedOf(host: Host, account: Account): bigint {
  const ended = host.node.agreements.get(account.agreement)?.ended
  const leftMs = ended ? Math.min(hourMs, Math.max(0, ended.at + hourMs - host.now())) : hourMs
  return (exposure(account) * BigInt(leftMs)) / BigInt(hourMs)
}

/** What threads may still be at when the limit is reached: one task each, at the plan's price, ten times as slow. */
function slackOf({ node, role }: Host): bigint {
  const { plan } = node
  if (!plan) return 0n
  const perMinute = minutePrice(plan.facts.pricing, { memoryMib: plan.memoryMb })
  return (perMinute * BigInt(plan.threads * role.taskMs * 20)) / BigInt(minuteMs) + perMinute / 2n
}
