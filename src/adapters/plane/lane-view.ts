import type { Lane } from '../../activity/schedule.ts'
import type { Runner } from './runner.ts'

export type LaneView = Pick<Lane, 'activity' | 'provider' | 'threads' | 'taskMs' | 'lates' | 'isPaused' | 'done'> & {
  readonly inFlight: readonly number[]
  /** Of those, how far their programs say that they are. */
  readonly told: readonly { readonly index: number; readonly permille: number }[]
}
/** A lane as others see it. */
export function laneView(runner: Runner, lane: Lane): LaneView {
  const permille = runner.sessions.get(lane.activity)?.permille
  const inFlight = [...lane.inFlight.keys()]
  const told = inFlight.flatMap((index) => {
    const known = permille?.get(index)
    return known === undefined ? [] : [{ index, permille: known }]
  })
  return { ...lane, inFlight, told }
}
