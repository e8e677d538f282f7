import { setBounded } from '../kernel/bound.ts'
import { type Accepted, type AcceptedBody, acceptedAmong } from '../receipts/acceptance.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'

/** Asked of others for one answer: most of what a peer gives in a minute. */
const mostAsked = 48
/** Between the receipt that is asked about and the one that was signed: as many as a graph shows. */
const mostBetween = 10_000
/** Receipts of others at hand, some two megabytes: whoever asks about one asks about its neighbours. */
const mostKept = 1_024

/** CS6: what their requestors signed of receipts, as it follows from signatures alone. */
export function acceptanceFinder(sources: Pick<ReceiptSources, 'ownLog' | 'peer'>) {
  const kept = new Map<Cid, Receipt>()

  /** @param holders whoever does not have it is not asked again */
  async function theirs(cid: Cid, holders: Did[]): Promise<Receipt | undefined> {
    for (let holder = holders[0]; holder !== undefined; holder = holders[0]) {
      const found = await sources.peer(cid, holder)
      if (found) setBounded(kept, cid, found, mostKept)
      if (found) return found
      holders.shift()
    }
    return undefined
  }

  /** @returns this receipt, and those that lead from what was signed back to it, as far as they are to be had */
  async function between(receipt: Receipt, signed: readonly Verified<AcceptedBody>[]): Promise<Map<Cid, Receipt>> {
    const found = new Map<Cid, Receipt>([[receipt.id, receipt]])
    const holders = [receipt.body.author, receipt.body.requestor]
    let asked = 0
    for (const { body } of signed) {
      const steps = Math.min(body.sequence - receipt.body.sequence, mostBetween)
      let next: Cid | undefined = body.receipt
      for (let step = 0; step < steps && next !== undefined; step++) {
        const here: Receipt | undefined = found.get(next) ?? kept.get(next) ?? (await sources.ownLog(next))
        const one: Receipt | undefined = here ?? (asked++ < mostAsked ? await theirs(next, holders) : undefined)
        if (one) found.set(next, one)
        next = one?.body.prev
      }
    }
    return found
  }

  return async (receipt: Receipt, signed: readonly Verified<AcceptedBody>[]): Promise<Accepted | undefined> =>
    acceptedAmong(await between(receipt, signed), signed).get(receipt.id)
}
