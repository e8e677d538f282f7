import { marksIn } from '../node/ranges.ts'
import { receiptDag } from '../receipts/dag.ts'
import type { Word } from '../receipts/words.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'
import type { receiptSigners } from './receipt-signers.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'
import type { DagOptions, ReceiptGraph } from './receipts-api.ts'

/** A job of 640,000 tasks in frames of 64 has as many; held in memory at once they are some ten megabytes. */
const mostReceipts = 10_000
/** Asked of others, one after the other, for each names the one before it: at 50 ms each half a minute. */
const mostAsked = 600
/** Somebody waits: what has not come by then is told as missing. */
const fetchMs = 30_000
/** Receipts whose witnesses are asked for at once. */
const atOnce = 8

/** DG1: follows each activity's receipts back from its newest, here first, then at whoever signed them, then in the DHT. */
export async function receiptGraph(
  { node, now }: Pick<Parts, 'node' | 'now'>,
  sources: ReceiptSources & { readonly signers: ReturnType<typeof receiptSigners> },
  { job, heads: given = [], from }: DagOptions & { readonly job: Cid },
): Promise<ReceiptGraph> {
  const chains = [...node.chains.values()].filter((chain) => chain.job === job)
  const heads = [...new Set([...chains.map(({ latest }) => latest.id), ...given])]
  // Proof that somebody told two stories is part of the graph.
  const proofs = chains.flatMap(({ equivocation }) => (equivocation ? [equivocation.first, equivocation.second] : []))
  const found = new Map<Cid, Receipt>(proofs.map((receipt) => [receipt.id, receipt]))
  const until = now() + fetchMs
  let asked = 0

  async function fetched(cid: Cid, author: Did | undefined): Promise<Receipt | undefined> {
    const own = await sources.ownLog(cid)
    if (own || asked >= mostAsked || now() >= until) return own
    asked += 1
    for (const did of new Set([author, from])) {
      const theirs = did && (await sources.peer(cid, did))
      if (theirs) return theirs
    }
    return sources.find(cid)
  }

  for (const head of heads) {
    let next: Cid | undefined = head
    let author = chains.find(({ latest }) => latest.id === head)?.provider
    while (next !== undefined && !found.has(next) && found.size < mostReceipts) {
      const receipt: Receipt | undefined = await fetched(next, author)
      if (!receipt) break
      found.set(next, receipt)
      author = receipt.body.author
      next = receipt.body.prev
    }
  }
  const receipts = [...found.values()]
  const signers = sources.signers(from)
  const words: Word[] = []
  for (let at = 0; at < receipts.length && now() < until; at += atOnce)
    words.push(...(await Promise.all(receipts.slice(at, at + atOnce).map(signers.wordsOf))).flat())
  const dag = receiptDag(job, receipts, {
    heads,
    providerOf: (agreement) => node.agreements.get(agreement)?.provider,
    words,
    acceptances: signers.acceptances(),
    ...marksIn(node),
  })
  const { stage } = node.jobs.get(job) ?? {}
  return { ...dag, ...(stage && { stage }), anchored: dag.heads.filter((id) => node.anchors.get(id) === 'kept') }
}
