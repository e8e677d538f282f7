import { ok, refuse } from '../kernel/result.ts'
import type { Parts } from './mesh.ts'
import { receiptSources } from './receipt-sources.ts'
import type { ReceiptsApi } from './receipts-api.ts'

/** What of it a page seldom asks for is script that loads with its first use. */
export function createReceipts(parts: Parts): ReceiptsApi {
  const { node } = parts
  const sources = receiptSources(parts)
  const proofs = later(async () => (await import('./receipt-proofs.ts')).createProofs(parts, sources))
  const verifying = later(async () => (await import('./receipt-verify.ts')).createVerifying(parts, sources))

  return {
    async get(cid, from) {
      const found = await sources.find(cid, from)
      return found ? ok({ id: cid, body: found.body }) : refuse('receipt-not-found', { receipt: cid })
    },
    ofJob: (job) =>
      [...(node.links.get(job)?.activities ?? [])].flatMap((activity) => {
        const latest = node.chains.get(activity)?.latest
        return latest ? [{ id: latest.id, body: latest.body }] : []
      }),
    proof: async (job, index) => (await proofs()).proof(job, index),
    checkProof: async (proof, claimed) => (await proofs()).checkProof(proof, claimed),
    dag: async (job, options) => (await import('./receipt-graph.ts')).receiptGraph(parts, sources, { job, ...options }),
    verify: async (cid, options) => (await verifying()).verify(cid, options),
  }
}

/** Made once, when it is first asked for; a load that failed is tried again. */
function later<T>(load: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= load().catch((cause: unknown) => {
      made = undefined
      throw cause
    })
    return made
  }
}
