import { isRunning } from '../../activity/job.ts'
import { acceptedOf, accruedOf } from '../../payment/account.ts'
import type { Host } from '../shell.ts'
import { Violation } from './violation.ts'

/** What a closed tab must find again, as far as it was durable: agreements, receipts, money, jobs, reputations. */
export function digestOf({ node, disk }: Host): string {
  const lines: string[] = []
  for (const { id, state, latest } of node.agreements.values())
    if (disk.durable.has(latest.id)) lines.push(`agreement ${id} ${state} ${latest.id}`)
  for (const { activity, latest, okCount, isFinal } of node.chains.values())
    if (disk.durable.has(latest.id)) lines.push(`chain ${activity} ${latest.id} ${okCount} ${isFinal}`)
  for (const { payer, payee, total, sequence, latest } of node.channels.values())
    if (latest && disk.durable.has(latest.id)) lines.push(`channel ${payer} ${payee} ${sequence} ${total}`)
  for (const account of node.accounts.values()) {
    const { activities, agreement, invoice } = account
    const ids = [...activities.values()].flatMap(({ notes }) => notes.flatMap((one) => [one.event.id, one.answer?.id]))
    const named = [...ids, invoice?.event.id, invoice?.answer?.id, account.settled?.event.id]
    const opened = node.agreements.get(agreement)?.latest.id
    const receipts = [...activities.values()].map(({ metered }) => metered?.receipt)
    if ([opened, ...named, ...receipts].every((id) => id === undefined || disk.durable.has(id)))
      lines.push(`account ${agreement} ${acceptedOf(account)} ${accruedOf(account)} ${invoice?.status ?? 'none'}`)
  }
  for (const job of node.jobs.values()) if (isRunning(job) && disk.durable.has(job.id)) lines.push(`job ${job.id}`)
  return lines.join('\n')
}

/** Every line of the earlier life is there again. */
export function sameAfterRestore(host: Host, before: string): void {
  const now = new Set(digestOf(host).split('\n'))
  for (const line of before.split('\n')) {
    if (line === '' || now.has(line)) continue
    const [kind, id] = line.split(' ')
    const found = [...now].find((one) => one.startsWith(`${kind} ${id}`))
    throw new Violation(`a restart lost "${line}" and has "${found ?? 'nothing'}"`, id)
  }
}
