import { ok, type Result, refuse } from '../kernel/result.ts'
import { leastBudgetOf, survey } from '../node/survey.ts'
import type { SubmitRequest } from './api.ts'
import { draftJob } from './job-spec.ts'
import type { Parts } from './mesh.ts'

/**
 * A budget for which nobody in sight would work is refused before the job begins, and the least that would do is said. Without a budget
 * a job waits for donated work; one that runs here too needs nobody.
 */
export function checkBudget({ node, at, subnet, signer }: Parts, request: Omit<SubmitRequest, 'tasks'>): Result<void> {
  const job = draftJob(request, { me: signer.did, subnet, at: at() })
  const { maxPrice } = job.spec.policy
  if (maxPrice === 0n || job.spec.runHere) return ok(undefined)
  const least = leastBudgetOf(survey(node, job, at()))
  return least === undefined ? ok(undefined) : refuse('budget-too-small', { maxPrice, least })
}
