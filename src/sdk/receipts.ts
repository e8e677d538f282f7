import { loadedOnce } from './loaded-once.ts'
import type { Parts } from './mesh.ts'
import type { ReceiptsApi } from './receipts-api.ts'

type Checks = Omit<ReceiptsApi, 'ofJob' | 'withPeer' | 'dispute' | 'disputes'>

/** As many as fit a list that is chosen from. */
const mostWithPeer = 64

/** All but the list of what is known here is script that loads with its first use. */
export function createReceipts(parts: Parts): Omit<ReceiptsApi, 'dispute' | 'disputes'> {
  const { node } = parts
  const checks = loadedOnce<Checks>(async () => (await import('./receipt-checks.ts')).createReceiptChecks(parts))

  return {
    ofJob: (job) =>
      [...(node.links.get(job)?.activities ?? [])].flatMap((activity) => {
        const chain = node.chains.get(activity)
        if (!chain?.latest) return []
        const { latest, taskCount } = chain
        return [{ id: latest.id, body: latest.body, tasks: taskCount, stage: node.jobs.get(job)?.stage }]
      }),
    withPeer: (did) =>
      [...node.chains.values()]
        .flatMap(({ provider, requestor, latest, taskCount }) =>
          latest && (provider === did || requestor === did)
            ? [{ id: latest.id, body: latest.body, tasks: taskCount }]
            : [],
        )
        .sort((one, other) => other.body.issuedAt - one.body.issuedAt)
        .slice(0, mostWithPeer),
    get: async (cid, from) => (await checks()).get(cid, from),
    proof: async (job, index) => (await checks()).proof(job, index),
    checkProof: async (proof, claimed) => (await checks()).checkProof(proof, claimed),
    dag: async (job, options) => (await checks()).dag(job, options),
    verify: async (cid, options) => (await checks()).verify(cid, options),
  }
}
