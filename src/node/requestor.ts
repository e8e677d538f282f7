import { advanced, isRunning, type Job, tasksLeft } from '../activity/job.ts'
import { JobEnded, JobSubmitted } from '../activity/messages.ts'
import { zero } from '../kernel/amount.ts'
import { after, dayMs, hourMs, minuteMs, secondMs, soonest, type Timestamp } from '../kernel/time.ts'
import { isLive } from '../market/agreement.ts'
import { printConstraint } from '../market/constraints-print.ts'
import { demandConstraints, demandProperties, termsOf } from '../market/demand.ts'
import {
  AgreementProposed,
  mostCopies,
  Proposal,
  ProposalRejected,
  type Reason,
  type Redundancy,
} from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import { Allocated } from '../payment/messages.ts'
import { isIndependentOf } from '../receipts/independent.ts'
import { provenWrongUntil } from '../reputation/proven-wrong.ts'
import type { Cid } from '../wire/cid.ts'
import { type Owed, state } from '../wire/effect.ts'
import type { FieldsOf } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { isUpheldAgainst } from './disputes.ts'
import { isOutside } from './guilds.ts'
import { marksIn } from './ranges.ts'
import { linksOf, type NodeState, type Sale } from './state.ts'
import { ranked, wantedOf } from './survey.ts'
import { isThrough } from './uses.ts'

/** RQ1: a proposal not answered within 10 s, or an agreement not signed within 30, is taken elsewhere (B3.5, B6). */
const answerMs = 10 * secondMs
const signMs = 30 * secondMs
/** RQ3: with nobody to ask, the market is looked at again; new offers wake the job sooner. */
const lookAgainMs = 5 * secondMs

/** Before anybody is told of a job, what it may cost is set aside. */
export function submission(fields: FieldsOf<typeof JobSubmitted>, now: Timestamp): Owed[] {
  const { job, spec } = fields
  const { maxPrice: total } = spec.policy
  const allocated = total > zero ? [state(Allocated, { job, total, until: after(now, longestJobMs) })] : []
  return [...allocated, state(JobSubmitted, fields)]
}

/** An allocation outlives no month; a job that does is submitted again. */
const longestJobMs = 30 * dayMs

/** What a requestor owes its job. */
export function reactJob(node: NodeState, job: Job, now: Timestamp): { job: Job; owed: Owed[] } {
  if (!isRunning(job)) return { job, owed: [] }
  const { progress } = job
  if (progress.isSealed && progress.done >= progress.total) return { job, owed: [state(JobEnded, outcomeOf(job))] }
  const seen = standing(node, job)
  const asked = advanced(job, seen)
  return {
    job: asked,
    owed: [...newProposals(node, job, now), { type: 'wake', key: `job:${job.id}`, at: lookAgainAt(job, now) }],
  }
}

/** RQ3, RQ8: as soon as somebody may be asked again, and not much later than others come. */
function lookAgainAt({ notBefore }: Job, now: Timestamp): Timestamp {
  const bars = [...notBefore.values()].map(({ until }) => until).filter((until) => until > now)
  return soonest([after(now, lookAgainMs), ...bars]) ?? after(now, lookAgainMs)
}

function outcomeOf({ id, progress, sourceLost }: Job) {
  const reason = sourceLost ? 'source-lost' : ''
  const failed = sourceLost || (progress.ok === 0 && progress.failed > 0)
  return {
    job: id,
    status: failed ? ('Failed' as const) : ('Completed' as const),
    okCount: progress.ok,
    failedCount: progress.failed,
    reason,
    fuelUsed: progress.fuelUsed,
  }
}

function standing(node: NodeState, job: Job) {
  const links = linksOf(node, job.id)
  const agreements = [...links.agreements].flatMap((id) => node.agreements.get(id) ?? [])
  const activities = [...links.activities].flatMap((id) => node.activities.get(id) ?? [])
  return {
    asked: links.threads.size > 0 || agreements.length > 0,
    proposed: agreements.length > 0,
    agreed: agreements.some(({ state: at }) => at === 'approved'),
    ready: activities.some(({ state: at }) => at === 'Ready'),
    results: job.progress.done > 0,
  }
}

/** RQ4: as many providers as there are tasks, or as answers are compared of one, up to the policy's number; each is asked once at a time. */
export function providersWanted(node: NodeState, job: Job): number {
  const { mostProviders, redundancy } = job.spec.policy
  const left = tasksLeft(job)
  const wanted = left === 0 ? 0 : Math.max(left, answersCompared(redundancy))
  return Math.min(mostProviders, wanted) - engagedProviders(node, job).size
}

/** How many providers are there to compare even a last task. */
function answersCompared(redundancy: Redundancy): number {
  switch (redundancy.mode) {
    case 'once':
      return 1
    case 'adaptive':
      return 3 // two that contradict each other, and one more
    case 'quorum':
      return redundancy.copies
    case 'witnessed':
      return 1 + redundancy.witnesses
    case 'confidence':
      return mostCopies
  }
}

/** RQ12: whether somebody who is not among these may yet work on the job: is asked, or fits and could be. */
export function mayOthersJoin(node: NodeState, job: Job, at: { now: Timestamp; working: ReadonlySet<Did> }): boolean {
  const engaged = engagedProviders(node, job)
  if ([...engaged].some((provider) => !at.working.has(provider))) return true
  if (providersWanted(node, job) <= 0) return false
  const { announcement } = job
  if (job.spec.policy.door === 'announcement') return !announcement || at.now < announcement.closesAt
  return fitting(node, job, at.now).length > 0
}

function newProposals(node: NodeState, job: Job, now: Timestamp): Owed[] {
  const wanted = providersWanted(node, job)
  if (job.spec.policy.door !== 'offers' || wanted <= 0) return []
  return fitting(node, job, now)
    .slice(0, wanted)
    .map((sale) => firstProposal(job, sale, now))
}

/** Known offers that fit and may be asked now, best first. */
function fitting(node: NodeState, job: Job, now: Timestamp): readonly Sale[] {
  const engaged = engagedProviders(node, job)
  const isLeftOut = ({ provider }: Sale) =>
    engaged.has(provider) ||
    isAvoided(node, job, provider) ||
    (job.notBefore.get(provider)?.until ?? 0) > now ||
    hasLied(node, job.id, provider)
  return ranked(node, job, node.offers.values(), { now, isLeftOut })
}

/** A provider's first word on an announced job: it waits until bidding closes, and engages nobody. */
export const isBid = ({ opener, state: at, rounds }: Negotiation, me: Did): boolean =>
  opener !== me && at === 'open' && rounds === 1

/** Whom its requestor does not want for this job. DS7: of jurors, nor whoever shares an address range with one of those. */
export function isAvoided(node: NodeState, job: Job, provider: Did): boolean {
  const { standsFor, policy } = job.spec
  const { avoid = [] } = policy
  const isNamed = standsFor ? !isIndependentOf(marksIn(node), provider, avoid) : avoid.includes(provider)
  return isNamed || isOutside(node, job, provider)
}

/** AT4: a lie may come out when its agreement is long over, or while the next one is being negotiated. */
export const hasLied = (node: NodeState, job: Cid, provider: Did): boolean =>
  [...linksOf(node, job).activities].some((id) => {
    const chain = node.chains.get(id)
    return chain?.provider === provider && (chain.equivocation !== undefined || isUpheldAgainst(node, id))
  })

/** Whom this job has asked, or has an agreement with that it still counts on. */
export function engagedProviders(node: NodeState, job: Job): Set<Did> {
  const links = linksOf(node, job.id)
  const engaged = new Set<Did>()
  for (const id of links.threads) {
    const thread = node.threads.get(id)
    if (!thread || isBid(thread, node.me) || (thread.state !== 'open' && thread.state !== 'agreed')) continue
    engaged.add(thread.opener === node.me ? thread.other : thread.opener)
  }
  for (const id of links.agreements) {
    const agreement = node.agreements.get(id)
    if (agreement && isLive(agreement) && !isThrough(node, agreement, job)) engaged.add(agreement.provider)
  }
  return engaged
}

function firstProposal(job: Job, sale: Sale, now: Timestamp): Owed {
  const wanted = wantedOf(job, sale, now)
  return state(Proposal, {
    to: sale.provider,
    thread: undefined,
    offer: sale.id,
    demand: job.id,
    properties: demandProperties(wanted, sale.properties),
    constraints: printConstraint(demandConstraints(wanted)),
    expiresAt: after(now, answerMs),
  })
}

/** RQ5: what a requestor answers in a thread of one of its jobs. */
export function reactRequestorThread(node: NodeState, thread: Negotiation, job: Job, now: Timestamp): Owed[] {
  const { latest, id } = thread
  const provider = thread.opener === node.me ? thread.other : thread.opener
  const reject = (reason: Reason): Owed[] => [state(ProposalRejected, { to: provider, thread: id, reason })]
  if (thread.state === 'open' || thread.state === 'agreed') {
    if (!isRunning(job)) return reject({ code: 'job-over', message: 'The job has ended.', isFinal: true })
    if (!hasAgreement(node, thread) && hasLied(node, job.id, provider))
      return reject({ code: 'wrong-receipt', message: 'Two receipts were signed for one place.', isFinal: true })
    if (!hasAgreement(node, thread) && provenWrongUntil(node.standings.get(provider), now))
      return reject({ code: 'WrongResult', message: 'A result of it was wrong.', isFinal: true })
  }
  const word: Owed[] =
    latest.body.author === node.me
      ? [{ type: 'deliver', to: provider, event: latest, until: latest.body.expiresAt }]
      : []
  if (thread.state === 'agreed')
    return hasAgreement(node, thread) ? word : [...word, ...agreementOn(node, thread, job, now)]
  if (isBid(thread, node.me)) return []
  if (thread.state === 'open' && latest.body.author !== node.me) return adopt(thread, now)
  return thread.state === 'open' ? word : []
}

const hasAgreement = (node: NodeState, thread: Negotiation): boolean =>
  [...linksOf(node, thread.demand).agreements].some((id) => node.agreements.get(id)?.proposal === thread.latest.id)

/** The provider's words differ within its rights: the requestor repeats them, and that agrees. */
function adopt({ id, latest, previous, offer, demand }: Negotiation, now: Timestamp): Owed[] {
  const mine = previous?.body.properties ?? {}
  const negotiables = Object.entries(latest.body.properties).filter(([name]) => name.endsWith('?'))
  const facts = Object.entries(mine).filter(([name]) => !name.endsWith('?'))
  const properties = Object.fromEntries([...facts, ...negotiables])
  const constraints = previous?.body.constraints ?? '()'
  return [
    state(
      Proposal,
      { to: latest.body.author, thread: id, offer, demand, properties, constraints, expiresAt: after(now, answerMs) },
      latest.id,
    ),
  ]
}

function agreementOn(node: NodeState, { latest, previous, id }: Negotiation, job: Job, now: Timestamp): Owed[] {
  if (!previous) return []
  const [demand, offer] = latest.body.author === job.requestor ? [latest, previous] : [previous, latest]
  const terms = termsOf(demand.body.properties, offer.body.properties)
  const to = offer.body.author
  if (!terms.ok) {
    const reason = { code: terms.code, message: 'The terms do not follow from what was proposed.', isFinal: true }
    return [state(ProposalRejected, { to, thread: id, reason })]
  }
  const approveUntil = after(now, signMs)
  const figures = linksOf(node, job.id).figures.get(to)
  const known = { ...(figures && { figures }) }
  const agreed = { proposal: latest.id, demand: job.id, offer: latest.body.offer, terms: terms.value, ...known }
  return [state(AgreementProposed, { to, ...agreed, approveUntil })]
}

/** Codes that speak of circumstances, not of the job or of a fault: whoever gave one is asked again soon. */
export const isPassing = (code: string): boolean => passing.has(code)
const passing: ReadonlySet<string> = new Set([
  'Shutdown',
  'Expired',
  'NoActivity',
  'RequestorUnreachable',
  'ProviderUnreachable',
  'sold-out',
  'offer-outdated',
  'provider-restarted',
  'activity-unknown',
  'agreement-unknown',
  'agreement-not-approved',
  'reservation-exceeded',
  'content-missing',
  'start-failed',
  'stopped',
])
/** Long enough for a tab to be loaded again, short enough to be waited for. */
const soonMs = 15 * secondMs

/** A provider that failed this job is not asked for it again before then. */
export function notAskedBefore(reason: Reason, now: Timestamp): Timestamp {
  if (isPassing(reason.code)) return after(now, reason.retryAfterMs ?? soonMs)
  return reason.isFinal ? after(now, 24 * hourMs) : after(now, reason.retryAfterMs ?? minuteMs)
}
