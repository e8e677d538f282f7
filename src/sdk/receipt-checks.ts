import { ok, refuse } from '../kernel/result.ts'
import type { Parts } from './mesh.ts'
import { receiptGraph } from './receipt-graph.ts'
import { createProofs } from './receipt-proofs.ts'
import { receiptSigners } from './receipt-signers.ts'
import { receiptSources } from './receipt-sources.ts'
import { createVerifying } from './receipt-verify.ts'
import type { ReceiptsApi } from './receipts-api.ts'
import { storedFrames } from './stored-frames.ts'

/** Everything about receipts that takes more than to look at what the node knows. */
export function createReceiptChecks(parts: Parts): Omit<ReceiptsApi, 'ofJob' | 'withPeer' | 'dispute' | 'disputes'> {
  const found = receiptSources(parts)
  const sources = { ...found, signers: receiptSigners(parts, found) }
  const frames = storedFrames(parts.jobs)
  return {
    async get(cid, from) {
      const found = await sources.find(cid, from)
      return found ? ok({ id: cid, body: found.body }) : refuse('receipt-not-found', { receipt: cid })
    },
    dag: (job, options) => receiptGraph(parts, sources, { job, ...options }),
    ...createProofs(parts, sources, frames),
    ...createVerifying(parts, sources, frames),
  }
}
