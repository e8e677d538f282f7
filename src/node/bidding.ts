import { isRunning, type Job, tasksLeft } from '../activity/job.ts'
import { after, minuteMs, secondMs, type Timestamp } from '../kernel/time.ts'
import { remaining } from '../market/capacity.ts'
import { type Choice, figuresOf } from '../market/choose.ts'
import { parseConstraint } from '../market/constraints-parse.ts'
import { printConstraint } from '../market/constraints-print.ts'
import { demandConstraints, demandNames, demandProperties, signersIn, type Wanted } from '../market/demand.ts'
import { matches, type Side } from '../market/match.ts'
import {
  JobAnnounced,
  JobInterest,
  type JobManifest,
  Jobs,
  Proposal,
  ProposalRejected,
  type Reason,
} from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import { isPriced } from '../market/offer-price.ts'
import { readOfferProperties } from '../market/offer-properties-read.ts'
import { usualPreset } from '../market/presets.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import { ToSeal } from '../wire/sealing.ts'
import type { Plan } from './input.ts'
import { soldBy } from './provider.ts'
import { hasLied, isAvoided, isBid } from './requestor.ts'
import { onSale } from './reservations.ts'
import { type Announcement, linksOf, type NodeState, type Sale } from './state.ts'
import { capabilitiesFor, chosenFrom, policyOf, signersFor, wantedOf } from './survey.ts'
import { keepsOut } from './trust.ts'
import { owe, say, type Turn } from './turn.ts'

/** BD1: bids are collected for two seconds, or until there are twice as many as are wanted. */
const biddingMs = 2 * secondMs
/** BD2: while tasks are left and nobody works, the job is said again. */
const announceAgainMs = 30 * secondMs
/** A bid is good for as long as bidding may last, and a little. */
const bidMs = minuteMs

/** What the job-led door owes a running job: an announcement, and after its close an answer to every bid. */
export function reactBidding(turn: Turn, job: Job, wanted: number): void {
  const { node, now } = turn
  const { announcement } = job
  const open = bidsOf(node, job)
  const isDue = !announcement || (now >= announcement.closesAt + announceAgainMs && open.length === 0)
  if (wanted > 0 && isDue) return announce(turn, job, wanted)
  if (!announcement) return
  // Tasks that are still being listed may want more providers than those that are.
  const sought = job.progress.isSealed ? wanted : job.spec.policy.mostProviders
  const isClosed = now >= announcement.closesAt || open.length >= enough(sought)
  if (isClosed) return answerBids(turn, job, open, wanted)
  turn.effects.push({ type: 'wake', key: `job:${job.id}`, at: announcement.closesAt })
}

const enough = (wanted: number): number => Math.max(1, wanted * 2)

/** Threads that a provider opened about this job and that wait for our word. */
const bidsOf = (node: NodeState, job: Job): readonly Negotiation[] =>
  [...linksOf(node, job.id).threads].flatMap((id) => {
    const thread = node.threads.get(id)
    return thread && isBid(thread, node.me) ? [thread] : []
  })

function announce(turn: Turn, job: Job, wanted: number): void {
  const { node, now } = turn
  const demand = publicDemand(job, now)
  const fields = {
    job: job.id,
    manifest: manifestOf(job),
    properties: demandProperties(demand, {}),
    constraints: printConstraint(demandConstraints(demand)),
    closesAt: after(now, biddingMs),
    enoughBids: Math.min(1_000, enough(wanted)),
  }
  const event = say(turn, state(JobAnnounced, fields))
  owe(turn, [
    { type: 'publish', topic: Jobs, message: { announcement: new ToSeal(event) } },
    { type: 'wake', key: `job:${job.id}`, at: after(now, biddingMs) },
    { type: 'wake', key: `job-again:${job.id}`, at: after(now, biddingMs + announceAgainMs) },
  ])
  if (node.peers.size === 0) turn.touched.add('outbox')
}

/** What is asked before anybody has offered anything: one thread; how many it becomes is settled with each. */
function publicDemand(job: Job, now: Timestamp): Wanted {
  const { module, runtime, platform, subnet, limits, outbound = [] } = job.spec
  return {
    module,
    signers: signersFor(job),
    runtime,
    capabilities: capabilitiesFor(job),
    outbound,
    platform,
    subnet,
    threads: 1,
    memoryMb: Math.max(1, Math.ceil(limits.memoryPages / 16)),
    expiresAt: after(now, 60 * minuteMs),
  }
}

/** BD3: the best bids get our word, every other bidder is told why not and when to try again. */
function answerBids(turn: Turn, job: Job, open: readonly Negotiation[], wanted: number): void {
  const { node, now } = turn
  const sales = new Map(open.flatMap((thread) => saleOf(thread).map((sale) => [sale.id, { thread, sale }] as const)))
  const all = [...sales.values()].map(({ sale }) => sale)
  const isLeftOut = ({ provider }: Sale) => isAvoided(node, job, provider) || hasLied(node, job.id, provider)
  const { best, choice } = chosenFrom(node, job, all, { now, isLeftOut })
  const chosen = new Set(best.slice(0, Math.max(0, wanted)).map(({ id }) => id))
  for (const { id: thread, latest, opener: to, demand, offer } of open) {
    const bid = sales.get(latest.id)
    if (bid && chosen.has(latest.id)) {
      const terms = wantedOf(job, bid.sale, now)
      const properties = demandProperties(terms, bid.sale.properties)
      const constraints = printConstraint(demandConstraints(terms))
      say(
        turn,
        state(
          Proposal,
          { to, thread, offer, demand, properties, constraints, expiresAt: after(now, bidMs) },
          latest.id,
        ),
      )
    } else {
      say(turn, state(ProposalRejected, { to, thread, reason: whyNotChosen(choice, latest.id, wanted > 0) }))
    }
  }
}

/** SL5: what a bidder is told that is not taken. One that came when nobody was wanted any more stood beside none of those that were taken. */
function whyNotChosen(choice: Choice, bid: Cid, isWanted: boolean): Reason {
  const passed = choice.passedOver.find(({ candidate }) => candidate.id === bid)
  const figures = figuresOf(choice, bid)
  const later = { isFinal: false, retryAfterMs: announceAgainMs }
  if (passed || !figures)
    return {
      code: passed?.why ?? 'not-matching',
      message: 'The bid does not fit the job.',
      ...later,
      ...(figures && { figures }),
    }
  if (isWanted) return { code: 'not-chosen', message: 'Other bids were better.', ...later, figures }
  const { price, reputationPermille } = figures
  return {
    code: 'bidding-closed',
    message: 'Others had been taken before this bid came.',
    ...later,
    figures: { rank: 0, of: figures.of, price, reputationPermille },
  }
}

/** A bid is an offer made to one. */
function saleOf({ latest, opener: provider }: Negotiation): Sale[] {
  const { properties, constraints, expiresAt } = latest.body
  const facts = readOfferProperties(properties)
  const parsed = parseConstraint(constraints)
  return facts.ok && parsed.ok
    ? [{ id: latest.id, provider, properties, constraints: parsed.value, facts: facts.value, expiresAt }]
    : []
}

/** BD5: an announcement is heard until it would be said again; a bid that comes after its close is answered as it comes. */
export const heardUntil = ({ event }: Announcement): Timestamp => after(event.body.closesAt, announceAgainMs)

/** BD4: what a provider owes an announced job: a bid as soon as it fits and there is room, a word of interest while there is none. */
export function reactAnnouncement(turn: Turn, job: Cid): void {
  const { node, now } = turn
  const heard = node.announcements.get(job)
  const { plan, offer } = node
  if (!heard || !plan || now >= heardUntil(heard) || heard.answered === 'bid' || !couldDo(node, plan, heard)) return
  const { author: to, properties, closesAt } = heard.event.body
  const memory = properties[demandNames.memoryMib]
  const free = remaining(onSale(node, plan, now))
  const hasRoom = free.threads > 0 && (typeof memory !== 'number' || memory <= free.memoryMb)
  if (hasRoom && !offer) return // it is being stated in this very step, which touches this again
  if (!offer || !hasRoom) {
    if (heard.answered || now >= closesAt) return
    node.announcements.set(job, { ...heard, answered: 'interest' })
    const interest = say(turn, state(JobInterest, { job, to }))
    return owe(turn, [{ type: 'deliver', to, event: interest, until: closesAt }])
  }
  node.announcements.set(job, { ...heard, answered: 'bid' })
  const { properties: sold, constraints } = offer.body
  const bid = { to, thread: undefined, offer: offer.id, demand: job, properties: sold, constraints }
  say(turn, state(Proposal, { ...bid, expiresAt: after(now, bidMs) }))
}

/** BD5: a bid that we could not keep when it was taken up was no answer. */
export function takeBackBid({ node }: Turn, job: Cid): void {
  const heard = node.announcements.get(job)
  if (heard?.answered === 'bid') node.announcements.set(job, { ...heard, answered: 'interest' })
}

/** Whether this provider, with nothing reserved, would fit the job and be paid as it asks. */
function couldDo(node: NodeState, plan: Plan, { event, constraints }: Announcement): boolean {
  const { author, properties, manifest } = event.body
  const sold = soldBy(plan, plan)
  const own = sold && parseConstraint(sold.constraints)
  if (!sold || !own?.ok) return false
  if (isPriced(plan.facts) && manifest.maxPrice === 0n) return false
  if (keepsOut(node)(author, { module: manifest.module, signers: signersIn(properties) })) return false
  if (plan.onlyModules && !plan.onlyModules.some((module) => module === manifest.module)) return false
  const demand: Side = { author, properties, constraints }
  return matches(demand, { author: node.me, properties: sold.properties, constraints: own.value })
}

/** The job in the words that everybody reads: every field of MeshJobParams and of ZeroState's manifest. */
function manifestOf(job: Job): JobManifest {
  const { spec, progress } = job
  const weights = policyOf(job)
  return {
    name: spec.isSealed ? '' : spec.name,
    description: '',
    formatVersion: '1.0.0',
    module: spec.module,
    moduleSizeBytes: spec.moduleSizeBytes,
    runtime: spec.runtime,
    entryPoint: '_start',
    requiredCapabilities: [...capabilitiesFor(job)],
    inputs: [],
    outputs: [],
    inputCids: [],
    ...(progress.isSealed ? { taskCount: tasksLeft(job) } : {}),
    memoryMb: Math.ceil(spec.limits.memoryPages / 16),
    timeoutMs: spec.limits.timeoutMs,
    outputBytes: spec.limits.outputBytes,
    ...(spec.policy.maxFuel !== undefined && { maxFuel: spec.policy.maxFuel }),
    workflow: 'single',
    isInteractive: spec.isInteractive,
    qos: spec.policy.preset ?? usualPreset,
    regions: [...spec.policy.regions],
    minReputationPermille: spec.policy.minReputationPermille,
    priceWeightPermille: weights.priceWeightPermille,
    reputationWeightPermille: weights.reputationWeightPermille,
    selection: spec.policy.selection,
    maxPrice: spec.policy.maxPrice,
    redundancy: spec.policy.redundancy,
  }
}

export const wantsBids = (job: Job): boolean => isRunning(job) && job.spec.policy.door === 'announcement'
