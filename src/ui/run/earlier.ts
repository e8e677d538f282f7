import type { Mesh } from '../../sdk/api.ts'
import { type JobMemory, recallJob } from './job-memory.ts'
import type { Values } from './values.ts'

/** How much one task of a job with these values takes beside another's; undefined where the two cannot be compared. */
export type WeightOf = (kind: string, values: Values) => number | undefined

/** Of newer jobs it is as likely to be found as of older ones; reading their receipts takes no time. */
const mostLookedAt = 20

/** Of one task with a weight of 1. */
export type Earlier = { readonly durationMs: number; readonly fuel: number }

/**
 * What one task took in the newest job like this one, by its signed receipts. Undefined where there is none: nothing is
 * guessed.
 */
export function earlierTask(
  mesh: Pick<Mesh, 'jobs' | 'receipts'>,
  weightOf: WeightOf,
  recall: (id: string) => Pick<JobMemory, 'kind' | 'values'> | undefined = recallJob,
): Earlier | undefined {
  for (const { id, lanes } of mesh.jobs().slice(0, mostLookedAt)) {
    const memory = recall(id)
    const weight = memory && weightOf(memory.kind, memory.values)
    // What this tab did itself has no receipt, and would count as no time.
    if (!weight || lanes.some(({ isHere }) => isHere)) continue
    const receipts = mesh.receipts.ofJob(id)
    const spentMs = receipts.reduce((sum, { body }) => sum + body.usage.durationUs / 1_000, 0)
    const fuel = receipts.reduce((sum, { body }) => sum + Number(body.usage.fuel ?? 0n), 0)
    // Copies that were checked against each other took their time as well.
    const share = receipts.reduce((sum, { tasks }) => sum + tasks, 0) * weight
    if (spentMs > 0 && share > 0) return { durationMs: spentMs / share, fuel: fuel / share }
  }
  return undefined
}
