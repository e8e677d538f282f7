import { isOpen } from '../activity/activity.ts'
import { advanced, isRunning, type Job, tasksLeft } from '../activity/job.ts'
import { ActivityCreated, JobEnded } from '../activity/messages.ts'
import { type Amount, isAmount } from '../kernel/amount.ts'
import { after, earlier, hourMs, minuteMs, secondMs, type Timestamp } from '../kernel/time.ts'
import { type Agreement, isLive } from '../market/agreement.ts'
import { type Candidate, choose, type PassedOver } from '../market/choose.ts'
import { printConstraint } from '../market/constraints-print.ts'
import { demandConstraints, demandProperties, termsOf, type Wanted } from '../market/demand.ts'
import { explainMatch, type MatchReport, type Side } from '../market/match.ts'
import { AgreementProposed, Proposal, ProposalRejected, type Reason } from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import { scoreOf } from '../reputation/score.ts'
import { type Owed, state } from '../wire/effect.ts'
import type { Did } from '../wire/schema.ts'
import type { KnownOffer, NodeState } from './state.ts'
import { linksOf } from './state.ts'

/** JB5: a proposal not answered within 10 s, or an agreement not signed within 30, is taken elsewhere (B3.5, B6). */
const answerMs = 10 * secondMs
const signMs = 30 * secondMs
/** JB6: agreements are made for an hour; a longer job makes another. */
const agreementMs = hourMs
/** JB7: with nobody to ask, the market is looked at again; new offers wake the job sooner. */
const lookAgainMs = 5 * secondMs

/** What a requestor owes its job. */
export function reactJob(node: NodeState, job: Job, now: Timestamp): { job: Job; owed: Owed[] } {
  if (!isRunning(job)) return { job, owed: [] }
  const { progress } = job
  if (progress.isSealed && progress.done >= progress.total) return { job, owed: [state(JobEnded, outcomeOf(job))] }
  const seen = standing(node, job)
  const asked = advanced(job, seen)
  return {
    job: asked,
    owed: [...newProposals(node, job, now), { type: 'wake', key: `job:${job.id}`, at: after(now, lookAgainMs) }],
  }
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

/** JB8: as many providers as there are tasks, up to the policy's number; each is asked once at a time. */
function newProposals(node: NodeState, job: Job, now: Timestamp): Owed[] {
  if (job.spec.policy.door !== 'offers' || job.spec.policy.mostProviders === 0) return []
  const engaged = engagedProviders(node, job)
  const wanted = Math.min(job.spec.policy.mostProviders, tasksLeft(job)) - engaged.size
  if (wanted <= 0) return []
  const open = survey(node, job, now).filter(
    ({ step, known }) => step === 'fit' && !engaged.has(known.event.body.author),
  )
  const { ranked } = choose(
    open.map(({ candidate }) => candidate),
    policyOf(job),
  )
  return ranked.slice(0, wanted).flatMap(({ candidate }) => {
    const known = node.offers.get(candidate.id)
    return known ? [firstProposal(job, known, now)] : []
  })
}

function engagedProviders(node: NodeState, job: Job): Set<Did> {
  const links = linksOf(node, job.id)
  const engaged = new Set<Did>()
  for (const id of links.threads) {
    const thread = node.threads.get(id)
    if (thread?.state === 'open' || thread?.state === 'agreed')
      engaged.add(thread.opener === node.me ? thread.other : thread.opener)
  }
  for (const id of links.agreements) {
    const agreement = node.agreements.get(id)
    if (agreement && isLive(agreement)) engaged.add(agreement.provider)
  }
  return engaged
}

function firstProposal(job: Job, known: KnownOffer, now: Timestamp): Owed {
  const wanted = wantedOf(job, known, now)
  return state(Proposal, {
    to: known.event.body.author,
    thread: undefined,
    offer: known.event.id,
    demand: job.id,
    properties: demandProperties(wanted, known.event.body.properties),
    constraints: printConstraint(demandConstraints(wanted)),
    expiresAt: after(now, answerMs),
  })
}

/** What this job would take of that offer: no more threads than tasks, no more memory than there is. */
function wantedOf(job: Job, { facts }: KnownOffer, now: Timestamp): Wanted {
  const { spec } = job
  const memoryMb = Math.max(1, Math.ceil(spec.limits.memoryPages / 16))
  const affordableThreads = Math.max(1, Math.floor(facts.hardware.memoryMib / memoryMb))
  const threads = Math.max(1, Math.min(facts.hardware.threads, affordableThreads, tasksLeft(job)))
  const { runtime, platform, subnet, module } = spec
  return {
    module,
    runtime,
    memoryMb,
    threads: job.progress.isSealed ? threads : Math.min(facts.hardware.threads, affordableThreads),
    platform,
    subnet,
    expiresAt: after(now, agreementMs),
  }
}

/** How far an offer gets on its way to being asked: the funnel that the page shows. */
export type FunnelStep = 'not-matching' | 'not-affordable' | 'waiting' | 'fit'
export type Surveyed = {
  readonly known: KnownOffer
  readonly candidate: Candidate
  readonly step: FunnelStep
  readonly report?: MatchReport | undefined
  readonly why?: PassedOver['why'] | undefined
  readonly until?: Timestamp | undefined
}

/** Every known offer, and why it is or is not asked for this job: nothing is decided in the dark. */
export function survey(node: NodeState, job: Job, now: Timestamp): readonly Surveyed[] {
  const all: Surveyed[] = []
  for (const known of node.offers.values()) {
    if (known.event.body.expiresAt <= now || known.event.body.author === node.me) continue
    const candidate = candidateOf(node, known)
    const wanted = wantedOf(job, known, now)
    const demand: Side = {
      author: node.me,
      properties: demandProperties(wanted, known.event.body.properties),
      constraints: demandConstraints(wanted),
    }
    const offer: Side = {
      author: known.event.body.author,
      properties: known.event.body.properties,
      constraints: known.constraints,
    }
    const report = explainMatch(demand, offer)
    const until = job.notBefore.get(candidate.provider)
    const passed = choose([candidate], policyOf(job)).passedOver[0]
    if (!report.matches) all.push({ known, candidate, step: 'not-matching', report })
    else if (passed) all.push({ known, candidate, step: 'not-affordable', why: passed.why })
    else if (until !== undefined && until > now) all.push({ known, candidate, step: 'waiting', until })
    else all.push({ known, candidate, step: 'fit' })
  }
  return all
}

function candidateOf(node: NodeState, { event, facts }: KnownOffer): Candidate {
  const { author: provider } = event.body
  const perMinute = facts.pricing.coefficients.reduce((sum, one) => sum + one, 0n) * 60n + facts.pricing.fixed
  return {
    id: event.id,
    provider,
    price: (isAmount(perMinute) ? perMinute : 0n) as Amount,
    reputationPermille: scoreOf(node.standings.get(provider)).permille,
    region: facts.hardware.region,
    loadPermille: facts.hardware.loadPermille,
    rttMs: node.peers.get(provider)?.rttMs,
  }
}

/** The budget of the whole job must at least pay a minute of one thread. */
const policyOf = ({ spec }: Job) => ({ ...spec.policy, priceWeightPermille: 300, reputationWeightPermille: 700 })

/** PR4: what a requestor answers in a thread of one of its jobs. */
export function reactRequestorThread(node: NodeState, thread: Negotiation, job: Job, now: Timestamp): Owed[] {
  const { latest, id } = thread
  const provider = thread.opener === node.me ? thread.other : thread.opener
  const reject = (reason: Reason): Owed[] => [state(ProposalRejected, { to: provider, thread: id, reason })]
  if (thread.state === 'open' || thread.state === 'agreed') {
    if (!isRunning(job)) return reject({ code: 'job-over', message: 'The job has ended.', isFinal: true })
  }
  if (thread.state === 'agreed') return hasAgreement(node, thread) ? [] : [agreementOn(thread, job, now)].flat()
  if (thread.state === 'open' && latest.body.author !== node.me) return adopt(thread, now)
  if (latest.body.author !== node.me || thread.state !== 'open') return []
  return [
    { type: 'deliver', to: provider, event: latest, until: latest.body.expiresAt },
    { type: 'wake', key: `thread:${id}`, at: latest.body.expiresAt },
  ]
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

function agreementOn({ latest, previous, id }: Negotiation, job: Job, now: Timestamp): Owed | Owed[] {
  if (!previous) return []
  const [demand, offer] = latest.body.author === job.requestor ? [latest, previous] : [previous, latest]
  const terms = termsOf(demand.body.properties, offer.body.properties)
  const to = offer.body.author
  if (!terms.ok)
    return state(ProposalRejected, {
      to,
      thread: id,
      reason: { code: terms.code, message: 'The terms do not follow from what was proposed.', isFinal: true },
    })
  return state(AgreementProposed, {
    to,
    proposal: latest.id,
    demand: job.id,
    offer: latest.body.offer,
    terms: terms.value,
    approveUntil: after(now, signMs),
  })
}

/** JB9: an approved agreement of a running job gets one activity over all its threads. */
export function reactRequestorAgreement(node: NodeState, agreement: Agreement, job: Job): Owed[] {
  const activities = (node.activitiesOf.get(agreement.id) ?? []).flatMap((id) => node.activities.get(id) ?? [])
  if (agreement.state !== 'approved' || !isRunning(job) || activities.length > 0) return []
  const { module, limits } = job.spec
  return [
    state(ActivityCreated, {
      to: agreement.provider,
      agreement: agreement.id,
      job: job.id,
      module,
      threads: agreement.terms.threads,
      limits,
    }),
  ]
}

/** JB10: why the requestor lets an agreement go. */
export function whyRequestorEnds(
  node: NodeState,
  agreement: Agreement,
  job: Job | undefined,
  now: Timestamp,
): Reason | undefined {
  const activities = (node.activitiesOf.get(agreement.id) ?? []).flatMap((id) => node.activities.get(id) ?? [])
  const [activity] = activities
  if (activity?.failure && !isOpen(activity)) return { ...activity.failure, isFinal: true }
  if ((!job || !isRunning(job)) && activities.every((one) => !isOpen(one)))
    return { code: 'Success', message: 'The job has ended.', isFinal: true }
  if (job?.endedAt !== undefined && now >= job.endedAt + closingMs)
    return { code: 'Success', message: 'The job has ended; no last receipt came in time.', isFinal: true }
  if (activity?.lostAt !== undefined && now >= activity.lostAt + agreement.terms.graceMs) {
    return { code: 'ProviderUnreachable', message: 'Nothing was heard within the agreed grace.', isFinal: false }
  }
  if (now >= agreement.terms.expiresAt) return { code: 'Expired', message: 'The agreed time is over.', isFinal: true }
  return undefined
}

/** A provider has so long for its last receipt; stored results do not depend on it. */
export const closingMs = 10 * secondMs

/** A provider that failed this job is not asked for it again before then. */
export function notAskedBefore(reason: Reason, now: Timestamp): Timestamp {
  return reason.isFinal ? after(now, 24 * hourMs) : after(now, reason.retryAfterMs ?? minuteMs)
}

export const soonest = (times: readonly (Timestamp | undefined)[]): Timestamp | undefined =>
  times.reduce((least, at) => (at === undefined ? least : least === undefined ? at : earlier(least, at)), undefined)
