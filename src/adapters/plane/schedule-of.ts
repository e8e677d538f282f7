import type { JobSpec } from '../../activity/messages.ts'
import { createSchedule, type Schedule } from '../../activity/schedule.ts'
import type { ScheduleLimits } from '../../activity/schedule-limits.ts'
import { fuelLimits } from '../../node/job-fuel.ts'
import type { Comparing } from './comparing.ts'

/** Words, bytes and a busy machine may take so long beside a task's own time. */
const slackMs = 4_000

/** The schedule of a job, as what it promises its tasks wants it. */
export function scheduleOf(spec: JobSpec | undefined, comparing: Comparing | undefined): Schedule {
  const limits: ScheduleLimits = {
    timeoutMs: spec?.limits.timeoutMs ?? 0,
    slackMs,
    // Those who wait for one another need a thread each as well.
    isInteractive: spec?.isInteractive === true || spec?.channels === true,
    fuel: spec && fuelLimits(spec),
    chance: comparing?.known?.chance,
    mayOthersJoin: comparing && (() => comparing.mayOthersJoin(working())),
  }
  const schedule = createSchedule(limits, comparing?.checking)
  const working = () => new Set([...schedule.lanes.values()].map(({ provider }) => provider))
  comparing?.watch(schedule.lanes)
  return schedule
}
