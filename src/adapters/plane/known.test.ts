import { expect, it } from 'vitest'
import { encodeFrame, readRequestorFrame, sizeOfBytes, taskToWire } from '../../activity/frames.ts'
import type { WireTask } from '../../activity/messages.ts'
import { createNumbers } from '../../activity/numbers.ts'
import { createSchedule } from '../../activity/schedule.ts'
import type { TaskInput } from '../../activity/task.ts'
import { seeded } from '../../kernel/rng.ts'
import { timestamp } from '../../kernel/time.ts'
import { createChecking, type Providers } from '../../receipts/checking.ts'
import { createKnownTasks } from '../../receipts/known.ts'
import { exampleCid, exampleDid } from '../../receipts/receipt.examples.ts'
import { digestOf } from './comparing.ts'
import { createNumbering } from './numbering.ts'
import { goodResult } from './plane.fixture.ts'
import type { Runner, Session } from './runner.ts'

const taskCount = 30_000
const crowd = 4

/** What a provider can see of a task when it comes. */
type Seen = { readonly features: readonly number[]; readonly isKnown: boolean }

/** Bits that a byte of it is worth. */
function entropyOf(bytes: Uint8Array): number {
  const counts = new Map<number, number>()
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / bytes.length) * Math.log2(count / bytes.length)
  return bits
}

/** A whole job in time that does not pass: four honest providers, and all frames that they get. */
function framesOfAJob(): Map<string, Seen[]> {
  const rng = seeded(11)
  const inputs = Array.from({ length: taskCount }, (): TaskInput => {
    const kinds = 2 + rng.below(200)
    const stdin = Uint8Array.from({ length: 16 + rng.below(120) }, () => rng.below(kinds))
    return { args: [], env: {}, stdin, files: {} }
  })
  const providers: Providers = {
    trackOf: () => 15,
    marksOf: () => [],
    heldTasks: () => 60,
    isDear: false,
    rng: seeded(12),
  }
  let now = 0
  const known = createKnownTasks(providers)
  const schedule = createSchedule(
    { timeoutMs: 60_000, slackMs: 4_000 },
    createChecking({ mode: 'adaptive' }, providers),
  )
  const runner = { schedule, comparing: { known } } as unknown as Runner
  const numbering = createNumbering({ now: () => timestamp(1_000_000 + Math.floor(now)) })
  schedule.extend(taskCount)
  schedule.seal()

  const seen = new Map<string, Seen[]>()
  type Worker = { session: Session; queue: { task: WireTask; position: number }[]; freeAt: number; heardAt: number }
  const workers = Array.from({ length: crowd }, (_, n): Worker => {
    const [activity, provider] = [exampleCid(`activity ${n}`), exampleDid(`P${n}`)]
    schedule.join(activity, provider, 2, 1_000_000)
    const numbers = createNumbers(new Uint8Array(32).fill(n))
    seen.set(activity, [])
    return { session: { activity, provider, numbers } as unknown as Session, queue: [], freeAt: 0, heardAt: 0 }
  })

  function fill(worker: Worker): void {
    const { session } = worker
    const handed = numbering.take(runner, session)
    if (handed.length === 0) return
    const tasks = handed.map(({ index, number }) => taskToWire(number, inputs[index]!))
    const frame = readRequestorFrame(encodeFrame({ type: 'run', tasks }))
    if (!frame.ok || frame.value.type !== 'run') throw new Error('a frame that nobody reads')
    for (const [position, task] of frame.value.tasks.entries()) {
      const features = [
        sizeOfBytes(task),
        task.index,
        position,
        position - (frame.value.tasks.length - 1),
        frame.value.tasks.length,
        now - worker.heardAt,
        worker.queue.length,
        entropyOf(task.stdin),
        task.stdin[0] ?? 0,
      ]
      seen.get(session.activity)?.push({ features, isKnown: session.numbers!.read(task.index).isKnown })
      worker.queue.push({ task, position })
    }
    worker.heardAt = now
  }

  for (const worker of workers) fill(worker)
  while (!schedule.isOver()) {
    const busy = workers.filter(({ queue }) => queue.length > 0)
    if (busy.length === 0) throw new Error('nobody has anything')
    const worker = busy.reduce((one, other) => (other.freeAt < one.freeAt ? other : one))
    const { activity, provider, numbers } = worker.session
    // A few results in one frame, as they come.
    const batch = worker.queue.splice(0, 1 + rng.below(4))
    const tookMs = batch.length * (5 + rng.below(20))
    worker.freeAt = now = Math.max(now, worker.freeAt + tookMs)
    for (const { task } of batch) {
      const { index, isKnown } = numbers!.read(task.index)
      if (isKnown) {
        expect(known.answered(provider, index, `result ${index}`)).toBe(true)
        schedule.lanes.get(activity)!.known -= 1
        continue
      }
      const told = { digest: `result ${index}`, provider }
      const { checked } = schedule.answer(activity, index, 'ok', tookMs / batch.length, 1_000_000 + now, told)
      if (checked) known.ended(index, checked)
    }
    for (const one of workers) fill(one)
  }
  return seen
}

/** As many of the one as of the other, in an order that says nothing. */
function balanced(all: readonly Seen[], rng: ReturnType<typeof seeded>): Seen[] {
  const known = all.filter(({ isKnown }) => isKnown)
  const others = all.filter(({ isKnown }) => !isKnown)
  const some = known.map(() => others[rng.below(others.length)]!)
  return [...known, ...some]
}

/** The nearest of those whose kind is known, each feature by how it spreads. */
function nearest(train: readonly Seen[], k: number): (seen: Seen) => boolean {
  const scales = train[0]!.features.map((_, f) => {
    const values = train.map(({ features }) => features[f]!)
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length
    return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length) || 1
  })
  return ({ features }) => {
    const far = train.map((one) => ({
      isKnown: one.isKnown,
      distance: one.features.reduce((sum, value, f) => sum + ((value - features[f]!) / scales[f]!) ** 2, 0),
    }))
    far.sort((one, other) => one.distance - other.distance)
    return far.slice(0, k).filter(({ isKnown }) => isKnown).length * 2 > k
  }
}

/** The one feature and threshold that tells most of them apart. */
function threshold(train: readonly Seen[]): (seen: Seen) => boolean {
  let best = { right: 0, feature: 0, limit: 0, isAbove: true }
  for (const [feature] of train[0]!.features.entries())
    for (const { features } of train)
      for (const isAbove of [true, false]) {
        const limit = features[feature]!
        const right = train.filter((one) => one.isKnown === (one.features[feature]! > limit === isAbove)).length
        if (right > best.right) best = { right, feature, limit, isAbove }
      }
  return ({ features }) => features[best.feature]! > best.limit === best.isAbove
}

it('[KN2] no classifier over what comes tells known tasks from the rest better than chance by five points', () => {
  const all = [...framesOfAJob().values()].flat()
  const rng = seeded(13)
  const knownCount = all.filter(({ isKnown }) => isKnown).length
  expect(all.length).toBeGreaterThan(taskCount)
  expect(knownCount).toBeGreaterThan(300)
  // Two in a hundred at most beside what is checked.
  expect(knownCount / all.length).toBeLessThan(0.02)
  const [train, test]: [Seen[], Seen[]] = [[], []]
  for (const one of all) (rng.below(2) === 0 ? train : test).push(one)
  const [learnt, asked] = [balanced(train, rng), balanced(test, rng)]
  for (const guess of [nearest(learnt, 1), nearest(learnt, 9), nearest(learnt, 25), threshold(learnt)]) {
    const right = asked.filter((one) => guess(one) === one.isKnown).length / asked.length
    expect(right).toBeLessThan(0.55)
  }
})

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
