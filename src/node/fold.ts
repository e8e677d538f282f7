import { type Activity, activityOf, isOpen, stepped } from '../activity/activity.ts'
import { evolveJob, isRunning, type JobBody } from '../activity/job.ts'
import type { ActivityCreated } from '../activity/messages.ts'
import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { minuteMs } from '../kernel/time.ts'
import { type Agreement, type AgreementBody, evolveAgreement, isLive } from '../market/agreement.ts'
import type { Resources } from '../market/capacity.ts'
import { parseConstraint } from '../market/constraints-parse.ts'
import type {
  AgreementProposed,
  AgreementTerminated,
  JobAnnounced,
  JobInterest,
  Offer,
  OfferWithdrawn,
  Proposal,
  ProposalRejected,
} from '../market/messages.ts'
import {
  evolveNegotiation,
  type Negotiation,
  type NegotiationBody,
  type NegotiationState,
} from '../market/negotiation.ts'
import { readOfferProperties } from '../market/offer-properties-read.ts'
import { evolveReceipts } from '../receipts/chain.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import { ofLie, ofReceipt, ofTermination } from '../reputation/observation.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import { foldAccepted } from './acceptances.ts'
import { foldAttested } from './attestations.ts'
import { bar, unanswered, unbarSeller } from './bars.ts'
import { foldChecked } from './checks.ts'
import { foldDispute } from './disputes.ts'
import { foldGuild } from './guilds.ts'
import { passesBudget } from './job-fuel.ts'
import { foldAllocation, foldPayment, meterReceipt, openAccountFor } from './money.ts'
import { observe, underOf } from './observing.ts'
import { whyNotRun } from './provider.ts'
import { foldForgiven, foldListed } from './reputation.ts'
import { silentOnes } from './reservations.ts'
import { foldReview } from './reviews.ts'
import { activitiesOf, freeIn, shareOf } from './shares.ts'
import { linksOf, mostAnnouncements, mostOffers, mostUnchosen, mostUnread } from './state.ts'
import { type Novelty, type Turn, touch } from './turn.ts'
import { jobsOf } from './uses.ts'
import { foldStage, foldWorkflow } from './workflows.ts'

type Fold<B> = (turn: Turn, event: Verified<B>) => Result<Novelty>

/** Folds a fact into the aggregate that it is about, and touches it. A refused fact changes nothing. */
export function fold(turn: Turn, event: Verified<AnyBody>): Result<Novelty> {
  const folding = folds[event.body.type]
  return folding ? folding(turn, event as never) : refuse('not-taken-here', { type: event.body.type })
}

const foldOffer: Fold<BodyOf<typeof Offer>> = (turn, event) => {
  const { node, now } = turn
  const { author, expiresAt, properties, constraints } = event.body
  if (node.offers.has(event.id)) return ok('known')
  if (expiresAt <= now) return refuse('offer-expired', { expiresAt })
  const known = node.offers.get(node.offerOf.get(author) ?? event.id)
  if (known && known.event.body.issuedAt > event.body.issuedAt) return refuse('offer-outdated')
  const facts = readOfferProperties(properties)
  const parsed = parseConstraint(constraints)
  const unreadable = !facts.ok ? facts : !parsed.ok ? parsed : undefined
  if (unreadable) setBounded(node.unread, event.id, unreadable.code, mostUnread)
  if (!facts.ok) return facts
  if (!parsed.ok) return parsed
  if (known) node.offers.delete(known.event.id)
  const sale = { id: event.id, provider: author, properties, constraints: parsed.value, facts: facts.value, expiresAt }
  setBounded(node.offers, event.id, { ...sale, event }, mostOffers)
  setBounded(node.offerOf, author, event.id, mostOffers)
  node.missing.delete(event.id)
  unbarSeller(turn, author)
  touch(turn, 'offers')
  return ok('new')
}

const foldWithdrawal: Fold<BodyOf<typeof OfferWithdrawn>> = (turn, event) => {
  const { node } = turn
  const { offer, author } = event.body
  const known = node.offers.get(offer)
  if (!known) return ok('known')
  if (known.event.body.author !== author) return refuse('offer-not-yours', { author })
  node.offers.delete(offer)
  if (node.offerOf.get(author) === offer) node.offerOf.delete(author)
  touch(turn, 'offers')
  return ok('new')
}

/** Somebody's job, heard by gossip; our own is the job's own affair. */
const foldAnnouncement: Fold<BodyOf<typeof JobAnnounced>> = (turn, event) => {
  const { node, now } = turn
  const { author, job, closesAt, constraints } = event.body
  if (author === node.me) {
    const known = node.jobs.get(job)
    if (!known) return refuse('job-unknown', { job })
    node.jobs.set(job, { ...known, announcement: { id: event.id, closesAt } })
    touch(turn, `job:${job}`)
    return ok('new')
  }
  if (closesAt <= now) return refuse('bidding-closed', { closesAt })
  if (node.announcements.get(job)?.event.id === event.id) return ok('known')
  const parsed = parseConstraint(constraints)
  if (!parsed.ok) return parsed
  setBounded(node.announcements, job, { event, constraints: parsed.value }, mostAnnouncements)
  touch(turn, `announcement:${job}`)
  return ok('new')
}

const foldInterest: Fold<BodyOf<typeof JobInterest>> = (turn, event) => {
  const { node } = turn
  const { job, to, author } = event.body
  if (author === node.me) return ok('known')
  if (to !== node.me || !node.jobs.has(job)) return refuse('not-addressed', { to })
  const known = node.interest.get(job) ?? new Set()
  if (known.size < mostAnnouncements) node.interest.set(job, new Set([...known, author]))
  turn.changed.add(`job:${job}`)
  return ok('new')
}

const foldNegotiation: Fold<NegotiationBody> = (turn, event) => {
  const { node } = turn
  const { body } = event
  const id = body.thread ?? event.id
  const known = node.threads.get(id)
  if (known?.latest.id === event.id) return ok('known')
  if (body.author !== node.me && body.to !== node.me) return refuse('not-addressed', { to: body.to })
  if (!known && !turn.isReplay && body.type === 'market/proposal') {
    const taken = mayOpen(turn, body)
    if (!taken.ok) return taken
  }
  const thread = evolveNegotiation(known, event)
  if (!thread.ok) return thread
  node.threads.set(id, thread.value)
  if (body.type === 'market/proposal-rejected') keepNo(turn, thread.value, body)
  if (node.jobs.has(thread.value.demand)) linksOf(node, thread.value.demand).threads.add(id)
  touch(turn, `thread:${id}`)
  return ok('new')
}

/** SL5: what a requestor says to a provider that it does not take. */
function keepNo({ node, changed }: Turn, { id, demand }: Negotiation, body: BodyOf<typeof ProposalRejected>): void {
  const { author: requestor, issuedAt: at, reason } = body
  if (requestor === node.me || node.jobs.has(demand)) return
  setBounded(node.unchosen, id, { job: demand, requestor, at, reason }, mostUnchosen)
  changed.add('unchosen')
}

const foldAgreement: Fold<AgreementBody> = (turn, event) => {
  const { node } = turn
  const { body } = event
  const id = body.type === 'market/agreement-proposed' ? event.id : body.agreement
  const known = node.agreements.get(id)
  if (known?.latest.id === event.id) return ok('known')
  if (body.type === 'market/agreement-proposed' && body.author !== node.me) {
    const addressed = proposalIsOurs(turn, body)
    if (!addressed.ok) return addressed
  }
  const agreement = evolveAgreement(known, event)
  if (!agreement.ok) return agreement
  if (body.type === 'market/agreement-terminated') observeEnd(turn, agreement.value, event as Verified<typeof body>)
  if (body.type === 'market/agreement-proposed' && body.figures && node.jobs.has(body.demand))
    linksOf(node, body.demand).figures.set(body.to, body.figures)
  return keepAgreement(turn, agreement.value)
}

/** ND5: a stranger may open a thread about our offer, or bid for our announced job; of each only so many at once. */
function mayOpen({ node, now }: Turn, { author, demand, expiresAt }: BodyOf<typeof Proposal>): Result<void> {
  if (author === node.me) return ok(undefined)
  if (expiresAt > now + longestProposalMs) return refuse('expires-too-late', { expiresAt, mostMs: longestProposalMs })
  const threads = [...node.threads.values()]
  const theirs = threads.filter(({ opener, latest }) => opener === author && latest.body.expiresAt > now).length
  if (theirs >= mostThreadsPerPeer) return refuse('too-many-threads', { most: mostThreadsPerPeer })
  const live = threads.filter(({ state, latest }) => talks.has(state) && latest.body.expiresAt > now).length
  if (live >= mostThreads) return refuse('too-many-threads', { most: mostThreads })
  const job = node.jobs.get(demand)
  if (job && (!job.announcement || !isRunning(job))) return refuse('bidding-closed', { job: demand })
  return ok(undefined)
}

/** States in which a thread takes somebody's attention. */
const talks: ReadonlySet<NegotiationState> = new Set(['open', 'agreed'])
/** A question is answered in seconds; whoever wants it open for longer wants to fill our memory. */
const longestProposalMs = 2 * minuteMs
/** A requestor asks once for each of its jobs; more at once from one peer is not a negotiation. */
const mostThreadsPerPeer = 16
/** Bids of a thousand providers fit. */
const mostThreads = 2_048

/** ND4: an agreement is proposed to us, by whom we negotiate with, on the last proposal of that thread. */
function proposalIsOurs({ node }: Turn, body: BodyOf<typeof AgreementProposed>): Result<void> {
  if (body.to !== node.me) return refuse('not-addressed', { to: body.to })
  const thread = [...node.threads.values()].find(({ latest }) => latest.id === body.proposal)
  if (thread?.demand !== body.demand || node.jobs.has(body.demand))
    return refuse('proposal-unknown', { proposal: body.proposal, demand: body.demand })
  if (thread.opener !== body.author && thread.other !== body.author)
    return refuse('agreement-not-yours', { author: body.author })
  return thread.state === 'agreed' ? ok(undefined) : refuse('proposal-not-agreed', { state: thread.state })
}

function keepAgreement(turn: Turn, agreement: Agreement): Result<Novelty> {
  const { node } = turn
  const { id, demand } = agreement
  if (agreement.state === 'approved') {
    const opened = openAccountFor(turn, agreement)
    if (!opened.ok) return opened
  }
  node.agreements.set(id, agreement)
  touch(turn, `agreement:${id}`)
  if (node.jobs.has(demand)) {
    linksOf(node, demand).agreements.add(id)
    for (const job of jobsOf(node, agreement)) touch(turn, `job:${job.id}`)
    if (!isLive(agreement)) blame(turn, agreement)
  } else sold(turn)
  touch(turn, `account:${id}`)
  return ok('new')
}

/** RQ4: each end counts once, and for itself: an older bar that is over shortens none. */
function blame(turn: Turn, agreement: Agreement): void {
  const { provider, ended } = agreement
  for (const job of jobsOf(turn.node, agreement))
    if (isRunning(job)) bar(turn, job.id, provider, ended?.reason ?? unanswered)
}

/** What is left on sale is another now, and whoever is silent may have to give way. */
function sold(turn: Turn): void {
  touch(turn, 'selling')
  for (const silent of silentOnes(turn.node, turn.now)) touch(turn, `agreement:${silent}`)
}

/** An end counts for whoever is not us. */
function observeEnd(turn: Turn, agreement: Agreement, event: Verified<BodyOf<typeof AgreementTerminated>>): void {
  const did = agreement.provider === turn.node.me ? agreement.requestor : agreement.provider
  observe(turn, ofTermination(event, { did, ...underOf(agreement) }))
}

/** AT4: a second receipt for one place proves a lie: nothing more is taken of that activity, and its agreement ends. */
function foldLie(turn: Turn, activity: Activity, event: Verified<ReceiptBody>): Result<Novelty> {
  const { node, now } = turn
  const { provider, agreement } = activity
  const under = underOf(node.agreements.get(agreement))
  if (provider !== node.me && under) observe(turn, ofLie(event, under))
  node.activities.set(activity.id, { ...stepped(activity, 'terminate', now), failure: lied })
  touch(turn, `activity:${activity.id}`)
  touch(turn, `agreement:${agreement}`)
  return ok('new')
}

const lied = { code: 'wrong-receipt', message: 'The provider signed two receipts for one place.' }

const foldJob: Fold<JobBody> = (turn, event) => {
  const { node } = turn
  const { body } = event
  const id = body.job
  if (body.author !== node.me) return refuse('not-taken-here', { type: body.type })
  const job = evolveJob(node.jobs.get(id), event)
  if (!job.ok) return job
  const { stage } = job.value
  const staged = stage && body.type === 'activity/job-submitted' ? foldStage(turn, id, stage) : ok(undefined)
  if (!staged.ok) return staged
  node.jobs.set(id, job.value)
  touch(turn, `job:${id}`)
  if (stage) touch(turn, `workflow:${stage.workflow}`)
  return ok('new')
}

const foldActivity: Fold<BodyOf<typeof ActivityCreated>> = (turn, event) => {
  const { node } = turn
  const { agreement: agreementId, author, to, job, threads } = event.body
  if (node.activities.has(event.id)) return ok('known')
  const agreement = node.agreements.get(agreementId)
  if (!agreement) return refuse('agreement-unknown', { agreement: agreementId })
  if (agreement.requestor !== author || agreement.provider !== to) return refuse('agreement-not-yours', { author })
  if (agreement.state !== 'approved') return refuse('agreement-not-approved', { state: agreement.state })
  const siblings = node.activitiesOf.get(agreementId) ?? []
  const { memoryMb } = shareOf(event.body)
  const fits = (free: Resources) => threads > 0 && threads <= free.threads && memoryMb <= free.memoryMb
  if (turn.isReplay && fits(agreement.terms)) endFormer(turn, agreement, { job, fits })
  const free = freeIn(node, agreement)
  if (!fits(free)) {
    const { threads: freeThreads, memoryMb: freeMemoryMb } = free
    return refuse('reservation-exceeded', { threads, freeThreads, memoryMb, freeMemoryMb })
  }
  const unwanted = to === node.me && !turn.isReplay ? whyNotRun(node, event.body) : undefined
  if (unwanted) return refuse(unwanted, { module: event.body.module })
  node.activities.set(event.id, activityOf(event))
  node.activitiesOf.set(agreementId, [...siblings, event.id])
  if (author === node.me) {
    const links = linksOf(node, job)
    links.activities.add(event.id)
    links.agreements.add(agreementId)
    touch(turn, `job:${job}`)
  }
  touch(turn, `activity:${event.id}`)
  touch(turn, `agreement:${agreementId}`)
  return ok('new')
}

/**
 * ND12: which activity a lost stream or a restart ended is in no log; that another took its share is. One of the same job went first, then
 * the oldest.
 */
function endFormer(
  { node, now }: Turn,
  agreement: Agreement,
  { job, fits }: { job: Cid; fits(free: Resources): boolean },
): void {
  const open = activitiesOf(node, agreement.id).filter(isOpen)
  const isSame = (one: Activity) => one.job === job
  for (const activity of [...open.filter(isSame), ...open.filter((one) => !isSame(one))]) {
    if (fits(freeIn(node, agreement))) return
    node.activities.set(activity.id, stepped(activity, 'terminate', now))
  }
}

const foldReceipt: Fold<ReceiptBody> = (turn, event) => {
  const { node } = turn
  const activity = node.activities.get(event.body.activity)
  if (!activity) return refuse('activity-unknown', { activity: event.body.activity })
  const known = node.chains.get(activity.id)
  if (known?.latest.id === event.id) return ok('known')
  if (passesBudget(node, event.body)) return refuse('fuel-over-budget', { job: activity.job })
  const { provider, requestor, agreement } = activity
  const chain = evolveReceipts(known, event, { provider, requestor, agreement })
  if (!chain.ok) return chain
  node.chains.set(activity.id, chain.value)
  if (chain.value.equivocation) return foldLie(turn, activity, event)
  meterReceipt(turn, event)
  const under = underOf(node.agreements.get(agreement))
  const isBlamed = node.accounts.get(agreement)?.isBlamed === true // RP16
  if (provider !== node.me && under && !isBlamed) observe(turn, ofReceipt(event, under))
  if (chain.value.isFinal) node.activities.set(activity.id, stepped(activity, 'terminate', turn.now))
  touch(turn, `activity:${activity.id}`)
  touch(turn, `agreement:${agreement}`)
  touch(turn, `account:${agreement}`)
  if (chain.value.isFinal && node.jobs.has(activity.job)) touch(turn, `job:${activity.job}`)
  return ok('new')
}

/** Which fold takes which kind of event: the one table of the house. */
const folds: Readonly<Record<string, Fold<never>>> = {
  'market/offer': foldOffer,
  'market/offer-withdrawn': foldWithdrawal,
  'market/job-announced': foldAnnouncement,
  'market/job-interest': foldInterest,
  'market/proposal': foldNegotiation,
  'market/proposal-rejected': foldNegotiation,
  'market/agreement-proposed': foldAgreement,
  'market/agreement-approved': foldAgreement,
  'market/agreement-committed': foldAgreement,
  'market/agreement-rejected': foldAgreement,
  'market/agreement-cancelled': foldAgreement,
  'market/agreement-expired': foldAgreement,
  'market/agreement-terminated': foldAgreement,
  'activity/job-submitted': foldJob,
  'activity/job-sealed': foldJob,
  'activity/job-ended': foldJob,
  'activity/workflow-submitted': foldWorkflow,
  'activity/workflow-retried': foldWorkflow,
  'activity/workflow-ended': foldWorkflow,
  'activity/created': foldActivity,
  'receipts/execution': foldReceipt,
  'receipts/accepted': foldAccepted,
  'receipts/attested': foldAttested,
  'receipts/dispute-opened': foldDispute,
  'receipts/dispute-answered': foldDispute,
  'receipts/dispute-judged': foldDispute,
  'receipts/verdict-checked': foldDispute,
  'guild/founded': foldGuild,
  'guild/member-invited': foldGuild,
  'guild/invitation-answered': foldGuild,
  'guild/rekeyed': foldGuild,
  'guild/left': foldGuild,
  'receipts/checked': foldChecked,
  'payment/allocated': foldAllocation,
  'payment/released': foldAllocation,
  'payment/debit-note': foldPayment,
  'payment/debit-note-accepted': foldPayment,
  'payment/debit-note-rejected': foldPayment,
  'payment/invoice': foldPayment,
  'payment/invoice-accepted': foldPayment,
  'payment/invoice-rejected': foldPayment,
  'payment/settled': foldPayment,
  'reputation/review': foldReview,
  'reputation/forgiven': foldForgiven,
  'reputation/listed': foldListed,
}
