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
  bounded('parcels', outbox.parcels.size, mostParcels)
  bounded('settled deliveries', outbox.settled.size, mostSettled)
  bounded('offers', offers.size, mostOffers)
  bounded('newest offers', offerOf.size, mostOffers)
  bounded('threads', threads.size, mostThreads)
  bounded('agreements', agreements.size, mostAgreements)
}

const bounded = (name: string, size: number, most: number): void =>
  must(size <= most, () => `${size} ${name}, at most ${most}`)
