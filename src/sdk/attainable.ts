import type { JobSpec } from '../activity/messages.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { estimateOf } from '../receipts/estimate.ts'
import { confidenceOf } from './check-estimate.ts'
import { type Seen, tracksInSight } from './in-sight.ts'
import { unsubmitted } from './job-spec.ts'

/** Refuses a confidence that the providers in sight cannot give, and says which they can. Who bids for an announced job is not known yet. */
export function attainable(spec: JobSpec, parts: Seen): Result<void> {
  const { redundancy, door } = spec.policy
  if (redundancy.mode !== 'confidence' || door === 'announcement') return ok(undefined)
  const tracks = tracksInSight(parts, unsubmitted(spec, { me: parts.node.me, at: parts.at() }))
  const { bestFaultPpm } = estimateOf(redundancy, { tracks, tasks: 1 })
  if (bestFaultPpm === undefined) return ok(undefined)
  return refuse('confidence-unattainable', {
    asked: confidenceOf(redundancy.faultPpm),
    best: confidenceOf(bestFaultPpm),
    providers: tracks.length,
  })
}
