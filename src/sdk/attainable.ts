import type { JobSpec } from '../activity/messages.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { NodeState } from '../node/state.ts'
import { survey } from '../node/survey.ts'
import { estimateOf } from '../receipts/estimate.ts'
import { trackOf } from '../reputation/track.ts'
import { unsubmitted } from './job-spec.ts'

/** Refuses a confidence that the providers in sight cannot give, and says which they can. Of what costs something, nobody has a track before it has a price. */
export function attainable(spec: JobSpec, node: NodeState, at: Timestamp): Result<void> {
  const { redundancy, mostProviders, maxPrice } = spec.policy
  if (redundancy.mode !== 'confidence') return ok(undefined)
  const fitting = survey(node, unsubmitted(spec, { me: node.me, at }), at).filter(({ step }) => step === 'fit')
  const tracks = fitting
    .map(({ sale }) => (maxPrice > 0n ? 0 : trackOf(node.standings.get(sale.provider), spec.runtime, 0)))
    .sort((one, other) => other - one)
    .slice(0, mostProviders)
  const { bestFaultPpm } = estimateOf(redundancy, { tracks, tasks: 1 })
  if (bestFaultPpm === undefined) return ok(undefined)
  const best = Math.max(0, 1_000_000 - bestFaultPpm) / 1_000_000
  return refuse('confidence-unattainable', {
    asked: 1 - redundancy.faultPpm / 1_000_000,
    best,
    providers: tracks.length,
  })
}
