import { mostParcels } from '../../node/outbox.ts'
import { mostOffers } from '../../node/state.ts'
import type { Host } from '../shell.ts'
import { must } from './violation.ts'

/** As node/fold.ts has it. */
const mostThreads = 2_048
/** A thousand live agreements and those that ended lately. */
const mostAgreements = 8_192
const mostSettled = 16_384

/** Every list that others can make grow has a number. */
export function checkQueues({ node, actor }: Host): void {
  if (!actor.isHonest) return
  const { outbox, offers, offerOf, threads, agreements } = node
  const sizes = [
    ['parcels', outbox.parcels.size, mostParcels],
    ['settled deliveries', outbox.settled.size, mostSettled],
    ['offers', offers.size, mostOffers],
    ['newest offers', offerOf.size, mostOffers],
    ['threads', threads.size, mostThreads],
    ['agreements', agreements.size, mostAgreements],
  ] as const
  for (const [name, size, most] of sizes) must(size <= most, () => `${size} ${name}, at most ${most}`)
}
