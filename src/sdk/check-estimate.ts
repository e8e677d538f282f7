import { peerIdOfDid } from '../identity/did.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Redundancy } from '../market/messages.ts'
import { isPriced } from '../market/offer-price.ts'
import type { Sale } from '../node/state.ts'
import { survey } from '../node/survey.ts'
import { type Estimate, estimateOf } from '../receipts/estimate.ts'
import { trackOf, tracksOf } from '../reputation/track.ts'
import type { CheckEstimate } from './api-checking.ts'
import type { EstimateRequest } from './api-market.ts'
import { draftJob } from './job-spec.ts'
import type { Parts } from './mesh.ts'
import { readRedundancy, redundancyAsked } from './redundancy.ts'

/** As many tasks as most jobs have, where nobody says. */
const usualTasks = 100
type Seen = Pick<Parts, 'node' | 'network' | 'at' | 'subnet' | 'signer'>

/** RD5: what checking costs and gives with the providers in sight, before a job starts. */
export function estimateChecks(
  parts: Seen,
  { tasks = usualTasks, ...request }: EstimateRequest,
): Result<CheckEstimate> {
  const redundancy = readRedundancy(redundancyAsked(request.policy))
  if (!redundancy.ok) return redundancy
  const sales = independent(parts, salesFor(parts, request))
  const { copiesPermille, faultPpm, bestFaultPpm } = estimated(parts, redundancy.value, { sales, request, tasks })
  return ok({
    providers: sales.length,
    copies: copiesPermille / 1_000,
    ...(faultPpm !== undefined && { confidence: confidenceOf(faultPpm) }),
    ...(bestFaultPpm !== undefined && { best: confidenceOf(bestFaultPpm) }),
  })
}

/** A confidence that those in sight cannot give is refused before anybody is asked. Who bids for an announced job is not known yet. */
export function attainable(parts: Seen, request: EstimateRequest): Result<void> {
  const { redundancy, door } = request.policy ?? {}
  // What this tab computes itself it need not doubt.
  if (typeof redundancy !== 'object' || !('confidence' in redundancy) || door === 'announcement') return ok(undefined)
  if (request.here === 'only' || request.here === 'too') return ok(undefined)
  const estimate = estimateChecks(parts, request)
  if (!estimate.ok) return estimate
  const { best, providers } = estimate.value
  return best === undefined
    ? ok(undefined)
    : refuse('confidence-unattainable', { asked: redundancy.confidence, best, providers })
}

const confidenceOf = (faultPpm: number): number => (1_000_000 - Math.min(faultPpm, 1_000_000)) / 1_000_000

type Asked = { readonly sales: readonly Sale[]; readonly request: EstimateRequest; readonly tasks: number }

function estimated(parts: Seen, policy: Redundancy, { sales, request, tasks }: Asked): Estimate {
  const runtime = request.runtime ?? 'wasi-p1'
  const tracks = sales.map((sale) => trackIn(parts, sale, { runtime, isHopeful: policy.mode === 'confidence' }))
  return estimateOf(policy, { tracks, tasks })
}

/** What a task will cost is not known yet: then nothing is known of its price class, and at best what is known of any. */
function trackIn(
  { node }: Seen,
  { provider, facts }: Sale,
  { runtime, isHopeful }: { runtime: string; isHopeful: boolean },
): number {
  const standing = node.standings.get(provider)
  if (!isPriced(facts)) return trackOf(standing, runtime, 0)
  const known = isHopeful ? tracksOf(standing).filter((track) => track.runtime === runtime) : []
  return Math.max(0, ...known.map(({ valid }) => valid))
}

function salesFor({ node, subnet, signer, at }: Seen, request: EstimateRequest): readonly Sale[] {
  const job = draftJob(request, { me: signer.did, subnet, at: at() })
  return survey(node, job, at()).flatMap(({ sale, step }) => (step === 'fit' || step === 'waiting' ? [sale] : []))
}

/** One of each provider, and one of each range of addresses where that is known. */
function independent({ network }: Seen, sales: readonly Sale[]): readonly Sale[] {
  const ranges = new Map(network.links().map(({ peerId, range }) => [peerId, range]))
  const marks = new Set<string>()
  return sales.filter(({ provider }) => {
    const peerId = peerIdOfDid(provider)
    const own = [provider, peerId && ranges.get(peerId)].filter((mark) => mark !== undefined)
    const isNew = own.every((mark) => !marks.has(mark))
    for (const mark of own) marks.add(mark)
    return isNew
  })
}
