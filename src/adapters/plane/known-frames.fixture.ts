import { encodeFrame, readRequestorFrame, sizeOfBytes, taskToWire } from '../../activity/frames.ts'
import type { WireTask } from '../../activity/messages.ts'
import { createNumbers } from '../../activity/numbers.ts'
import { createSchedule } from '../../activity/schedule.ts'
import type { TaskInput } from '../../activity/task.ts'
import { type Rng, seeded } from '../../kernel/rng.ts'
import { timestamp } from '../../kernel/time.ts'
import { createChecking, type Providers } from '../../receipts/checking.ts'
import { createKnownTasks } from '../../receipts/known.ts'
import { exampleCid, exampleDid } from '../../receipts/receipt.examples.ts'
import { createNumbering } from './numbering.ts'
import type { Runner, Session } from './runner.ts'

/** What a provider can see of a task when it comes. */
export type Seen = { readonly features: readonly number[]; readonly isKnown: boolean }

/** A job, all of whose frames are looked at. */
export type Watched = {
  readonly seed: number
  readonly tasks: number
  /** Each input says which of the job's it is: a film whose pictures are computed in their order. */
  readonly isCounted?: boolean
}

const crowd = 4

type Worker = {
  readonly session: Session
  readonly queue: WireTask[]
  readonly seen: Seen[]
  freeAt: number
  heardAt: number
  lastNumber: number
  largestCount: number
}

/** A whole job in time that does not pass: four honest providers that are known, and all that they get, by provider. */
export function framesOfAJob({ seed, tasks, isCounted = false }: Watched): readonly (readonly Seen[])[] {
  const rng = seeded(seed)
  const providers: Providers = {
    trackOf: () => 15,
    marksOf: () => [],
    heldTasks: () => 60,
    isDear: false,
    rng: seeded(seed + 1),
  }
  const inputs = Array.from({ length: tasks }, () => inputOf(rng))
  let now = 0
  const known = createKnownTasks(providers)
  const schedule = createSchedule(
    { timeoutMs: 60_000, slackMs: 4_000, chance: seeded(seed + 2) },
    createChecking({ mode: 'adaptive' }, providers),
  )
  const runner = { schedule, comparing: { known } } as unknown as Runner
  const numbering = createNumbering({ now: () => timestamp(1_000_000 + Math.floor(now)) })
  schedule.extend(tasks)
  schedule.seal()
  const workers = Array.from({ length: crowd }, (_, n): Worker => {
    const [activity, provider] = [exampleCid(`activity ${n}`), exampleDid(`P${n}`)]
    schedule.join(activity, provider, 2, 1_000_000)
    const numbers = createNumbers(Uint8Array.from({ length: 32 }, () => rng.below(256)))
    const session = { activity, provider, numbers } as unknown as Session
    return { session, queue: [], seen: [], freeAt: 0, heardAt: 0, lastNumber: 0, largestCount: 0 }
  })

  function fill(worker: Worker): void {
    const { session, queue, seen } = worker
    const handed = numbering.take(runner, session)
    if (handed.length === 0) return
    const frame = readRequestorFrame(
      encodeFrame({ type: 'run', tasks: handed.map(({ index, number }) => taskToWire(number, inputs[index]!)) }),
    )
    if (!frame.ok || frame.value.type !== 'run') throw new Error('a frame that nobody reads')
    for (const [position, task] of frame.value.tasks.entries()) {
      const { index, isKnown } = session.numbers!.read(task.index)
      const count = isCounted ? index : 0
      const features = [
        sizeOfBytes(task),
        task.index,
        task.index & 63,
        task.index - worker.lastNumber,
        position,
        position - (frame.value.tasks.length - 1),
        frame.value.tasks.length,
        now - worker.heardAt,
        queue.length,
        seen.length,
        entropyOf(task.stdin),
        task.stdin[0] ?? 0,
        count - worker.largestCount,
      ]
      worker.lastNumber = task.index
      worker.largestCount = Math.max(worker.largestCount, count)
      seen.push({ features, isKnown })
      queue.push(task)
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
    for (const task of batch) {
      const { index, isKnown } = numbers!.read(task.index)
      if (isKnown) {
        if (known.answered(provider, index, `result ${index}`) !== true) throw new Error('an answer that is not known')
        schedule.lanes.get(activity)!.known -= 1
        continue
      }
      const told = { digest: `result ${index}`, provider }
      const { checked } = schedule.answer(activity, index, 'ok', tookMs / batch.length, 1_000_000 + now, told)
      if (checked) known.ended(index, checked)
    }
    for (const one of workers) fill(one)
  }
  return workers.map(({ seen }) => seen)
}

/** Inputs of many lengths and kinds, none of which says which of them it is. */
function inputOf(rng: Rng): TaskInput {
  const kinds = 2 + rng.below(200)
  const stdin = Uint8Array.from({ length: 16 + rng.below(120) }, () => rng.below(kinds))
  return { args: [], env: {}, stdin, files: {} }
}

/** Bits that a byte of it is worth. */
function entropyOf(bytes: Uint8Array): number {
  const counts = new Map<number, number>()
  for (const byte of bytes) counts.set(byte, (counts.get(byte) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / bytes.length) * Math.log2(count / bytes.length)
  return bits
}
