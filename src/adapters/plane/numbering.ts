import { sha256 } from '@noble/hashes/sha2.js'
import type { Activity } from '../../activity/activity.ts'
import { verdictOf } from '../../activity/frames.ts'
import type { JobSpec, WireResult } from '../../activity/messages.ts'
import { createNumbers, type Numbered, type Numbers } from '../../activity/numbers.ts'
import type { Found } from '../../activity/rulings.ts'
import { mostAhead } from '../../activity/schedule.ts'
import type { Cid } from '../../wire/cid.ts'
import { encode } from '../../wire/codec.ts'
import { digestOf } from './comparing.ts'
import type { RequestorPorts, Runner, Session } from './runner.ts'

/** KN1: whether tasks of a job travel under numbers that say nothing: where their programs cannot see their place either. */
export const isNumbered = (spec: JobSpec | undefined): boolean =>
  spec?.isPlaceless === true && spec.policy.redundancy.mode === 'adaptive' && spec.policy.maxFuel === undefined

/** The same after a reload, for Ed25519 signs alike each time. */
export async function numbersOf(
  { node, signer }: Pick<RequestorPorts, 'node' | 'signer'>,
  { id, job }: Activity,
): Promise<Numbers | undefined> {
  if (!isNumbered(node.jobs.get(job)?.spec)) return undefined
  return createNumbers(sha256(await signer.sign(encode(['tabmesh numbers', id]))))
}

/** What a provider means by a number. */
export const taskOf = ({ numbers }: Session, number: number): Numbered =>
  numbers ? numbers.read(number) : { index: number, isKnown: false }

/** What is said of tasks, of those that are the job's own. */
export const tasksOf = <Told extends { readonly index: number }>(session: Session, told: readonly Told[]): Told[] =>
  session.numbers
    ? told.flatMap((one) => {
        const { index, isKnown } = taskOf(session, one.index)
        return isKnown ? [] : [{ ...one, index }]
      })
    : [...told]

/** A task as it travels. */
type Handed = { readonly index: number; readonly number: number }

export type Numbering = ReturnType<typeof createNumbering>

/** KN1, KN2: what tasks are called where they travel, and which of them are only asked to see whether they are done. */
export function createNumbering({ now }: Pick<RequestorPorts, 'now'>) {
  const laneOf = ({ schedule }: Runner, activity: Cid) => schedule.lanes.get(activity)

  return {
    /** Tasks for a provider, under the numbers that they have there. */
    take(runner: Runner, session: Session): Handed[] {
      const { activity, provider, numbers } = session
      const known = runner.comparing?.known
      let drawn: readonly number[] = []
      // In the place of tasks that it would have got: how many come together tells nothing.
      const draw = (taken: number): number => {
        drawn = known?.draw(provider, taken) ?? []
        return drawn.length
      }
      const indexes = runner.schedule.take(activity, now(), mostAhead, numbers && known ? draw : undefined)
      if (!numbers) return indexes.map((index) => ({ index, number: index }))
      for (const index of indexes) known?.handed(provider, index)
      const handed = indexes.map((index) => ({ index, number: numbers.numberOf({ index, isKnown: false }) }))
      const lane = laneOf(runner, activity)
      if (lane) lane.known += drawn.length
      for (const index of drawn) {
        const at = known?.placeAmong(handed.length + 1) ?? 0
        handed.splice(at, 0, { index, number: numbers.numberOf({ index, isKnown: true }) })
      }
      return handed
    },

    /** Results of the job's tasks by their index, and those that were known; with the place of each in its frame. */
    sorted(session: Session, results: readonly WireResult[]) {
      const own: WireResult[] = []
      const known: WireResult[] = []
      const positions = new Map<number, number>()
      for (const [position, result] of results.entries()) {
        const { index, isKnown } = taskOf(session, result.index)
        if (isKnown) known.push({ ...result, index })
        else {
          own.push(session.numbers ? { ...result, index } : result)
          positions.set(index, position)
        }
      }
      return { results: own, known, positions }
    },

    /** KN3: what answers that were known before say of who gave them. */
    known(runner: Runner, { activity, provider }: Session, results: readonly WireResult[]): Found[] {
      const lane = laneOf(runner, activity)
      return results.flatMap((result) => {
        if (lane && lane.known > 0) lane.known -= 1
        const digest = verdictOf(result) === 'again' ? undefined : digestOf(result)
        const isRight = runner.comparing?.known?.answered(provider, result.index, digest)
        return (isRight === undefined ? undefined : runner.schedule.judge(provider, isRight)) ?? []
      })
    },

    /** @returns the job's tasks that it gives back */
    givenBack(runner: Runner, session: Session, numbers: readonly number[]): number[] {
      const { activity, provider } = session
      const lane = laneOf(runner, activity)
      return numbers.flatMap((number) => {
        const { index, isKnown } = taskOf(session, number)
        if (!isKnown) {
          runner.rounds?.over(index, activity)
          return [index]
        }
        if (lane && lane.known > 0) lane.known -= 1
        runner.comparing?.known?.answered(provider, index, undefined)
        return []
      })
    },

    /** It has none of them any more. */
    left(runner: Runner, activity: Cid): void {
      const lane = laneOf(runner, activity)
      if (!lane) return
      lane.known = 0
      runner.comparing?.known?.left(lane.provider)
    },
  }
}
