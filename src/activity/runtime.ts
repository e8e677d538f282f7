import type { Result } from '../kernel/result.ts'
import type { ComponentCode } from './component.ts'
import type { Live } from './live.ts'
import type { Answer, Ask } from './outside.ts'
import type { PrepareCode } from './prepare.ts'
import type { StopSignal } from './stop-signal.ts'
import type { Content, PlacedInput, TaskLimits, TaskOutcome, TaskPlace } from './task.ts'

/** A program that was inspected, limited and compiled once, ready for any number of tasks. */
export type Deployment<Program = unknown> = {
  /** The program's address, its runtime and the bound of its memory: what the workers' own caches are keyed by. */
  readonly key: string
  readonly cid: string
  readonly limits: TaskLimits
  /** What its own runtime made of it. */
  readonly program: Program
  /** Files that every task may read. */
  readonly contents?: readonly Content[]
  /** What every task may reach outside. */
  readonly outside?: Outside | undefined
}

/** A program to be deployed. The same cid is the same bytes. */
export type Deployable = {
  readonly cid: string
  readonly bytes: Uint8Array
  readonly runtime: string
  readonly contents?: readonly Content[]
  readonly outside?: Outside | undefined
}

/** A module on its way to a runtime, which prepares of it what it can meanwhile. Neither call throws. */
export type Arriving = {
  /** The first so many bytes of the module are there, and will not change. */
  grown(module: Uint8Array, prefixBytes: number): void
  /** It was deployed, or will not be: nothing is kept of it any longer. */
  end(): void
}

export type DeployCode =
  | PrepareCode
  | ComponentCode
  | 'contents-over-limit'
  | 'limits-not-allowed'
  | 'runtime-not-offered'
  | 'start-failed'
  | 'stopped'

/** Answers what one task asks for while it stands still, one after the other. What was not answered at its end is given up. */
export type TaskOutside = {
  /** Never rejects. */
  answer(ask: Ask): Promise<Answer>
  end(): void
}
/** What the programs of one activity may reach outside of their sandbox. */
export type Outside = { begin(place: TaskPlace): TaskOutside }

export type RuntimeUsage = {
  /** Workers alive now. */
  readonly workers: number
  /** The target: of all cores, 0 to 1. */
  readonly share: number
  /** Busy time of the last 30 s over 30 s of all cores, 0 to 1: to be shown beside the target. */
  readonly busyShare: number
  readonly tasksDone: number
  readonly busyMs: number
}

export type TaskProgress = {
  readonly place: TaskPlace
  readonly permille: number
}

/** Runs programs, a fresh instance a task. Adapters: src/adapters/workers. */
export type Runtime = {
  /** A module that is to be deployed comes. Whoever says so need not, and what is deployed is the same. */
  arriving(module: Pick<Deployable, 'cid' | 'runtime'>, limits: TaskLimits): Arriving
  /** Refuses a module that may not run here, before any task does. The same cid again costs nothing, unless its memory is bounded otherwise. */
  deploy(program: Deployable, limits: TaskLimits): Promise<Result<Deployment, DeployCode>>
  /**
   * How many runs would be taken up now. At first two a worker, so that none waits for the page between two tasks;
   * more where tasks turn out shorter than 4 ms; one where the CPU share makes workers rest between tasks longer than that;
   * 0 while all rest.
   */
  idle(): number
  /**
   * Never rejects. More runs than `idle()` wait their turn, in order. A buffer above 1 MiB is moved, not copied.
   * With `live`, what the program writes is told as it comes. One that has a terminal is also told its input behind
   * `input.stdin`, and has a worker to itself; while it stands still its time does not count, up to ten minutes at once and an hour
   * in all.
   */
  run(deployment: Deployment, input: PlacedInput, signal?: StopSignal, live?: Live): Promise<TaskOutcome>
  /** Called when `idle()` has risen. Gives the function that ends it. */
  onIdle(listener: () => void): () => void
  /** Called while a task runs, at most ten times a second, when its program says how far it is. */
  onProgress(listener: (told: TaskProgress) => void): () => void
  /** At most so many workers, whatever the share allows: the threads that agreements reserve. */
  resize(threads: number): void
  /** Of all cores, 0 to 1. 0 starts nothing more. */
  setShare(share: number): void
  usage(): RuntimeUsage
  /** Ends every worker within 3 s; unfinished runs answer `stopped` at once. Not to be used afterwards. */
  stop(): Promise<void>
}
