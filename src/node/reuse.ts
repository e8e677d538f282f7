import { isRunning, type Job } from '../activity/job.ts'
import { after, minuteMs, type Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import { choose } from '../market/choose.ts'
import { freePlatform } from '../market/demand.ts'
import { minutePrice } from '../market/offer-price.ts'
import { mostActivities } from '../payment/messages.ts'
import type { Owed } from '../wire/effect.ts'
import { isOfAnOffer } from './bars.ts'
import { engagedProviders, hasLied, isAvoided, providersWanted } from './requestor.ts'
import { activitiesOf, freeIn, memoryMbOf } from './shares.ts'
import type { NodeState } from './state.ts'
import { candidateFor, capabilitiesFor, policyOf, wantedOf } from './survey.ts'
import { newActivity, threadsFor, waitingIn } from './uses.ts'

/** RQ6, RQ13: what an agreement of ours is used for next: for its own job, or for another that could do with it. One at a time: each takes of what is free. */
export function nextUse(node: NodeState, agreement: Agreement, now: Timestamp): Owed[] {
  if (!isOpenToUse(node, agreement)) return []
  const [own] = waitingIn(node, agreement)
  if (own) return use(node, agreement, own)
  const heirs = [...node.jobs.values()].filter((job) => isRunning(job) && mayTakeUp(node, agreement, job, now))
  const [first] = heirs.sort((a, b) => a.submittedAt - b.submittedAt)
  return first ? use(node, agreement, first) : []
}

/** RQ13: before anybody is asked for a job, what is reserved for us already and lies idle. */
export function takenUp(node: NodeState, job: Job, now: Timestamp): Owed[] {
  if (!isRunning(job)) return []
  for (const agreement of node.agreements.values())
    if (agreement.requestor === node.me && isOpenToUse(node, agreement) && mayTakeUp(node, agreement, job, now))
      return use(node, agreement, job)
  return []
}

function use(node: NodeState, agreement: Agreement, job: Job): Owed[] {
  const threads = threadsFor(job, freeIn(node, agreement))
  return threads > 0 ? [newActivity(agreement, job, threads)] : []
}

const isOpenToUse = (node: NodeState, { id, state }: Agreement): boolean =>
  state === 'approved' && !node.unheard.has(id) && (node.activitiesOf.get(id)?.length ?? 0) < mostActivities

/** RQ13: what was agreed for one job serves another of the same needs, as long as it is worth its while. */
function mayTakeUp(node: NodeState, agreement: Agreement, job: Job, now: Timestamp): boolean {
  const { terms, provider, demand, id } = agreement
  const made = node.jobs.get(demand)
  if (!made || providersWanted(node, job) <= 0 || !node.peers.has(provider) || !hasNeedsOf(job, made)) return false
  if (activitiesOf(node, id).some((one) => one.job === job.id) || engagedProviders(node, job).has(provider))
    return false
  const threads = threadsFor(job, freeIn(node, agreement))
  if (threads < 1 || threads < threadsOnSale(node, agreement, job, now)) return false
  if (terms.expiresAt < after(now, minuteMs + job.spec.limits.timeoutMs)) return false
  return isAffordable(node, agreement, job, now) && isWanted(node, agreement, job, now)
}

/** The program may be another; what it needs of a provider beyond being run is what was asked for then. */
function hasNeedsOf(job: Job, made: Job): boolean {
  const [wanted, had] = [job.spec, made.spec]
  const offered = new Set(capabilitiesFor(made))
  const isWithin = (some: readonly string[] = [], all: readonly string[] = []) => some.every((one) => all.includes(one))
  return (
    job.id !== made.id &&
    wanted.runtime === had.runtime &&
    wanted.subnet === had.subnet &&
    wanted.policy.guild === had.policy.guild &&
    capabilitiesFor(job).every((name) => offered.has(name)) &&
    isWithin(wanted.outbound, had.outbound) &&
    (wanted.policy.regions.length === 0 ||
      (had.policy.regions.length > 0 && isWithin(had.policy.regions, wanted.policy.regions)))
  )
}

/** SV1, SL3: a gift, or a price that this job's budget bears. */
function isAffordable(node: NodeState, { id, terms, provider }: Agreement, job: Job, now: Timestamp): boolean {
  const { maxPrice } = job.spec.policy
  if (terms.platform !== freePlatform && (maxPrice === 0n || job.spec.platform !== terms.platform)) return false
  const { usageVector, coefficients } = terms
  const pricing = { usageVector, coefficients: coefficients.slice(0, -1), fixed: coefficients.at(-1)! }
  const price = minutePrice(pricing, { memoryMib: memoryMbOf(job.spec.limits) })
  const candidate = { ...candidateFor(node, provider, now), id, price, region: '', loadPermille: 0 }
  return choose([candidate], { ...policyOf(job), regions: [] }).ranked.length > 0
}

function isWanted(node: NodeState, { provider }: Agreement, job: Job, now: Timestamp): boolean {
  const no = job.notBefore.get(provider)
  const isBarred = no !== undefined && no.until > now && !isOfAnOffer(no.reason)
  return !isBarred && !isAvoided(node, job, provider) && !hasLied(node, job.id, provider)
}

/** Where the provider sells the job more than lies idle, it is asked for that. */
function threadsOnSale(node: NodeState, { provider }: Agreement, job: Job, now: Timestamp): number {
  const newest = node.offerOf.get(provider)
  const offer = newest && node.offers.get(newest)
  return offer && offer.expiresAt > now ? wantedOf(job, offer, now).threads : 0
}
