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
}
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
    done: Math.max(lane.done, shares.get(lane.provider)?.done ?? 0),
  }))
  return [...working, ...gone]
}

/** Providers that did none of it, and why. */
export const rejections = (job: JobView, rows: readonly LaneRow[]): readonly Rejection[] =>
  job.agreements
    .filter((agreement) => {
      const worked = rows.some((row) => row.provider === agreement.provider)
      return isEnded(agreement) && !worked && agreement.reason?.code !== 'Success'
    })
    .slice(-mostRejections)
