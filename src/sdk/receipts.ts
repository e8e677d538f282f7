import { acceptedOf } from '../receipts/acceptance.ts'
import type { ReceiptChain } from '../receipts/chain.ts'
import { loadedOnce } from './loaded-once.ts'
import type { Parts } from './mesh.ts'
import type { JobReceiptView, ReceiptsApi } from './receipts-api.ts'

type Checks = Omit<ReceiptsApi, 'ofJob' | 'withPeer' | 'dispute' | 'disputes'>

/** As many as fit a list that is chosen from. */
const mostWithPeer = 64

/** All but the list of what is known here is script that loads with its first use. */
export function createReceipts(parts: Parts): Omit<ReceiptsApi, 'dispute' | 'disputes'> {
  const { node } = parts
  const checks = loadedOnce<Checks>(async () => (await import('./receipt-checks.ts')).createReceiptChecks(parts))

  function viewOf({ activity, latest, taskCount }: ReceiptChain): JobReceiptView {
    const accepted = node.acceptances.get(activity)
    return { id: latest.id, body: latest.body, tasks: taskCount, ...(accepted && { accepted: acceptedOf(accepted) }) }
  }

  return {
    ofJob: (job) =>
      [...(node.links.get(job)?.activities ?? [])].flatMap((activity) => {
        const chain = node.chains.get(activity)
        if (!chain?.latest) return []
        return [{ ...viewOf(chain), stage: node.jobs.get(job)?.stage }]
      }),
    withPeer: (did) =>
      [...node.chains.values()]
        .filter(({ provider, requestor, latest }) => latest && (provider === did || requestor === did))
        .map(viewOf)
        .sort((one, other) => other.body.issuedAt - one.body.issuedAt)
        .slice(0, mostWithPeer),
    get: async (cid, from) => (await checks()).get(cid, from),
    proof: async (job, index) => (await checks()).proof(job, index),
    checkProof: async (proof, claimed) => (await checks()).checkProof(proof, claimed),
    dag: async (job, options) => (await checks()).dag(job, options),
    verify: async (cid, options) => (await checks()).verify(cid, options),
  }
}
