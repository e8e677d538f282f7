import type { Activity } from '../activity/activity.ts'
import type { Job } from '../activity/job.ts'
import type { Workflow } from '../activity/workflow.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Expression } from '../market/constraints.ts'
import type { Figures, JobAnnounced, Offer, Reason } from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import type { Properties } from '../market/property.ts'
import type { Account } from '../payment/account.ts'
import type { Allocation } from '../payment/allocation.ts'
import type { Channel } from '../payment/channel.ts'
import type { AcceptedBody } from '../receipts/acceptance.ts'
import type { ReceiptChain } from '../receipts/chain.ts'
import type { Dispute } from '../receipts/dispute.ts'
import type { AttestedBody } from '../receipts/witness.ts'
import type { Lists } from '../reputation/lists.ts'
import type { SubjectReviews } from '../reputation/review.ts'
import type { Standing } from '../reputation/standing.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { KnownGuild } from './guilds.ts'
import type { Peer, Plan } from './input.ts'
import { emptyOutbox, type Outbox } from './outbox.ts'

/** What somebody sells, read once, whichever door it came through: a published offer or a bid. */
export type Sale = {
  /** Of the offer or the bid. */
  readonly id: Cid
  readonly provider: Did
  readonly properties: Properties
  readonly constraints: Expression
  readonly facts: OfferFacts
  readonly expiresAt: Timestamp
}
export type KnownOffer = Sale & { readonly event: Verified<BodyOf<typeof Offer>> }

/** Somebody else's job that could be bid for. */
export type Announcement = {
  readonly event: Verified<BodyOf<typeof JobAnnounced>>
  readonly constraints: Expression
  /** Bid for, or told that we could: each once an announcement. */
  readonly answered?: 'bid' | 'interest'
}

/** What belongs to a job, so that a step on it never searches. */
export type JobLinks = {
  readonly threads: Set<Cid>
  readonly agreements: Set<Cid>
  readonly activities: Set<Cid>
  /** SL5: where providers stood when they were last chosen among, the newest last. */
  readonly figures: Map<Did, Figures>
}

/** All that a node knows. The maps are its own; what lies in them is replaced whole and never changed. */
export type NodeState = {
  readonly me: Did
  readonly peers: Map<Did, Peer>
  readonly offers: Map<Cid, KnownOffer>
  /** The newest offer of each provider: an older one is forgotten. */
  readonly offerOf: Map<Did, Cid>
  /** Offers that were spoken of and that nobody has given yet. */
  readonly missing: Map<Cid, { readonly by: Did; readonly tries: number; readonly nextAt: Timestamp }>
  /** When those are looked at next. */
  missingAt?: Timestamp | undefined
  /** Offers heard that this build cannot read, and why: they count in the funnel. */
  readonly unread: Map<Cid, string>
  /** By the job's name, those of others alone. */
  readonly announcements: Map<Cid, Announcement>
  /** Who said that they could do a job of ours. */
  readonly interest: Map<Cid, ReadonlySet<Did>>
  readonly jobs: Map<Cid, Job>
  readonly workflows: Map<Cid, Workflow>
  readonly links: Map<Cid, JobLinks>
  readonly threads: Map<Cid, Negotiation>
  readonly agreements: Map<Cid, Agreement>
  readonly activities: Map<Cid, Activity>
  /** Activities of an agreement, newest last. */
  readonly activitiesOf: Map<Cid, readonly Cid[]>
  readonly chains: Map<Cid, ReceiptChain>
  /** Last receipts that were put where others find them, or are on their way there. */
  readonly anchors: Map<Cid, 'asked' | 'kept' | 'failed'>
  /** By agreement. */
  readonly accounts: Map<Cid, Account>
  /** By `channelKey`. */
  readonly channels: Map<string, Channel>
  /** By job. */
  readonly allocations: Map<Cid, Allocation>
  readonly standings: Map<Did, Standing>
  /** Of receipts that we signed or paid for, those that are over too. */
  readonly disputes: Map<Cid, Dispute>
  /** WN4: by receipt, what witnesses say of those of our jobs, and we of others'. */
  readonly attestations: Map<Cid, readonly Verified<AttestedBody>[]>
  /** CS5: by activity, what its requestor signed of its receipts, of those that are over too. */
  readonly acceptances: Map<Cid, Verified<AcceptedBody>>
  readonly guilds: Map<Cid, KnownGuild>
  /** By subject. */
  readonly reviews: Map<Did, SubjectReviews>
  /** How many subjects an author has reviewed, of those that are kept here. */
  readonly reviewers: Map<Did, number>
  lists: Lists
  /** From which range of addresses peers came, of those that came directly in this life of the node. */
  readonly ranges: Map<Did, string>
  /** By thread: requestors that said no to us, the newest last. */
  readonly unchosen: Map<Cid, Unchosen>
  /** How many events of a kind a peer brought in its running window, by `peer kind`. */
  readonly brought: Map<string, { readonly since: Timestamp; readonly count: number }>
  readonly outbox: Outbox
  plan?: Plan | undefined
  /** When this life of the node began, and whether its person stopped selling in it. */
  startedAt?: Timestamp | undefined
  hasStopped?: boolean
  /** Live agreements whose counterparty was not yet asked, since the start, for what it heard last. */
  readonly unheard: Set<Cid>
  /** Own offer on the market now. */
  offer?: Verified<BodyOf<typeof Offer>> | undefined
  offerSaidAt?: Timestamp | undefined
}

/** As many as offers: who sells nothing reviews few. */
export const mostRanges = 4_096

/** A no to what we offered or bid. */
export type Unchosen = {
  readonly job: Cid
  readonly requestor: Did
  readonly at: Timestamp
  readonly reason: Reason
}
/** As many as a person looks through. */
export const mostUnchosen = 64

/** Announcements kept to bid for: a provider has room for a handful. */
export const mostAnnouncements = 256
/** Of unreadable offers only the number and the reasons are shown. */
export const mostUnread = 256
/** Offers kept: a market of four thousand providers is more than one requestor asks. */
export const mostOffers = 4_096

export const initialState = (me: Did): NodeState => ({
  me,
  peers: new Map(),
  offers: new Map(),
  offerOf: new Map(),
  missing: new Map(),
  unread: new Map(),
  announcements: new Map(),
  interest: new Map(),
  jobs: new Map(),
  workflows: new Map(),
  links: new Map(),
  threads: new Map(),
  agreements: new Map(),
  activities: new Map(),
  activitiesOf: new Map(),
  chains: new Map(),
  anchors: new Map(),
  accounts: new Map(),
  channels: new Map(),
  allocations: new Map(),
  standings: new Map(),
  disputes: new Map(),
  attestations: new Map(),
  acceptances: new Map(),
  guilds: new Map(),
  reviews: new Map(),
  reviewers: new Map(),
  lists: new Map(),
  ranges: new Map(),
  unchosen: new Map(),
  brought: new Map(),
  unheard: new Set(),
  outbox: emptyOutbox(),
})

/** The links of a job, made on first use. */
export function linksOf(node: NodeState, job: Cid): JobLinks {
  const known = node.links.get(job)
  if (known) return known
  const links: JobLinks = { threads: new Set(), agreements: new Set(), activities: new Set(), figures: new Map() }
  node.links.set(job, links)
  return links
}
