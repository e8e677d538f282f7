import { ReceiptsAccepted } from '../../receipts/acceptance.ts'
import { ExecutionReceipt, type ReceiptBody } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** What two honest tabs computed and took is signed by both in the end, up to the last receipt that came. */
export type AcceptanceChecks = {
  stated(host: Host, event: Verified<AnyBody>): void
  /** Phase two: both sides hold the same signature. */
  converged(): void
  /** Activities that are signed by both. */
  readonly count: () => number
}

export function checkAcceptances(world: World): AcceptanceChecks {
  /** By activity: the newest receipt that its requestor has taken. */
  const taken = new Map<Cid, Verified<ReceiptBody>>()
  let count = 0

  return {
    stated(host, event) {
      const { type, author } = event.body
      if (type === ReceiptsAccepted.type && author === host.did && host.actor.isHonest) {
        const { activity } = event.body as ReceiptBody
        must(host.node.chains.get(activity)?.equivocation === undefined, () => 'two stories are signed for', activity)
      }
      if (type !== ExecutionReceipt.type) return
      const receipt = event as Verified<ReceiptBody>
      const { activity, sequence, requestor } = receipt.body
      if (requestor !== host.did || sequence < (taken.get(activity)?.body.sequence ?? 0)) return
      taken.set(activity, receipt)
    },
    converged() {
      count = 0
      for (const [activity, { id, body }] of taken) {
        const sides = [body.requestor, body.author].flatMap((did) => world.hostOf.get(did) ?? [])
        if (sides.some(({ actor }) => !actor.isHonest)) continue
        const signed = sides.map(({ node }) => node.acceptances.get(activity))
        for (const [at, one] of signed.entries()) {
          const who = at === 0 ? 'requestor' : 'provider'
          must(
            one?.body.receipt === id,
            () => `its ${who} holds ${one?.body.sequence ?? 'none'} of ${body.sequence}`,
            activity,
          )
        }
        must(signed[0]?.id === signed[1]?.id, () => 'two signatures of one requestor', activity)
        count += 1
      }
    },
    count: () => count,
  }
}
