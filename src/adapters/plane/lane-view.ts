import type { Lane } from '../../activity/lanes.ts'
import type { Runner, Session } from './runner.ts'

export type LaneView = Pick<Lane, 'activity' | 'provider' | 'threads' | 'taskMs' | 'lates' | 'isPaused' | 'done'> & {
  readonly inFlight: readonly number[]
  /** Of those, how far their programs say that they are. */
  readonly told: readonly { readonly index: number; readonly permille: number }[]
}

export function laneView(runner: Runner, lane: Lane): LaneView {
  const permille = runner.sessions.get(lane.activity)?.permille
  const inFlight = [...lane.inFlight.keys()]
  const told = inFlight.flatMap((index) => {
    const known = permille?.get(index)
    return known === undefined ? [] : [{ index, permille: known }]
  })
  return { ...lane, inFlight, told }
}

/** Keeps what is told of tasks that this provider holds, and of no others. */
export function heardOfProgress(runner: Runner, { permille, activity }: Session, tasks: LaneView['told']): void {
  const held = runner.schedule.lanes.get(activity)?.inFlight
  for (const index of permille.keys()) if (!held?.has(index)) permille.delete(index)
  for (const told of tasks) if (held?.has(told.index)) permille.set(told.index, told.permille)
}
