import * as v from 'valibot'
import { minuteMs, secondMs } from '../kernel/time.ts'
import { event } from '../wire/event.ts'
import { protocol, topic } from '../wire/protocol.ts'
import {
  amount,
  bigCount,
  bytes,
  cid,
  count,
  did,
  exactBytes,
  flag,
  type Infer,
  list,
  moment,
  object,
  oneOf,
  optional,
  text,
} from '../wire/schema.ts'
import { presetNames } from './presets.ts'
import { properties } from './property.ts'

// Everything of the market that crosses the wire. Sizes: an offer of forty properties is about 2 KiB.

const constraints = text(2_048) // the language's own limit
const aFew = { count: 600, windowMs: minuteMs } // a busy pair makes and ends two agreements a second

/** A score of a choice (SL2): a thousand for reputation, less price, load and distance, each a thousand at most. */
const score = v.pipe(v.number(), v.safeInteger(), v.minValue(-3_000), v.maxValue(1_000))

/** SL5: where somebody stood when a requestor chose, as that requestor saw it. */
export const figures = object({
  /** From 1; 0: passed over. */
  rank: count(10_000),
  /** Of how many that could do it. */
  of: count(10_000),
  score: optional(score),
  bestScore: optional(score),
  price: amount,
  reputationPermille: count(1_000),
})
export type Figures = Infer<typeof figures>

/** Why not, for people and for programs. `isFinal` false means that it may be worth asking again after `retryAfterMs`. */
export const reason = object({
  code: text(48),
  message: text(256),
  isFinal: flag(),
  retryAfterMs: optional(count(60 * minuteMs)),
  figures: optional(figures),
})
export type Reason = Infer<typeof reason>

/** What a provider sells, to whom, until when. */
export const Offer = event('market/offer', {
  version: 1,
  maxBytes: 16_384,
  perPeer: { count: 30, windowMs: minuteMs },
  fields: { properties, constraints, expiresAt: moment },
})

/** Sold out, or the tab is closing: whoever still carries the offer drops it. */
export const OfferWithdrawn = event('market/offer-withdrawn', {
  version: 1,
  maxBytes: 1_024,
  perPeer: { count: 30, windowMs: minuteMs },
  fields: { offer: cid },
})

/** Copies of a task at most: more than sixteen tabs say nothing that sixteen do not. */
export const mostCopies = 16
export const mostWitnesses = 7
/** Wrong results in a million that a requestor may put up with: more than half of them would be none. */
export const mostFaultPpm = 500_000

/** How a job's answers are checked before they are its results. */
export const redundancy = v.variant('mode', [
  /** `because`: why nothing else was possible, where nobody asked for this. */
  object({ mode: oneOf(['once']), because: optional(text(64)) }),
  object({ mode: oneOf(['adaptive']) }),
  object({ mode: oneOf(['quorum']), quorum: count(mostCopies), copies: count(mostCopies) }),
  object({ mode: oneOf(['witnessed']), witnesses: count(mostWitnesses), samplePermille: count(1_000) }),
  object({ mode: oneOf(['confidence']), faultPpm: count(mostFaultPpm) }),
])
export type Redundancy = Infer<typeof redundancy>

/** A manifest of a job, as far as whoever bids needs to know it: MeshJobParams and ZeroState's manifest in one. */
export const jobManifest = object({
  name: text(96),
  description: text(512),
  formatVersion: text(16),
  module: cid,
  moduleSizeBytes: count(64 * 1024 * 1024),
  runtime: text(32),
  entryPoint: text(64),
  requiredCapabilities: list(text(64), 32),
  inputs: list(object({ name: text(64), type: text(32), required: flag(), description: text(256) }), 32),
  outputs: list(object({ name: text(64), type: text(32), description: text(256) }), 32),
  inputCids: list(cid, 64),
  expectedOutputSchemaCid: optional(cid),
  taskCount: optional(count(10_000_000)),
  memoryMb: count(4_096),
  stackKb: optional(count(65_536)),
  timeoutMs: count(60 * minuteMs),
  outputBytes: count(7 * 1024 * 1024),
  /** Of the whole job: whoever prices by fuel sees how much there can be to earn. */
  maxFuel: optional(bigCount),
  deadlineAt: optional(moment),
  workflow: oneOf(['single', 'pipeline', 'dag', 'map-reduce']),
  isInteractive: flag(),
  qos: oneOf(presetNames),
  sla: optional(
    object({
      maxStartDelayMs: count(60 * minuteMs),
      maxFailurePermille: count(1_000),
      minUptimePermille: count(1_000),
    }),
  ),
  regions: list(text(32), 32),
  minReputationPermille: count(1_000),
  priceWeightPermille: count(1_000),
  reputationWeightPermille: count(1_000),
  selection: oneOf(['lowest-price', 'reputation', 'hybrid']),
  maxPrice: amount,
  pricePerSecond: optional(amount),
  pricePerMb: optional(amount),
  redundancy,
})
export type JobManifest = Infer<typeof jobManifest>

/** The job-led door: a demand published with its manifest. Bidding ends at `closesAt` or with `enoughBids`. */
export const JobAnnounced = event('market/job-announced', {
  version: 1,
  maxBytes: 16_384,
  perPeer: { count: 20, windowMs: minuteMs },
  fields: { job: cid, manifest: jobManifest, properties, constraints, closesAt: moment, enoughBids: count(1_000) },
})

/** A cheap word before a bid: could do it, not yet bound. */
export const JobInterest = event('market/job-interest', {
  version: 1,
  maxBytes: 1_024,
  perPeer: aFew,
  fields: { job: cid, to: did },
})

/**
 * One turn of a negotiation. The first of a thread has no `prev`; a bid is the provider's first answer to an announced job.
 * Terms are agreed when two consecutive proposals say the same.
 */
export const Proposal = event('market/proposal', {
  version: 1,
  maxBytes: 16_384,
  perPeer: aFew,
  fields: {
    to: did,
    /** The first proposal of the thread; absent on that one itself. */
    thread: optional(cid),
    /** Absent on a bid that rests on no published offer. */
    offer: optional(cid),
    /** The job this is for, as its requestor named it. */
    demand: cid,
    properties,
    constraints,
    expiresAt: moment,
  },
})

export const ProposalRejected = event('market/proposal-rejected', {
  version: 1,
  maxBytes: 2_048,
  perPeer: aFew,
  fields: { to: did, thread: cid, reason },
})

/** What both sign: self-contained, so that either can show it to anybody. Times in ms, money in micro-credits. */
export const terms = object({
  runtime: text(32),
  /** X25519, where the offer names one: what is sealed is sealed to it. */
  sealingKey: optional(exactBytes(32)),
  threads: count(256),
  memoryMb: count(65_536),
  platform: text(48),
  /** Linear model: price of a usage vector is Σ usage·coefficient plus the last coefficient, once an activity. */
  usageVector: list(text(64), 8),
  coefficients: list(amount, 9),
  debitNoteIntervalMs: count(24 * 60 * minuteMs),
  acceptTimeoutMs: count(24 * 60 * minuteMs),
  paymentTimeoutMs: count(24 * 60 * minuteMs),
  /** What may be computed beyond the last accepted debit note. */
  creditLimit: amount,
  expiresAt: moment,
  /** Silence after which the other side may end it, and within which a lost provider may take new tasks again. */
  graceMs: count(10 * minuteMs),
  /** No activity for this long ends it. */
  idleMs: count(10 * minuteMs),
})
export type Terms = Infer<typeof terms>

export const AgreementProposed = event('market/agreement-proposed', {
  version: 1,
  maxBytes: 16_384,
  perPeer: aFew,
  fields: {
    to: did,
    proposal: cid,
    demand: cid,
    offer: optional(cid),
    terms,
    approveUntil: moment,
    /** SL5: where its provider stood when it was chosen. */
    figures: optional(figures),
  },
})
const step = { version: 1, maxBytes: 2_048, perPeer: aFew }
export const AgreementApproved = event('market/agreement-approved', { ...step, fields: { agreement: cid } })
export const AgreementCommitted = event('market/agreement-committed', { ...step, fields: { agreement: cid } })
export const AgreementRejected = event('market/agreement-rejected', { ...step, fields: { agreement: cid, reason } })
export const AgreementCancelled = event('market/agreement-cancelled', { ...step, fields: { agreement: cid, reason } })
export const AgreementExpired = event('market/agreement-expired', { ...step, fields: { agreement: cid } })
export const AgreementTerminated = event('market/agreement-terminated', { ...step, fields: { agreement: cid, reason } })

export const marketEvents = [
  Offer,
  OfferWithdrawn,
  JobAnnounced,
  JobInterest,
  Proposal,
  ProposalRejected,
  AgreementProposed,
  AgreementApproved,
  AgreementCommitted,
  AgreementRejected,
  AgreementCancelled,
  AgreementExpired,
  AgreementTerminated,
] as const

/** Gossip carries ids only (B3.4); whoever lacks one pulls it. */
export const OfferIds = topic('/tabmesh/market/offers/1', {
  message: object({ by: did, offers: list(cid, 8), withdrawn: list(bytes(1_024), 8) }),
  maxBytes: 12_288,
  perPeer: { count: 120, windowMs: minuteMs }, // two a second: ids are collected before they are sent
})
export const Jobs = topic('/tabmesh/market/jobs/1', {
  message: object({ announcement: bytes(16_384) }),
  maxBytes: 20_480,
  perPeer: { count: 60, windowMs: minuteMs },
})

/** Pull by id, or with no ids everything that the neighbour has on sale itself or lately heard. */
export const PullOffers = protocol('/tabmesh/market/pull-offers/1', {
  request: object({ ids: list(cid, 64) }),
  response: object({ offers: list(bytes(16_640), 64) }),
  maxRequestBytes: 8_192,
  maxResponseBytes: 1_048_576,
  timeoutMs: 3 * secondMs, // B3.4.2
  perPeer: { count: 60, windowMs: minuteMs },
})
