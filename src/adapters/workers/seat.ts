import { type Live, mostSessionMs, type ProgramWord } from '../../activity/live.ts'
import type { Ask } from '../../activity/outside.ts'
import type { PreparedProgram, PrepareOptions } from '../../activity/prepare.ts'
import { type Bucket, emptyBucket } from '../../activity/rest.ts'
import type { DeployCode, Deployment, TaskOutside } from '../../activity/runtime.ts'
import type { RuntimeKind } from '../../activity/runtime-kind.ts'
import type { StopSignal } from '../../activity/stop-signal.ts'
import type { Content, PlacedInput, TaskOutcome, TaskUsage } from '../../activity/task.ts'
import type { FromWorker, Kit, KitName, ToWorker } from '../../activity/worker-messages.ts'
import { ok, type Result } from '../../kernel/result.ts'
import type { WorkerHandle, WorkerHost } from './worker-host.ts'

/** A program as workers have it. */
export type PoolDeployment = Deployment<PreparedProgram>

/** A task on its way: waiting, with a worker, or given up by whoever asked. */
export type Run = {
  readonly id: number
  readonly deployment: PoolDeployment
  readonly input: PlacedInput
  readonly movedBuffers: ArrayBuffer[]
  readonly signal: StopSignal | undefined
  readonly live: Live | undefined
  readonly outside: TaskOutside | undefined
  readonly answer: (outcome: TaskOutcome) => void
  abandoned: boolean
}

/** One worker and what it holds. Its first run is the one it executes; the others wait in its port. */
export type Seat = {
  readonly handle: WorkerHandle
  readonly runs: Run[]
  /** Modules it was given, oldest first. */
  readonly modules: Map<string, 'asked' | 'compiled'>
  /** Modules on their way of which it was given bytes, and has not said that they are read. */
  readonly reading: Set<number>
  /** What it was given to prepare and to run components. */
  readonly kits: Set<KitName>
  bucket: Bucket
  ready: boolean
  /** When its first run began, as well as the page can know: it was alone, or the one before it was answered. */
  headSince: number
  /** How long its first run stood still, and since when it does. */
  stoodMs: number
  standsStill: { readonly since: number; readonly for: 'input' | 'room' } | undefined
  /** What its first run had used when it last said so: where it is ended from outside, no less than that. */
  figures: Pick<TaskUsage, 'memoryBytes' | 'fuel'> | undefined
  /** It rests until then: no new run before. */
  restsUntil: number
  /** To be called when a run was abandoned: the deadline may be nearer. */
  watch(): void
}

/** A start takes 30–100 ms; a machine in distress gets a hundred times that before it is called broken. */
const startTimeoutMs = 10_000
/** Compiling 64 MiB takes seconds; longer than this is a hung engine. */
const compileTimeoutMs = 30_000
/** What an abandoned run may still take before its worker is ended for it: shorter ones are cheaper than a new worker. */
const abandonedMs = 50
/** A page that was itself stalled hears its port before it judges. */
const lastChanceMs = 100
/** A program that was told to end does so at its next word; a second is long. */
const givingUpMs = 1_000
/** Modules compiled in one worker: a provider serves a few jobs at a time. */
const mostModules = 8

export type Loss = 'timed-out' | 'worker-lost' | 'start-failed'

export type SeatEvents = {
  /** `from` and `to`: when the run was executing, on the host's clock. */
  done(run: Run, outcome: TaskOutcome, busy: { from: number; to: number }): void
  progress(run: Run, permille: number): void
  read(arriving: number): void
  /** A module is there, in every worker's words or in this one alone, or is refused. */
  prepared(key: string, prepared: Result<PreparedProgram | undefined, DeployCode>): void
  /** It ended, by itself or by the watch; the first run is to blame if `why` is timed-out. */
  lost(why: Loss, reason: string): void
}

/** Opens a worker, keeps its watch and tells what becomes of its runs. */
export function openSeat(host: WorkerHost, mostSilenceMs: number, events: SeatEvents): Seat {
  let endWatch: (() => void) | undefined
  let armedFor = 0
  let warned = false
  let gaveUpAt: number | undefined
  let isOver = false
  const startedAt = host.now()
  const handle = host.open({ message, lost: (reason) => lose(seat.ready ? 'worker-lost' : 'start-failed', reason) })
  const end = async (): Promise<void> => {
    isOver = true
    endWatch?.()
    endWatch = undefined
    await handle.end()
  }
  const say = (said: ToWorker, moved: ArrayBuffer[]): void => {
    handle.say(said, moved)
    watch()
  }
  const seat: Seat = {
    handle: { say, end },
    runs: [],
    modules: new Map(),
    reading: new Set(),
    kits: new Set(),
    bucket: emptyBucket(startedAt),
    ready: false,
    headSince: startedAt,
    stoodMs: 0,
    standsStill: undefined,
    figures: undefined,
    restsUntil: 0,
    watch,
  }
  watch()
  return seat

  function message(said: FromWorker): void {
    if (isOver) return
    warned = false
    const now = host.now()
    if (said.kind === 'said') return heard(said.id, said.word, now)
    if (said.kind === 'ask') return void answer(said.id, said.ask)
    const from = seat.headSince
    seat.headSince = now
    switch (said.kind) {
      case 'ready':
        seat.ready = true
        break
      case 'read':
        seat.reading.delete(said.id)
        events.read(said.id)
        break
      case 'prepared':
      case 'compiled':
        seat.modules.set(said.key, 'compiled')
        events.prepared(said.key, ok(said.kind === 'prepared' ? said.module : undefined))
        break
      case 'refused':
        seat.modules.delete(said.key)
        events.prepared(said.key, said.refusal)
        break
      case 'done':
        finish(said.id, said.outcome, from, now)
        break
      case 'progress': {
        seat.headSince = from
        const run = seat.runs[0]
        if (run?.id === said.id && !run.abandoned) events.progress(run, said.permille)
        break
      }
      case 'cancelled':
        seat.headSince = from
        seat.runs.splice(
          seat.runs.findIndex((run) => run.id === said.id),
          1,
        )
    }
    watch()
  }

  function heard(id: number, word: ProgramWord, now: number): void {
    const [run] = seat.runs
    if (run?.id !== id || !run.live) return
    if (word.kind === 'awaiting') {
      if (seat.standsStill) seat.stoodMs += now - seat.standsStill.since
      seat.standsStill = word.for === 'nothing' ? undefined : { since: now, for: word.for }
      seat.figures = { memoryBytes: word.memoryBytes, fuel: word.fuel }
    }
    if (!run.abandoned) run.live.heard(word)
    watch()
  }

  async function answer(id: number, ask: Ask): Promise<void> {
    const [run] = seat.runs
    if (run?.id !== id || !run.outside) return
    const answered = await run.outside.answer(ask)
    if (!isOver) handle.say({ kind: 'answer', id, answer: answered }, [])
  }

  function finish(id: number, outcome: TaskOutcome, from: number, now: number): void {
    const run = seat.runs.shift()
    if (run?.id !== id) {
      if (run) seat.runs.unshift(run)
      lose('worker-lost', 'answered out of order')
      return
    }
    const busyMs = (outcome.usage.durationUs - (outcome.usage.waitedUs ?? 0)) / 1000
    seat.stoodMs = 0
    seat.standsStill = undefined
    seat.figures = undefined
    gaveUpAt = undefined
    events.done(run, outcome, { from: Math.max(from, now - busyMs), to: now })
  }

  /** Keeps one timer, and moves it only when it fires or is too late: tasks end far more often than they hang. */
  function watch(): void {
    if (isOver) return
    const due = deadline()
    if (endWatch && armedFor <= due) return
    endWatch?.()
    endWatch = undefined
    if (due !== Number.POSITIVE_INFINITY) arm(due)
  }

  function arm(due: number): void {
    armedFor = due
    endWatch = host.after(Math.max(0, due - host.now()), () => {
      endWatch = undefined
      if (host.now() < deadline()) watch()
      else if (warned) expire()
      else {
        warned = true
        arm(host.now() + lastChanceMs)
      }
    })
  }

  function deadline(): number {
    if (!seat.ready) return startedAt + startTimeoutMs
    const head = seat.runs[0]
    if (head && seat.modules.get(head.deployment.key) === 'compiled') {
      const { timeoutMs } = head.deployment.limits
      if (head.abandoned) return seat.headSince + Math.min(abandonedMs, timeoutMs)
      if (gaveUpAt !== undefined) return gaveUpAt + givingUpMs
      const { standsStill, stoodMs, headSince } = seat
      const due = standsStill ? standsStill.since + mostSilenceMs : headSince + stoodMs + timeoutMs
      return head.live ? Math.min(due, headSince + mostSessionMs) : due
    }
    const isPreparing = seat.reading.size > 0 || [...seat.modules.values()].includes('asked')
    return isPreparing ? seat.headSince + compileTimeoutMs : Number.POSITIVE_INFINITY
  }

  function expire(): void {
    const head = seat.runs[0]
    if (head && seat.standsStill && !head.abandoned && gaveUpAt === undefined) return giveUp(head, seat.standsStill.for)
    if (!seat.ready) lose('start-failed', `no worker within ${startTimeoutMs} ms`)
    else if (!head) lose('worker-lost', `compiling took more than ${compileTimeoutMs} ms`)
    else lose('timed-out', `ended after ${head.deployment.limits.timeoutMs} ms`)
  }

  /** Its program is told to end, so that what it wrote is kept. */
  function giveUp(head: Run, waitedFor: 'input' | 'room'): void {
    gaveUpAt = host.now()
    const code = waitedFor === 'input' ? 'input-timed-out' : 'output-not-taken'
    say({ kind: 'tell', id: head.id, word: { kind: 'giveUp', code } }, [])
  }

  function lose(why: Loss, reason: string): void {
    if (isOver) return
    void end()
    events.lost(why, reason)
  }
}

/** Gives the worker what it has not yet. */
export function giveKits(seat: Seat, kits: readonly Kit[]): void {
  for (const kit of kits) {
    if (seat.kits.has(kit.name)) continue
    seat.kits.add(kit.name)
    seat.handle.say({ kind: 'kit', kit }, [])
  }
}

/** A program as it came, and what its memory may be. */
export type Asked = {
  readonly bytes: Uint8Array
  readonly runtime: RuntimeKind
  readonly contents?: readonly Content[] | undefined
  readonly arriving?: number | undefined
} & PrepareOptions

/** Has a module prepared for all workers by this one, which has it then. */
export function askToPrepare(
  seat: Seat,
  { key, module, needed, now }: { key: string; module: Asked; needed: readonly Kit[]; now: number },
): void {
  if (seat.runs.length === 0) seat.headSince = now // what it did not do before is no time of this one's
  giveKits(seat, needed)
  seat.modules.set(key, 'asked')
  seat.handle.say({ kind: 'prepare', key, ...module }, [])
  letOldestGo(seat, key)
}

type NextBytes = Omit<Extract<ToWorker, { kind: 'arriving' }>, 'kind'> & { readonly bytes: Uint8Array<ArrayBuffer> }

/** Has the next bytes of a module read that is on its way; they are moved. */
export function giveBytes(seat: Seat, next: NextBytes, now: number): void {
  if (seat.runs.length === 0) seat.headSince = now
  seat.reading.add(next.id)
  seat.handle.say({ kind: 'arriving', ...next }, [next.bytes.buffer])
}

/** What it still reads of that module it says before it does anything else. */
export const stopReading = ({ handle }: Seat, id: number): void => handle.say({ kind: 'notArriving', id }, [])

/** Gives the worker the module unless it has it. */
export function giveModule(seat: Seat, { key, program, contents }: PoolDeployment): void {
  if (seat.modules.has(key)) return
  seat.modules.set(key, 'asked')
  seat.handle.say({ kind: 'module', key, module: program, contents }, [])
  letOldestGo(seat, key)
}

/** The oldest that no waiting run needs. */
function letOldestGo(seat: Seat, key: string): void {
  if (seat.modules.size <= mostModules) return
  const spare = [...seat.modules.keys()].find(
    (known) => known !== key && !seat.runs.some((run) => run.deployment.key === known),
  )
  if (spare === undefined) return
  seat.modules.delete(spare)
  seat.handle.say({ kind: 'forget', key: spare }, [])
}

/** Takes a run back that has not begun: the worker is told, and if it begins it nevertheless, nobody hears of it. */
export function withdraw(seat: Seat, run: Run): void {
  const at = seat.runs.indexOf(run)
  if (at < 0) return
  seat.runs[at] = { ...run, abandoned: true }
  seat.handle.say({ kind: 'cancel', id: run.id }, [])
}

export function giveRuns(seat: Seat, runs: readonly Run[], now: number): void {
  if (seat.runs.length === 0) seat.headSince = now
  seat.runs.push(...runs)
  for (const { deployment } of runs) giveModule(seat, deployment)
  const items = runs.map(({ id, input, live, outside, deployment: { key, limits } }) => {
    return { id, key, input, limits, live: live?.kind, ...(outside && { mayAsk: true }) }
  })
  seat.handle.say(
    { kind: 'run', runs: items },
    runs.flatMap((run) => run.movedBuffers),
  )
  for (const { id, live } of runs) live?.begun((word) => seat.handle.say({ kind: 'tell', id, word }, []))
}

/** Since when its first run has been at work, had it never stood still. */
export const atWorkSince = ({ headSince, stoodMs, standsStill }: Seat, now: number): number =>
  headSince + stoodMs + (standsStill ? now - standsStill.since : 0)

/** A program with a terminal may stand still for minutes, one that reaches outside for half of one: nothing waits behind it, and it behind nothing. */
export const mayStandStill = ({ live, outside }: Run): boolean => live?.kind === 'terminal' || outside !== undefined
export const mustBeAlone = (run: Run): boolean => run.movedBuffers.length > 0 || mayStandStill(run)
export const roomIn = ({ runs }: Seat, depth: number): number =>
  runs.some(mayStandStill) ? 0 : Math.max(0, depth - runs.length)

export const isWaiting = (run: Run): boolean => !run.abandoned && run.movedBuffers.length === 0
