import { expect, it } from 'vitest'
import { createNumbers } from '../../activity/numbers.ts'
import { createSchedule } from '../../activity/schedule.ts'
import { seeded } from '../../kernel/rng.ts'
import { timestamp } from '../../kernel/time.ts'
import { createChecking, type Providers } from '../../receipts/checking.ts'
import { createKnownTasks } from '../../receipts/known.ts'
import { exampleCid, exampleDid } from '../../receipts/receipt.examples.ts'
import { toldApart } from './classifiers.fixture.ts'
import { digestOf } from './comparing.ts'
import { framesOfAJob } from './known-frames.fixture.ts'
import { createNumbering } from './numbering.ts'
import { goodResult } from './plane.fixture.ts'
import type { Runner, Session } from './runner.ts'

it.each([
  { what: 'of a long job', tasks: 15_000, jobs: 4, isCounted: false },
  {
    what: 'of short jobs, which hardly anything is known of when they begin',
    tasks: 2_000,
    jobs: 32,
    isCounted: false,
  },
  { what: 'whose inputs count up', tasks: 15_000, jobs: 4, isCounted: true },
])(
  '[KN2] [KN4] no classifier over tasks $what tells known ones from the rest better than chance by five points',
  (asked) => {
    const { tasks, isCounted } = asked
    const jobs = Array.from({ length: asked.jobs }, (_, n) =>
      framesOfAJob({ seed: 11 + 10 * n, tasks, isCounted }).flat(),
    )
    const all = jobs.flat()
    const knownCount = all.filter(({ isKnown }) => isKnown).length
    expect(knownCount).toBeGreaterThan(600)
    // Two in a hundred at most beside what is checked.
    expect(knownCount / all.length).toBeLessThan(0.02)
    for (const { name, right, asked } of toldApart(jobs)) expect([name, right / asked < 0.55]).toEqual([name, true])
  },
)

it('[KN3] an answer to a known task is nobody’s result: it finds its provider wrong, or counts for it', () => {
  const providers: Providers = {
    trackOf: () => 20,
    marksOf: () => [],
    heldTasks: () => 60,
    isDear: false,
    rng: seeded(2),
  }
  const known = createKnownTasks(providers)
  const schedule = createSchedule({ timeoutMs: 1, slackMs: 1 }, createChecking({ mode: 'adaptive' }, providers))
  const runner = { schedule, comparing: { known } } as unknown as Runner
  const numbering = createNumbering({ now: () => timestamp(1) })
  const [activity, provider] = [exampleCid('activity'), exampleDid('P')]
  const numbers = createNumbers(new Uint8Array(32))
  const session = { activity, provider, numbers } as unknown as Session
  const agreed = [exampleDid('A'), exampleDid('B')]
  for (const index of [3, 4])
    known.ended(index, { how: 'agreed', digest: digestOf(goodResult(index))!, verdict: 'ok', agreed, wrong: [] })
  schedule.extend(10)
  schedule.join(activity, provider, 2, 1)
  expect([...known.draw(provider, 5_000)].sort()).toEqual([3, 4])
  const results = [3, 4, 5].map((index) => ({
    ...goodResult(index),
    index: numbers.numberOf({ index, isKnown: index < 5 }),
  }))
  const sorted = numbering.sorted(session, results)
  expect(sorted.results.map(({ index }) => index)).toEqual([5])
  const [right, wrong] = sorted.known
  expect(numbering.known(runner, session, [right!])).toEqual([
    { seen: [{ provider, verified: 1, wrong: 0 }], wrong: [], reopened: [] },
  ])
  const found = numbering.known(runner, session, [{ ...wrong!, stdout: new Uint8Array([2]) }])
  expect(found).toMatchObject([{ seen: [{ provider, verified: 0, wrong: 1 }], wrong: [provider] }])
  expect([...schedule.excluded.keys()]).toEqual([provider])
  expect(schedule.progress().done).toBe(0)
})
