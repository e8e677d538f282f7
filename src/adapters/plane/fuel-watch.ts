import { fuelToldBy, isSilent } from '../../node/job-fuel.ts'
import type { Cid } from '../../wire/cid.ts'
import type { JobStore } from '../storage.port.ts'
import type { RequestorPorts, Runner } from './runner.ts'

/** Results are read this many at a time. */
const resultsPerRead = 256

/** FB4: what own work used, in units: no receipt tells of it. */
export async function ownFuel(store: JobStore, job: Cid): Promise<bigint> {
  let sum = 0n
  for (let after = 0; ; ) {
    const rows = await store.results(job, after, resultsPerRead)
    for (const { result } of rows) if (result.receipt === undefined) sum += result.fuel ?? 0n
    const last = rows.at(-1)
    if (!last) return sum
    after = last.position
  }
}

/**
 * Looked after a few times a second: what no activity can tell of any more is free again, what is held up is asked back, and a job
 * whose budget is used up ends.
 */
export function createFuelWatch(
  { node, shell, now }: RequestorPorts,
  { isOpening, tell }: { isOpening(activity: Cid): boolean; tell(runner: Runner): void },
): (runner: Runner) => void {
  return (runner) => {
    const { job, schedule, sessions } = runner
    const { budget } = schedule
    if (!budget || node.jobs.get(job)?.outcome !== undefined) return
    // Own work goes by the job's name, and tells of everything that it began.
    const others = (activities: readonly Cid[]): readonly Cid[] => activities.filter((one) => one !== job)
    for (const activity of others(budget.owing()))
      if (isSilent(node, activity) && !sessions.has(activity) && !isOpening(activity))
        budget.forget(activity, fuelToldBy(node, activity))
    for (const activity of others(schedule.heldUp(now()))) {
      sessions.get(activity)?.stream.abort('late')
      const failure = { code: 'ProviderUnreachable', message: 'Its tasks did not come back.' }
      void shell.input({ type: 'activityStepped', activity, step: 'terminate', failure })
    }
    if (!schedule.isOutOfFuel() || runner.keeping > 0) return
    tell(runner)
    void shell.command({ type: 'cancelJob', job, reason: 'fuel-budget-used' })
  }
}
