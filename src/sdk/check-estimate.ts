import { ok, type Result } from '../kernel/result.ts'
import { estimateOf } from '../receipts/estimate.ts'
import type { CheckEstimate } from './api-checking.ts'
import type { EstimateRequest } from './api-market.ts'
import { type Seen, tracksInSight } from './in-sight.ts'
import { draftJob } from './job-spec.ts'
import type { Parts } from './mesh.ts'
import { readRedundancy, redundancyAsked } from './redundancy.ts'

/** As many tasks as most jobs have, where nobody says. */
const usualTasks = 100

/** RD5: what checking costs and gives with the providers in sight, before a job starts. */
export function estimateChecks(
  parts: Seen & Pick<Parts, 'subnet' | 'signer'>,
  { tasks = usualTasks, ...request }: EstimateRequest,
): Result<CheckEstimate> {
  const redundancy = readRedundancy(redundancyAsked(request.policy))
  if (!redundancy.ok) return redundancy
  const { signer, subnet, at } = parts
  const tracks = tracksInSight(parts, draftJob(request, { me: signer.did, subnet, at: at() }))
  const { copiesPermille, faultPpm, bestFaultPpm } = estimateOf(redundancy.value, { tracks, tasks })
  return ok({
    providers: tracks.length,
    copies: copiesPermille / 1_000,
    ...(faultPpm !== undefined && { confidence: confidenceOf(faultPpm) }),
    ...(bestFaultPpm !== undefined && { best: confidenceOf(bestFaultPpm) }),
  })
}

export const confidenceOf = (faultPpm: number): number => Math.max(0, 1_000_000 - faultPpm) / 1_000_000
