import type { NodeState } from '../node/state.ts'
import type { DocumentView } from './api.ts'

/** Debit notes and invoices of every agreement still in memory, newest first. */
export function documentsOf(node: NodeState): readonly DocumentView[] {
  const all: DocumentView[] = []
  for (const { agreement, requestor, provider, activities, invoice } of node.accounts.values()) {
    const isOurs = provider === node.me
    const counterparty = isOurs ? requestor : provider
    for (const { notes } of activities.values()) {
      for (const { event, status } of notes) {
        all.push({
          id: event.id,
          kind: 'debit-note',
          agreement,
          counterparty,
          isOurs,
          amount: event.body.totalDue,
          status,
          at: event.body.issuedAt,
        })
      }
    }
    if (!invoice) continue
    const { event, status } = invoice
    all.push({
      id: event.id,
      kind: 'invoice',
      agreement,
      counterparty,
      isOurs,
      amount: event.body.amount,
      status,
      at: event.body.issuedAt,
    })
  }
  return all.sort((a, b) => b.at - a.at)
}
