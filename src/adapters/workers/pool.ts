import { type Live, mostSilenceMs } from '../../activity/live.ts'
import { dutyOf, restMs, slackMs, worked, workersFor } from '../../activity/rest.ts'
import type { Deployable, DeployCode, Deployment, Runtime, RuntimeUsage, TaskProgress } from '../../activity/runtime.ts'
import { isRuntimeKind } from '../../activity/runtime-kind.ts'
import type { StopSignal } from '../../activity/stop-signal.ts'
import { checkInput, failedTask, type PlacedInput, type TaskLimits, type TaskOutcome } from '../../activity/task.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { busyLog } from './busy-log.ts'
import { checkBounds } from './deploy-check.ts'
import { kitStore } from './kit-store.ts'
import { buffersToMove } from './moved-buffers.ts'
import { createPreparing, keyOf } from './preparing.ts'
import {
  atWorkSince,
  isWaiting,
  type Loss,
  mayStandStill,
  mustBeAlone,
  openSeat,
  type PoolDeployment,
  type Run,
  roomIn,
  type Seat,
  withdraw,
} from './seat.ts'
import type { WorkerHost } from './worker-host.ts'

/** Work queued in a worker's port covers the page's own pauses, a frame's length of it; 8 runs of no length suffice. */
const queuedMs = 8
const mostQueued = 8
/** A run waits that long behind another before an idle worker takes it over: most end sooner, and moving one costs a copy. */
const patienceMs = 10
/** Inputs of waiting runs are kept in memory. Whoever asks `idle()` first never has one waiting; a burst may have this many. */
const mostWaiting = 16_384
/** A machine where three workers in a row do not start will not start the fourth. */
const mostFailedStarts = 3
/** What `stop` waits at most: Chromium ends a tight loop after 2 s. */
const stopMs = 3_000

export type PoolOptions = {
  readonly threads?: number
  readonly share?: number
  /** How long a program may stand still at once: shorter than usual where nobody is to wait for it. */
  readonly mostSilenceMs?: number
}

/** The runtime over any kind of worker: queue, share, watch and recovery. Starts a worker only once something is to be run. */
export function createPool(host: WorkerHost, options: PoolOptions = {}): Runtime {
  let threads = options.threads ?? host.cores
  let share = options.share ?? 1
  let stopped = false
  let nextId = 1
  let failedStarts = 0
  let lastIdle = 0
  let pumpDue = false
  let endWake: (() => void) | undefined
  let wakesAt = 0
  /** Smoothed length of a task of late, ms; undefined before the first. */
  let pace: number | undefined
  const seats: Seat[] = []
  const queue: Run[] = []
  const listeners = new Set<() => void>()
  const progressListeners = new Set<(told: TaskProgress) => void>()
  const kits = kitStore(host)
  const log = busyLog()
  const preparing = createPreparing({ seats, kits, open, now: host.now, isStopped: () => stopped, done: trim })

  const wanted = (): number => Math.min(threads, workersFor(share, host.cores))
  const duty = (): number => dutyOf(share, host.cores, wanted())

  return { arriving: preparing.arriving, deploy, idle, run, onIdle, onProgress, resize, setShare, usage, stop }

  async function deploy(program: Deployable, limits: TaskLimits): Promise<Result<PoolDeployment, DeployCode>> {
    if (stopped) return refuse('stopped')
    const { cid, bytes, runtime, contents = [], outside } = program
    if (!isRuntimeKind(runtime)) return refuse('runtime-not-offered', { runtime })
    const checked = checkBounds({ limits, contents, outside })
    if (!checked.ok) return checked
    const options = { runtime, memoryPages: limits.memoryPages, isDeterministic: limits.seed !== undefined }
    const key = keyOf(program, limits)
    const prepared = await preparing.prepare(key, { cid, bytes, contents, ...options })
    if (!prepared.ok) return prepared
    return ok({ key, cid, limits, program: prepared.value, ...(contents.length > 0 && { contents }), outside })
  }

  function run(deployment: Deployment, input: PlacedInput, signal?: StopSignal, live?: Live): Promise<TaskOutcome> {
    if (stopped || signal?.aborted) return Promise.resolve(failedTask('stopped', 'stopped before it was begun'))
    const checked = checkInput(input)
    if (!checked.ok) {
      return Promise.resolve(failedTask('input-not-allowed', `${checked.code} ${JSON.stringify(checked.facts)}`))
    }
    if (queue.length >= mostWaiting) {
      return Promise.resolve(failedTask('queue-full', `${queue.length} runs are waiting`))
    }
    return new Promise((resolve) => {
      const leave = (): void => abandon(item)
      const item: Run = {
        id: nextId++,
        deployment: deployment as PoolDeployment, // made above, and handed back
        input,
        movedBuffers: buffersToMove(input),
        signal,
        live,
        outside: deployment.outside?.begin(input.place ?? { job: '', index: 0 }),
        abandoned: false,
        answer: (outcome) => {
          item.outside?.end()
          signal?.removeEventListener('abort', leave)
          resolve(outcome)
        },
      }
      signal?.addEventListener('abort', leave)
      queue.push(item)
      schedulePump()
    })
  }

  function abandon(item: Run): void {
    if (item.abandoned) return
    item.abandoned = true
    item.answer(failedTask('stopped', 'stopped by whoever asked for it'))
    const at = queue.indexOf(item)
    if (at >= 0) queue.splice(at, 1)
    const seat = seats.find(({ runs }) => runs.includes(item))
    if (seat?.runs[0] === item) seat.watch()
    else if (seat) withdraw(seat, item)
    schedulePump()
  }

  /** Once per turn, so that runs asked for together travel together. */
  function schedulePump(): void {
    if (pumpDue || stopped) return
    pumpDue = true
    queueMicrotask(() => {
      pumpDue = false
      if (stopped) return
      const now = host.now() // one for the whole turn: who rests in its first half rests in its second
      pump(now)
      tellIdle(now)
    })
  }

  function pump(now: number): void {
    const given = new Map<Seat, Run[]>()
    while (queue.length > 0) {
      const seat = seatFor(queue[0]!, given, now)
      if (!seat) break
      const batch = given.get(seat)
      if (batch) batch.push(queue.shift()!)
      else given.set(seat, [queue.shift()!])
    }
    for (const [seat, runs] of given) kits.giveRuns(seat, runs, now)
    if (queue.length === 0) takeOver(now)
    trim()
    if (queue.length > 0) wakeAfterRest(now)
  }

  /** A run that waits behind a long one goes to a worker that has nothing to do. */
  function takeOver(now: number): void {
    const mayTake = (seat: Seat) => seat.runs.length === 0 && seat.ready && seat.reading.size === 0
    const free = seats.slice(0, wanted()).find((seat) => mayTake(seat) && seat.restsUntil <= now)
    const from = free && seats.find((seat) => seat.runs.slice(1).some(isWaiting))
    if (!free || !from) return
    const ripeIn = from.headSince + patienceMs - now
    if (ripeIn > 0) return wakeIn(ripeIn)
    const run = from.runs.slice(1).find(isWaiting)!
    withdraw(from, run)
    kits.giveRuns(free, [run], now)
    if (seats.length > 1) schedulePump()
  }

  /** The least loaded worker with room; a new one rather than the second place in an old one. */
  function seatFor(item: Run, given: ReadonlyMap<Seat, Run[]>, now: number): Seat | undefined {
    const depth = depthNow()
    const held = (seat: Seat): readonly Run[] => [...seat.runs, ...(given.get(seat) ?? [])]
    const load = (seat: Seat): number => (held(seat).some(mayStandStill) ? depth : held(seat).length)
    let best: Seat | undefined
    for (const seat of seats.slice(0, wanted())) {
      if (seat.restsUntil <= now && seat.reading.size === 0 && load(seat) < (mustBeAlone(item) ? 1 : depth)) {
        if (!best || load(seat) < load(best)) best = seat
      }
    }
    if (best && load(best) === 0) return best
    return seats.length < wanted() && failedStarts < mostFailedStarts ? open() : best
  }

  function depthNow(): number {
    const rests = duty() < 1
    if (pace === undefined) return rests ? 1 : 2
    const deep = Math.min(mostQueued, Math.ceil(queuedMs / Math.max(pace, 0.001)))
    return rests ? Math.max(1, Math.min(deep, Math.floor(slackMs / 2 / pace))) : Math.max(2, deep)
  }

  // Workers

  function open(): Seat {
    const seat: Seat = openSeat(host, options.mostSilenceMs ?? mostSilenceMs, {
      done: (item, outcome, busy) => done(seat, item, outcome, busy),
      progress: ({ input: { place } }, permille) => {
        if (place) for (const listener of [...progressListeners]) listener({ place, permille })
      },
      read: (id) => {
        schedulePump()
        queueMicrotask(() => preparing.read(id)) // what waits to run comes before it
      },
      prepared: (key, result) => {
        failedStarts = 0
        preparing.prepared(key, result)
        schedulePump()
      },
      lost: (why, reason) => lost(seat, why, reason),
    })
    seats.push(seat)
    return seat
  }

  function done(seat: Seat, item: Run, outcome: TaskOutcome, busy: { from: number; to: number }): void {
    account(seat, busy)
    const tookMs = busy.to - busy.from
    pace = pace === undefined ? tookMs : 0.8 * pace + 0.2 * tookMs // follows a change within about ten tasks
    if (!item.abandoned) item.answer(outcome)
    schedulePump()
  }

  function account(seat: Seat, { from, to }: { from: number; to: number }): void {
    log.add(from, to)
    seat.bucket = worked(seat.bucket, duty(), from, to)
    const rest = restMs(seat.bucket, duty(), to)
    if (rest > 0) seat.restsUntil = to + rest
  }

  /** The first run was executing and is answered; those behind it had not begun and go back to the head of the queue. */
  function lost(seat: Seat, why: Loss, reason: string): void {
    const at = seats.indexOf(seat)
    if (at < 0) return
    seats.splice(at, 1)
    failedStarts = why === 'start-failed' ? failedStarts + 1 : 0
    const now = host.now()
    const head = why === 'start-failed' ? undefined : seat.runs.shift()
    if (head) {
      account(seat, { from: atWorkSince(seat, now), to: now })
      const outcome = failedTask(why, reason, Math.round((now - seat.headSince) * 1000))
      if (!head.abandoned) head.answer({ ...outcome, usage: { ...outcome.usage, ...seat.figures } })
    }
    preparing.lost(seat, reason)
    const waiting = seat.runs.filter((run) => !run.abandoned)
    const moved = waiting.filter((run) => run.movedBuffers.length > 0)
    for (const run of moved) run.answer(failedTask('worker-lost', reason))
    queue.unshift(...waiting.filter((run) => run.movedBuffers.length === 0))
    if (why !== 'start-failed' && seats.length < wanted()) {
      // Its successor owes the rest that it earned.
      const heir = open()
      heir.bucket = seat.bucket
      heir.restsUntil = seat.restsUntil
    }
    if (failedStarts >= mostFailedStarts) {
      for (const run of queue.splice(0)) run.answer(failedTask('start-failed', reason))
      failedStarts = 0 // the next run asked for may try again
    }
    schedulePump()
  }

  /** Ends workers beyond the number wanted, once they have nothing to do. */
  function trim(): void {
    for (const seat of seats.slice(wanted()).toReversed()) {
      if (seat.runs.length > 0 || preparing.needs(seat)) continue
      seats.splice(seats.indexOf(seat), 1)
      void seat.handle.end()
    }
  }

  function wakeAfterRest(now: number): void {
    const next = Math.min(...seats.map((seat) => seat.restsUntil).filter((until) => until > now))
    if (next !== Number.POSITIVE_INFINITY) wakeIn(next - now)
  }

  function wakeIn(durationMs: number): void {
    const at = host.now() + durationMs
    if (endWake && wakesAt <= at) return
    endWake?.()
    wakesAt = at
    endWake = host.after(durationMs, () => {
      endWake = undefined
      schedulePump()
    })
  }

  // What others see

  function idle(): number {
    return stopped ? 0 : idleAt(host.now())
  }

  function idleAt(now: number): number {
    const depth = depthNow()
    const awake = seats.slice(0, wanted()).filter((seat) => seat.restsUntil <= now)
    const room = awake.reduce((sum, seat) => sum + roomIn(seat, depth), 0)
    const unopened = Math.max(0, wanted() - seats.length) * depth
    return Math.max(0, room + unopened - queue.length)
  }

  function tellIdle(now: number): void {
    const idle = idleAt(now)
    const rose = idle > lastIdle
    lastIdle = idle
    if (idle === 0) wakeAfterRest(now)
    if (rose) for (const listener of [...listeners]) listener()
  }

  function onIdle(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  function onProgress(listener: (told: TaskProgress) => void): () => void {
    progressListeners.add(listener)
    return () => progressListeners.delete(listener)
  }

  function resize(next: number): void {
    threads = Math.max(0, Math.floor(next))
    restAnew()
  }

  function setShare(next: number): void {
    share = Math.min(1, Math.max(0, next))
    restAnew()
  }

  function restAnew(): void {
    const now = host.now()
    for (const seat of seats) seat.restsUntil = now + restMs(seat.bucket, duty(), now)
    schedulePump()
  }

  function usage(): RuntimeUsage {
    const now = host.now()
    const running = seats.reduce(
      (sum, seat) => sum + (seat.ready && seat.runs[0] ? log.within(atWorkSince(seat, now), now, now) : 0),
      0,
    )
    const busyShare = Math.min(1, (log.lately(now) + running) / (log.windowMs * host.cores))
    return { workers: seats.length, share, busyShare, tasksDone: log.count(), busyMs: log.total() }
  }

  async function stop(): Promise<void> {
    if (stopped) return
    stopped = true
    endWake?.()
    listeners.clear()
    progressListeners.clear()
    const leaving = seats.splice(0)
    for (const item of [...queue.splice(0), ...leaving.flatMap((seat) => seat.runs)]) {
      if (!item.abandoned) item.answer(failedTask('stopped', 'the runtime was stopped'))
    }
    preparing.stop()
    const waited = Promise.withResolvers<void>()
    const takeBack = host.after(stopMs, waited.resolve)
    await Promise.race([Promise.all(leaving.map((seat) => seat.handle.end())), waited.promise])
    takeBack()
    await host.close()
  }
}
