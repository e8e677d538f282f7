import { type Activity, isOpen } from '../activity/activity.ts'
import { isRunning, type Job } from '../activity/job.ts'
import { after, secondMs, soonest, type Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import type { Reason } from '../market/messages.ts'
import type { TerminationCode } from '../reputation/observation.ts'
import { isPassing } from './requestor.ts'
import { activitiesOf, gracesOf, isAllSilent, silentAlone } from './shares.ts'
import type { NodeState } from './state.ts'
import { failureOf, isUsed, jobsOf } from './uses.ts'

/** RQ7: why the requestor lets an agreement go. */
export function whyRequestorEnds(node: NodeState, agreement: Agreement, now: Timestamp): Reason | undefined {
  const activities = activitiesOf(node, agreement.id)
  const jobs = jobsOf(node, agreement)
  const fault = activities.findLast((one) => !isOpen(one) && isFault(one.failure?.code))?.failure
  if (fault) return reasonOf(fault)
  if (!isUsed(node, agreement) && !activities.some(isOpen)) {
    const failure = failureOf(node, agreement)
    if (failure) return reasonOf(failure)
    if (!jobs.some(isRunning) && now >= (keptUntil(jobs) ?? now))
      return { code: 'Success', message: 'The job has ended.', isFinal: true }
  }
  const closedBy = jobs.some(isRunning) || activities.every((one) => !isOpen(one)) ? undefined : closingOf(jobs)
  if (closedBy !== undefined && now >= closedBy)
    return { code: 'Success', message: 'The job has ended; no last receipt came in time.', isFinal: true }
  if (isAllSilent(node, agreement, now))
    return { code: 'ProviderUnreachable', message: 'Nothing was heard within the agreed grace.', isFinal: false }
  if (now >= agreement.terms.expiresAt) return { code: 'Expired', message: 'The agreed time is over.', isFinal: true }
  return undefined
}

/** When `whyRequestorEnds` or `overdue` may change its mind without anybody saying anything. */
export function requestorLooksAgainAt(node: NodeState, agreement: Agreement, now: Timestamp): Timestamp | undefined {
  const jobs = jobsOf(node, agreement)
  const closings = jobs.map(({ endedAt }) => (endedAt === undefined ? undefined : after(endedAt, closingMs)))
  const later = [...gracesOf(node, agreement), ...closings, keptUntil(jobs)].filter(
    (at) => at !== undefined && at > now,
  )
  return soonest([agreement.terms.expiresAt, ...later])
}

/** SH4, SH5: activities that end alone: silent while others are heard, or of a job that is over, while others go on. */
export function overdue(node: NodeState, agreement: Agreement, now: Timestamp): readonly Activity[] {
  const silent = silentAlone(node, agreement, now)
  if (agreement.requestor !== node.me || !isUsed(node, agreement)) return silent
  const isLate = ({ job }: Activity): boolean => {
    const endedAt = node.jobs.get(job)?.endedAt
    return endedAt !== undefined && now >= endedAt + closingMs
  }
  const stuck = activitiesOf(node, agreement.id).filter((one) => isOpen(one) && isLate(one))
  return [...silent, ...stuck.filter((one) => !silent.includes(one))]
}

/** RQ13: a job that came to its end may leave its agreements open for the next. */
function keptUntil(jobs: readonly Job[]): Timestamp | undefined {
  let latest: Timestamp | undefined
  for (const { endedAt, outcome, spec } of jobs) {
    const { keepMs } = spec.policy
    if (endedAt === undefined || outcome !== 'Completed' || keepMs === undefined) continue
    const until = after(endedAt, keepMs)
    if (latest === undefined || until > latest) latest = until
  }
  return latest
}

/** When the last of these jobs will have waited long enough for its last receipt. */
const closingOf = (jobs: readonly Job[]): Timestamp | undefined => {
  const ends = jobs.flatMap(({ endedAt }) => endedAt ?? [])
  return ends.length === 0 ? undefined : after(Math.max(...ends) as Timestamp, closingMs)
}

/** SH3: what speaks against the provider ends everything between the two. */
const isFault = (code: string | undefined): boolean => code !== undefined && faults.has(code)
const faults: ReadonlySet<string> = new Set(['wrong-result', 'WrongResult', 'wrong-receipt'])

/** Whether its provider was found wrong, in it or elsewhere under its agreement. */
export const isOfWrongProvider = ({ failure }: Activity, { ended }: Agreement): boolean =>
  isFault(failure?.code) || isFault(ended?.reason?.code)

export const reasonOf = ({ code, message }: NonNullable<Activity['failure']>): Reason => ({
  code: spoken[code] ?? code,
  message,
  isFinal: !isPassing(code),
})

/** In the words that an agreement ends with. */
const spoken: Readonly<Record<string, TerminationCode>> = { 'wrong-result': 'WrongResult' }

/** A provider has so long for its last receipt; stored results do not depend on it. */
export const closingMs = 10 * secondMs
