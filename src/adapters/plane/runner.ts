import type { Activity } from '../../activity/activity.ts'
import type { Checked } from '../../activity/checking.ts'
import { encodeFrame, type FrameOf } from '../../activity/frames.ts'
import type { LiveKind } from '../../activity/live.ts'
import type { Numbers } from '../../activity/numbers.ts'
import type { Schedule } from '../../activity/schedule.ts'
import type { TaskInput } from '../../activity/task.ts'
import type { Signer } from '../../identity/signing.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { NodeState } from '../../node/state.ts'
import type { Rounds } from '../../receipts/rounds.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { FrameStream, Network } from '../network.port.ts'
import type { Shell } from '../shell/shell.ts'
import type { JobStore } from '../storage.port.ts'
import type { SteadyTimers } from '../timer-worker.ts'
import type { Witnesses } from './attesting.ts'
import type { Comparing } from './comparing.ts'
import type { createFreshTasks } from './fresh.ts'
import type { Gathering } from './gathering.ts'
import type { KeptResults } from './kept-results.ts'
import type { RequestorTerminals, TerminalLine } from './requestor-terminal.ts'

export type RequestorPorts = {
  readonly node: NodeState
  readonly shell: Shell
  readonly network: Network
  readonly store: JobStore
  readonly signer: Signer
  /** Timers that a hidden page does not slow down. */
  readonly timers: SteadyTimers
  now(): Timestamp
  /** Stores a block under its own name. */
  keep(bytes: Uint8Array): Promise<unknown>
  report(fault: { code: string; phase: string; peer?: string; message: string }): void
}

/** What an activity used so far, as its provider tells it each second: a claim, of which receipts are the proof. */
export type UsageTold = Omit<FrameOf<'usage'>, 'type'>

/** One job at work: who works on it, and what of it is in memory. */
export type Runner = {
  readonly job: Cid
  readonly schedule: Schedule
  readonly sessions: Map<Cid, Session>
  /** Its tasks speak to one another. */
  readonly hasChannels: boolean
  /** What each activity was asked for in this life of the tab, over all its streams. */
  readonly asked: Map<Cid, Session['inputs']>
  /** By activity, also of those that are over. */
  readonly usage: Map<Cid, UsageTold>
  /** How much of tasks each was sent, likewise. */
  readonly sentBytes: Map<Cid, number>
  readonly tasks: ReturnType<typeof createFreshTasks>
  readonly results: KeptResults
  /** On their way to the disk. */
  readonly newTasks: Gathering<TaskInput>
  /** Where answers are compared before one of them is a result. */
  readonly comparing: Comparing | undefined
  /** Who committed to what, where results are committed to before they are shown. */
  readonly rounds: Rounds | undefined
  /** Where others look at some results. */
  readonly witnesses: Witnesses | undefined
  /** Set by a result that the disk did not take: nothing behind it is shown or stored. */
  hasFailed: boolean
  /** Writes of results that are under way: while there are any, nobody is told that the job is over. */
  keeping: number
  /** How tasks ended whose result is being fetched: opened again meanwhile, a task is not among them any more. */
  readonly choosing: Map<number, Checked>
  /** Where somebody types into its tasks, or hears them while they run. */
  readonly terminals: RequestorTerminals | undefined
  readonly live: LiveKind | undefined
  reportAt: number
  timer: ReturnType<typeof setTimeout> | undefined
}
/** One activity's stream, seen by the requestor. */
export type Session = {
  readonly activity: Cid
  readonly provider: Did
  readonly stream: FrameStream
  readonly line: TerminalLine
  readonly secret: Uint8Array
  /** What its tasks are called there, where that is not their index. */
  readonly numbers: Numbers | undefined
  /** By what it is called there: SHA-256 of what was sent, to check the receipt against. */
  readonly inputs: Map<number, Uint8Array>
  /** How far the tasks that it holds are, where their programs say so. */
  readonly permille: Map<number, number>
  /** Opened by an earlier life of this tab, of which nobody knows any more what it asked for. */
  readonly isOlder: boolean
  /** Tasks of that life to which it committed. */
  recalled: number
  isReady: boolean
  isFilling: boolean
  /** Frames verified and not yet stored; when all of them are, and when they are acknowledged as well. */
  unsettled: number
  stored: Promise<void>
  /** Ends with the first frame that the disk did not take. */
  mayAcknowledge: boolean
  /** Of the last stored frame that is still to be acknowledged. */
  lastStored: number | undefined
  acknowledged: Promise<void>
  settled: Promise<void>
}

/** A stream that was opened for an activity; what an earlier one asked for is known to this one. */
export function newSession(
  runner: Runner,
  { id, provider }: Activity,
  { stream, ...from }: Pick<Session, 'stream' | 'secret' | 'numbers' | 'isOlder'>,
): Session {
  return {
    activity: id,
    provider,
    stream,
    line: {
      activity: id,
      send(frame) {
        if (frame.type === 'input') countSent(runner, id, frame.bytes.length)
        void stream.send(encodeFrame(frame)).catch(() => {})
      },
    },
    ...from,
    inputs: runner.asked.get(id) ?? new Map(),
    permille: new Map(),
    recalled: 0,
    isReady: false,
    isFilling: false,
    unsettled: 0,
    mayAcknowledge: true,
    stored: Promise.resolve(),
    lastStored: undefined,
    acknowledged: Promise.resolve(),
    settled: Promise.resolve(),
  }
}

/** Inputs in the order asked for: from memory while they are being stored, else from the disk. */
export async function inputsOf(
  store: JobStore,
  { job, tasks, terminals }: Runner,
  indexes: readonly number[],
): Promise<readonly TaskInput[]> {
  const inputs = indexes.map((index) => tasks.at(index))
  const absent = indexes.filter((_, i) => inputs[i] === undefined)
  const read = absent.length > 0 ? (await store.tasks(job, absent)).values() : undefined
  const found = inputs.map((input) => input ?? (read?.next().value as TaskInput))
  return terminals ? found.map((input, i) => terminals.grown(job, indexes[i]!, input)) : found
}

/** Counts what an activity was sent: no more than that may its provider say that it got. */
export function countSent({ sentBytes }: Runner, activity: Cid, moreBytes: number): void {
  sentBytes.set(activity, (sentBytes.get(activity) ?? 0) + moreBytes)
}
