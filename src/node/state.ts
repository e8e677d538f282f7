import type { Activity } from '../activity/activity.ts'
import type { Job } from '../activity/job.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Expression } from '../market/constraints.ts'
import type { Offer } from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import type { Account } from '../payment/account.ts'
import type { Allocation } from '../payment/allocation.ts'
import type { Channel } from '../payment/channel.ts'
import type { ReceiptChain } from '../receipts/chain.ts'
import type { Standing } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { Peer, Plan } from './input.ts'
import { emptyOutbox, type Outbox } from './outbox.ts'

/** Somebody's offer, read once. */
export type KnownOffer = {
  readonly event: Verified<BodyOf<typeof Offer>>
  readonly facts: OfferFacts
  readonly constraints: Expression
}

/** What belongs to a job, so that a step on it never searches. */
export type JobLinks = { readonly threads: Set<Cid>; readonly agreements: Set<Cid>; readonly activities: Set<Cid> }

/** All that a node knows. The maps are its own; what lies in them is replaced whole and never changed. */
export type NodeState = {
  readonly me: Did
  readonly peers: Map<Did, Peer>
  readonly offers: Map<Cid, KnownOffer>
  /** The newest offer of each provider: an older one is forgotten. */
  readonly offerOf: Map<Did, Cid>
  readonly jobs: Map<Cid, Job>
  readonly links: Map<Cid, JobLinks>
  readonly threads: Map<Cid, Negotiation>
  readonly agreements: Map<Cid, Agreement>
  readonly activities: Map<Cid, Activity>
  /** Activities of an agreement, newest last. */
  readonly activitiesOf: Map<Cid, readonly Cid[]>
  readonly chains: Map<Cid, ReceiptChain>
  /** By agreement. */
  readonly accounts: Map<Cid, Account>
  /** By `channelKey`. */
  readonly channels: Map<string, Channel>
  /** By job. */
  readonly allocations: Map<Cid, Allocation>
  readonly standings: Map<Did, Standing>
  readonly outbox: Outbox
  plan?: Plan | undefined
  /** Own offer on the market now. */
  offer?: Verified<BodyOf<typeof Offer>> | undefined
  offerSaidAt?: Timestamp | undefined
}

/** Offers kept: a market of four thousand providers is more than one requestor asks. */
export const mostOffers = 4_096

export const initialState = (me: Did): NodeState => ({
  me,
  peers: new Map(),
  offers: new Map(),
  offerOf: new Map(),
  jobs: new Map(),
  links: new Map(),
  threads: new Map(),
  agreements: new Map(),
  activities: new Map(),
  activitiesOf: new Map(),
  chains: new Map(),
  accounts: new Map(),
  channels: new Map(),
  allocations: new Map(),
  standings: new Map(),
  outbox: emptyOutbox(),
})

/** The links of a job, made on first use. */
export function linksOf(node: NodeState, job: Cid): JobLinks {
  const known = node.links.get(job)
  if (known) return known
  const links: JobLinks = { threads: new Set(), agreements: new Set(), activities: new Set() }
  node.links.set(job, links)
  return links
}
