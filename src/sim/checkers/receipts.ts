import { ExecutionReceipt, type ReceiptBody } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import type { AnyBody } from '../../wire/gate.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** Receipts of an activity: one chain, closed, each place once. Acyclic it is by its names, which are hashes. */
export type ReceiptChecks = { stated(host: Host, event: Verified<AnyBody>): void; readonly count: () => number }

export function checkReceipts(world: World): ReceiptChecks {
  const places = new Map<string, Cid>()
  const known = new Map<Cid, number>()

  return {
    stated(host, event) {
      if (event.body.type !== ExecutionReceipt.type) return
      const { activity, sequence, prev, author } = event.body as ReceiptBody
      const isOwn = author === host.did
      if (!isOwn) {
        const isHonest = world.hostOf.get(author)?.actor.isHonest === true
        must(!isHonest || known.has(event.id), () => 'a receipt was taken that its author never stored', activity)
        return
      }
      if (host.actor.isHonest) {
        const place = `${activity} ${sequence}`
        const before = places.get(place)
        must(before === undefined || before === event.id, () => `two receipts for place ${sequence}`, activity)
        places.set(place, event.id)
        const parent = prev === undefined ? -1 : known.get(prev)
        must(parent === sequence - 1, () => `receipt ${sequence} follows ${parent ?? 'nothing known'}`, activity)
      }
      known.set(event.id, sequence)
    },
    count: () => known.size,
  }
}
