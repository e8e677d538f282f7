import { type Job, tasksLeft } from '../activity/job.ts'
import { outboundCapability } from '../activity/outbound.ts'
import { channelsCapability } from '../activity/outside.ts'
import { type Amount, maxAmount } from '../kernel/amount.ts'
import { setBounded } from '../kernel/bound.ts'
import { after, hourMs, type Timestamp } from '../kernel/time.ts'
import { type Candidate, type Choice, choose, figuresOf, type PassedOver, type Policy } from '../market/choose.ts'
import type { Expression } from '../market/constraints.ts'
import {
  demandConstraints,
  demandProperties,
  freePlatform,
  interactiveCapability,
  sealedCapability,
  type Wanted,
} from '../market/demand.ts'
import { explainMatch, type MatchReport, matches, type Side } from '../market/match.ts'
import type { Reason } from '../market/messages.ts'
import { minutePrice } from '../market/offer-price.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import { presets, usualPreset } from '../market/presets.ts'
import type { Did } from '../wire/schema.ts'
import { reputationOf } from './reputation.ts'
import { memoryMbOf } from './shares.ts'
import { linksOf, type NodeState, type Sale } from './state.ts'
import { trustIn, whyDistrusted } from './trust.ts'

/** RQ2: agreements are made for an hour; a longer job makes another. */
const agreementMs = hourMs

/** What this job would take of that sale: no more threads than tasks, no more memory than there is. */
export function wantedOf(job: Job, { facts }: Sale, now: Timestamp): Wanted {
  const { runtime, subnet, module, outbound = [] } = job.spec
  const signers = signersFor(job)
  const capabilities = capabilitiesFor(job)
  const platform = platformFor(job, facts) ?? freePlatform
  const memoryMb = memoryMbOf(job.spec.limits)
  const roomFor = Math.max(1, Math.floor(facts.hardware.memoryMib / memoryMb))
  const offered = Math.min(facts.hardware.threads, roomFor)
  const { mostThreads = offered, reserveThreads = 1 } = job.spec.policy
  const own = Math.min(offered, mostThreads, job.progress.isSealed ? tasksLeft(job) : offered)
  const threads = Math.max(own, Math.min(offered, reserveThreads))
  return {
    module,
    signers,
    runtime,
    capabilities,
    outbound,
    memoryMb,
    threads: Math.max(1, threads),
    platform,
    subnet,
    expiresAt: after(now, agreementMs),
  }
}

/** PV8: who signed its program, for those who may know what that is. */
export const signersFor = ({ spec: { isSealed, signers = [] } }: Job): readonly Did[] | undefined =>
  isSealed ? undefined : signers

/** SV2: what a job's programs need of a runtime beyond being run. */
export const capabilitiesFor = ({ spec }: Job): readonly string[] => [
  ...(spec.limits.fuel === undefined ? [] : ['fuel']),
  ...(spec.isInteractive ? [interactiveCapability] : []),
  ...(spec.outbound ? [outboundCapability] : []),
  ...(spec.channels ? [channelsCapability] : []),
  ...(spec.isSealed ? [sealedCapability] : []),
]

/** What a job asks of every sale alike: written down once, however many are looked at. */
function askedBy(job: Job): Expression {
  const { runtime, subnet, outbound = [] } = job.spec
  const capabilities = capabilitiesFor(job)
  return demandConstraints({ runtime, capabilities, outbound, subnet, memoryMb: memoryMbOf(job.spec.limits) })
}

/** SV1: what is given away is taken as a gift also where there is a budget; what costs something needs one. */
export function platformFor({ spec }: Job, facts: OfferFacts): string | undefined {
  const offered = facts.payment.platforms.map(({ name }) => name)
  if (offered.includes(freePlatform)) return freePlatform
  return spec.policy.maxPrice > 0n && offered.includes(spec.platform) ? spec.platform : undefined
}

/** How sales are looked through. `isLeftOut`: providers that are engaged or waited for. */
type Looking = { readonly now: Timestamp; isLeftOut(sale: Sale): boolean }

/** Sales that fit the job, best first (SL1). */
export function ranked(node: NodeState, job: Job, sales: Iterable<Sale>, looking: Looking): readonly Sale[] {
  return chosenFrom(node, job, sales, looking).best
}

/** SL5: the same, and how the choice came about; of the best the figures are kept, for whoever asks why. */
export function chosenFrom(
  node: NodeState,
  job: Job,
  sales: Iterable<Sale>,
  { now, isLeftOut }: Looking,
): { readonly best: readonly Sale[]; readonly choice: Choice } {
  const fitting = new Map<string, Sale>()
  let look: Look | undefined
  for (const sale of sales) {
    if (sale.expiresAt <= now || isLeftOut(sale) || !platformFor(job, sale.facts)) continue
    look ??= { job, constraints: askedBy(job), now }
    const { demand, offer } = sidesOf(node, look, sale)
    if (matches(demand, offer)) fitting.set(sale.id, sale)
  }
  if (fitting.size === 0) return { best: [], choice: { ranked: [], passedOver: [] } }
  const candidates = [...fitting.values()].map((sale) => candidateOf(node, job, sale, now))
  const choice = choose(candidates, policyOf(job))
  const { figures } = linksOf(node, job.id)
  for (const { candidate } of choice.ranked.slice(0, mostFigures)) {
    const own = figuresOf(choice, candidate.id)
    if (own) setBounded(figures, candidate.provider, own, 2 * mostFigures)
  }
  return { best: choice.ranked.flatMap(({ candidate }) => fitting.get(candidate.id) ?? []), choice }
}
/** As many providers as a job may have. */
const mostFigures = 64

/** How far an offer gets on its way to being asked: the funnel that the page shows. */
export type FunnelStep = 'not-matching' | 'not-affordable' | 'waiting' | 'fit'
export type Surveyed = {
  readonly sale: Sale
  readonly step: FunnelStep
  readonly report?: MatchReport | undefined
  readonly why?: PassedOver['why'] | undefined
  /** The least budget with which it would be asked, where nothing but the price stands against it. */
  readonly leastBudget?: Amount | undefined
  /** What it said, and until when that holds. */
  readonly no?: { readonly until: Timestamp; readonly reason: Reason } | undefined
}

/** Every known offer, and why it is or is not asked for this job: nothing is decided in the dark. */
export function survey(node: NodeState, job: Job, now: Timestamp): readonly Surveyed[] {
  const all: Surveyed[] = []
  const look: Look = { job, constraints: askedBy(job), now }
  for (const sale of node.offers.values())
    if (sale.expiresAt > now && sale.provider !== node.me) all.push(surveyed(node, look, sale))
  return all
}

function surveyed(node: NodeState, look: Look, sale: Sale): Surveyed {
  const { job, now } = look
  const { demand, offer } = sidesOf(node, look, sale)
  const report = explainMatch(demand, offer)
  if (!report.matches) return { sale, step: 'not-matching', report }
  const distrusted = whyDistrusted(node, sale.provider, now)
  if (distrusted) return { sale, step: 'waiting', no: distrusted }
  const candidate = candidateOf(node, job, sale, now)
  const [passed] = choose([candidate], policyOf(job)).passedOver
  if (passed) {
    const withAny = choose([candidate], { ...policyOf(job), maxPrice: maxAmount })
    return { sale, step: 'not-affordable', why: passed.why, leastBudget: withAny.ranked[0]?.candidate.price }
  }
  if (!platformFor(job, sale.facts)) return { sale, step: 'not-affordable', why: 'price-over-limit' }
  const no = job.notBefore.get(sale.provider)
  return no && no.until > now ? { sale, step: 'waiting', no } : { sale, step: 'fit' }
}

/** SV3: with so much somebody in sight would be asked; undefined where somebody is already, or more money would change nothing. */
export function leastBudgetOf(all: readonly Surveyed[]): Amount | undefined {
  let least: Amount | undefined
  for (const { step, leastBudget } of all) {
    if (step === 'fit' || step === 'waiting') return undefined
    if (leastBudget !== undefined && (least === undefined || leastBudget < least)) least = leastBudget
  }
  return least
}

/** One look at the market for a job. */
type Look = { readonly job: Job; readonly constraints: Expression; readonly now: Timestamp }

function sidesOf(node: NodeState, { job, constraints, now }: Look, sale: Sale): { demand: Side; offer: Side } {
  const properties = demandProperties(wantedOf(job, sale, now), sale.properties)
  return {
    demand: { author: node.me, properties, constraints },
    offer: { author: sale.provider, properties: sale.properties, constraints: sale.constraints },
  }
}

function candidateOf(node: NodeState, job: Job, { id, provider, facts }: Sale, now: Timestamp): Candidate {
  const { pricing, hardware } = facts
  return {
    id,
    price: minutePrice(pricing, { memoryMib: memoryMbOf(job.spec.limits) }),
    ...candidateFor(node, provider, now),
    region: hardware.region,
    loadPermille: hardware.loadPermille,
  }
}

/** What is known of a provider, whatever it sells. */
export const candidateFor = (node: NodeState, provider: Did, now: Timestamp) => ({
  provider,
  reputationPermille: reputationOf(node, provider, { now }).permille,
  ...trustIn(node, provider, now),
  rttMs: node.peers.get(provider)?.rttMs,
})

/** The budget of the whole job must at least pay the standard minute of one thread (SL3). What is not said is the preset's (SL4). */
export function policyOf({ spec: { policy } }: Job): Policy {
  const { loadPoints, distancePoints, ...preset } = presets[policy.preset ?? usualPreset]
  return {
    loadPoints,
    distancePoints,
    ...policy,
    priceWeightPermille: policy.priceWeightPermille ?? preset.priceWeightPermille,
    reputationWeightPermille: policy.reputationWeightPermille ?? preset.reputationWeightPermille,
  }
}
