import { expect, it } from 'vitest'
import type { Activity } from '../../activity/activity.ts'
import { timestamp } from '../../kernel/time.ts'
import { aCid } from '../../market/market.examples.ts'
import type { Plan } from '../../node/input.ts'
import { initialState } from '../../node/state.ts'
import type { Did } from '../../wire/schema.ts'
import { isWithinShare } from './session.ts'
import { nothingSpent } from './spent.ts'

const activity = aCid('activity')
const at = (runningCount: number, done: number, spentMs: number) => ({
  running: new Map(
    Array.from({ length: runningCount }, (_, n) => [
      n,
      { abort: new AbortController(), since: 0, terminal: undefined },
    ]),
  ),
  activity,
  done,
  spent: { ...nothingSpent, durationUs: spentMs * 1_000 },
  startedAt: timestamp(1_000),
})
const now = timestamp(2_000)
/** So many of four lent threads are the activity's. */
const agreed = (threads: number) => {
  const node = { ...initialState('' as Did), plan: { threads: 4 } as Plan }
  node.activities.set(activity, { threads } as Activity)
  return { node, now }
}
const share = agreed(2)

it('[VF4] a part of a machine is no more of it than was agreed, but for short tasks that wait in a worker', () => {
  expect(isWithinShare(at(1, 0, 0), share)).toBe(true)
  expect(isWithinShare(at(2, 0, 0), share)).toBe(false)
  expect(isWithinShare(at(2, 10, 1_000), share)).toBe(false) // a tenth of a second each
  expect(isWithinShare(at(2, 1_000, 1_000), share)).toBe(true) // a millisecond each, half of the time that there was
  expect(isWithinShare(at(2, 2_000, 2_000), share)).toBe(false)
  expect(isWithinShare(at(30, 0, 0), agreed(4))).toBe(true) // nobody else has a part
})
