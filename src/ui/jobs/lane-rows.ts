import type { AgreementView, JobView, LaneView } from '../../sdk/api.ts'
import type { Did } from '../../wire/schema.ts'
import type { Share } from './collect.ts'
import { isEnded } from './job-words.ts'

export type LaneRow = Pick<
  LaneView,
  'provider' | 'isHere' | 'done' | 'taskMs' | 'inFlight' | 'told' | 'isPaused' | 'via'
> & {
  /** Undefined once it has left. */
  readonly threads: number | undefined
  /** The code with which its agreement ended, of one that has left. */
  readonly left?: string | undefined
  /** Where its agreement carries more than one activity: which one this is. */
  readonly number?: number | undefined
}
/** Somebody who has agreed and is not at work yet. */
export type Preparing = Pick<AgreementView, 'id' | 'provider' | 'activity'>
export type Rejection = Pick<AgreementView, 'id' | 'provider' | 'state' | 'reason'>

/** Twenty reasons fill a screen. */
const mostRejections = 20

/** Everybody who did some of the work: those at it now first, then those of whom the results are left. */
export function laneRows(job: JobView, shares: ReadonlyMap<Did, Share>, me: Did): readonly LaneRow[] {
  const atWork = new Set(job.lanes.map(({ provider }) => provider))
  const gone = [...shares].flatMap(([provider, { done, timed, durationMs }]): LaneRow[] =>
    atWork.has(provider)
      ? []
      : [
          {
            provider,
            isHere: provider === me,
            done,
            taskMs: timed > 0 ? durationMs / timed : 0,
            inFlight: [],
            told: [],
            isPaused: false,
            via: undefined,
            threads: undefined,
            left: job.agreements.findLast((one) => one.provider === provider && isEnded(one))?.reason?.code,
          },
        ],
  )
  const working = job.lanes.map((lane) => ({
    ...lane,
    number: numberOf(job, lane.provider),
    done: Math.max(lane.done, shares.get(lane.provider)?.done ?? 0),
  }))
  return [...working, ...gone]
}

/** Which activity of a shared agreement a provider is at. */
function numberOf({ agreements }: JobView, provider: Did): number | undefined {
  const under = agreements.findLast((one) => one.provider === provider && !isEnded(one))
  return under && under.jobCount > 1 ? under.activities.at(-1)?.number : undefined
}

/** Those who fetch and compile its program, or whose stream is being opened again. */
export const preparing = (job: JobView): readonly Preparing[] =>
  job.agreements.filter(
    ({ provider, activity, state }) =>
      !isEnded({ state }) &&
      activity !== undefined &&
      activity !== 'Ready' &&
      activity !== 'Terminated' &&
      job.lanes.every((lane) => lane.provider !== provider),
  )

/** Providers that did none of it, and why. */
export const rejections = (job: JobView, rows: readonly LaneRow[]): readonly Rejection[] =>
  job.agreements
    .filter((agreement) => {
      const worked = rows.some((row) => row.provider === agreement.provider)
      return isEnded(agreement) && !worked && agreement.reason?.code !== 'Success'
    })
    .slice(-mostRejections)
