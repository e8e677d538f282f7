import type { Job } from '../activity/job.ts'
import { marksIn } from '../node/ranges.ts'
import type { Sale } from '../node/state.ts'
import { survey } from '../node/survey.ts'
import { trackOf } from '../reputation/track.ts'
import type { Parts } from './mesh.ts'

export type Seen = Pick<Parts, 'node' | 'at'>

/**
 * The tracks of those who may be asked for a job, one of each range of addresses where that is known, the longest first. Of what costs something,
 * nobody has a track before it has a price.
 */
export function tracksInSight(parts: Seen, job: Job): readonly number[] {
  const { node, at } = parts
  const { runtime, policy } = job.spec
  const fitting = survey(node, job, at()).flatMap(({ sale, step }) => (step === 'fit' ? [sale] : []))
  return independent(parts, fitting)
    .map(({ provider }) => (policy.maxPrice > 0n ? 0 : trackOf(node.standings.get(provider), runtime, 0)))
    .sort((one, other) => other - one)
    .slice(0, policy.mostProviders)
}

function independent({ node }: Seen, sales: readonly Sale[]): readonly Sale[] {
  const { marksOf } = marksIn(node)
  const marks = new Set<string>()
  return sales.filter(({ provider }) => {
    const own = [provider, ...marksOf(provider)]
    const isNew = own.every((mark) => !marks.has(mark))
    for (const mark of own) marks.add(mark)
    return isNew
  })
}
