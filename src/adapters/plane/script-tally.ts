import { hostLimits } from '../../activity/host-abi.ts'
import type { CommandResult } from '../../activity/script.ts'
import type { TaskErrorCode, TaskLimits, TaskOutcome } from '../../activity/task.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'

/** What a command came to; nothing at all where it only went well. */
export type Ended = {
  /** Of a run. */
  readonly outcome?: TaskOutcome
  readonly message?: string
  /** Put into the store. */
  readonly content?: Uint8Array
  /** Of a transfer, or in which files were copied for a run. */
  readonly besideMs?: number
  readonly error?: NonNullable<TaskOutcome['error']>
}

export const failing = (code: TaskErrorCode, message: string): Required<Pick<Ended, 'error'>> => ({
  error: { code, message },
})

/** SR5: what the commands of a script used together, and what is left to those that come. */
export type Tally = {
  readonly limits: TaskLimits
  readonly left: { readonly timeMs: number; readonly outputBytes: number }
  readonly usage: TaskOutcome['usage']
  readonly log: Uint8Array
  readonly anchors: readonly Uint8Array[]
}

export const newTally = (limits: TaskLimits): Tally => ({
  limits,
  left: { timeMs: limits.timeoutMs, outputBytes: limits.outputBytes },
  usage: { durationUs: 0, memoryBytes: 0, fuel: 0n, hostUnits: 0n },
  log: nothing,
  anchors: [],
})

/** The limits of the next run. */
export function leftOf({ limits, left, usage }: Tally): Result<TaskLimits, TaskErrorCode> {
  const fuel = limits.fuel === undefined ? undefined : limits.fuel - usage.fuel
  const hostUnits = limits.hostUnits === undefined ? undefined : limits.hostUnits - (usage.hostUnits ?? 0n)
  const timeoutMs = Math.floor(left.timeMs)
  if (fuel !== undefined && fuel <= 0n) return refuse('out-of-fuel')
  if (hostUnits !== undefined && hostUnits <= 0n) return refuse('out-of-host-units')
  if (timeoutMs < 1) return refuse('timed-out')
  return ok({ ...limits, timeoutMs, outputBytes: left.outputBytes, fuel, hostUnits })
}

/** Whether its log, what it anchored and its counters are still within what one task may give. */
export function hasRoomFor({ log, anchors, usage }: Tally, outcome: TaskOutcome): boolean {
  const counters = new Set([...Object.keys(usage.custom ?? {}), ...Object.keys(outcome.usage.custom ?? {})])
  return (
    log.length + (outcome.log?.length ?? 0) <= hostLimits.logBytes &&
    anchors.length + (outcome.anchors?.length ?? 0) <= hostLimits.anchors &&
    counters.size <= hostLimits.counters
  )
}

/** What is used after one more command. Time beside the runs is bounded and not charged: no thread is kept for it. */
export function tallied(tally: Tally, { outcome, content, besideMs = 0 }: Ended): Tally {
  const { left } = tally
  const outputBytes = Math.max(0, left.outputBytes - (content?.length ?? 0))
  if (!outcome) return { ...tally, left: { timeMs: left.timeMs - besideMs, outputBytes } }
  const { usage, log = nothing, anchors = [] } = outcome
  const fits = hasRoomFor(tally, outcome)
  const timeMs = left.timeMs - besideMs - usage.durationUs / 1_000
  return {
    ...tally,
    left: { timeMs, outputBytes: Math.max(0, left.outputBytes - writtenBytes(outcome)) },
    usage: together(tally.usage, fits ? usage : { ...usage, custom: undefined }),
    ...(fits && { log: concatBytes([tally.log, log]), anchors: [...tally.anchors, ...anchors] }),
  }
}

type Usage = TaskOutcome['usage']

function together(before: Usage, { durationUs, memoryBytes, fuel, hostUnits, custom }: Usage): Usage {
  const counts = new Map(Object.entries(before.custom ?? {}))
  for (const [name, amount] of Object.entries(custom ?? {}))
    counts.set(name, BigInt.asUintN(64, (counts.get(name) ?? 0n) + amount))
  return {
    durationUs: before.durationUs + durationUs,
    memoryBytes: Math.max(before.memoryBytes, memoryBytes),
    fuel: before.fuel + fuel,
    // Where one run's runtime counts none, nobody knows the sum.
    hostUnits: before.hostUnits === undefined || hostUnits === undefined ? undefined : before.hostUnits + hostUnits,
    ...(counts.size > 0 && { custom: Object.fromEntries(counts) }),
  }
}

const writtenBytes = ({ stdout, stderr, files, values = [] }: TaskOutcome): number =>
  Object.entries(files).reduce(
    (sum, [path, content]) => sum + path.length + content.length,
    stdout.length + stderr.length + values.join('').length,
  )

/** What is told of a command. */
export function endedAs({
  outcome,
  error,
  message = '',
  content,
  besideMs = 0,
}: Ended): Omit<CommandResult, 'index' | 'type'> {
  const exitCode = outcome?.exitCode ?? 0
  return {
    status: error ? 'failed' : 'ok',
    exitCode: error && exitCode === 0 ? noExit : exitCode,
    stdout: outcome?.stdout ?? nothing,
    stderr: outcome?.stderr ?? nothing,
    ...(outcome?.values && { values: outcome.values }),
    durationUs: outcome?.usage.durationUs ?? Math.round(besideMs * 1_000),
    fuel: outcome?.usage.fuel ?? 0n,
    message: error ? `${error.code}: ${error.message}` : message,
    ...(content && { content }),
  }
}

/** What is told of the whole script: the end of its last command, and what all of them used. */
export function outcomeOf(
  { usage, log, anchors }: Tally,
  {
    results,
    files,
    error,
  }: {
    readonly results: readonly CommandResult[]
    readonly files: TaskOutcome['files']
    readonly error?: NonNullable<Ended['error']>
  },
): TaskOutcome {
  return {
    status: error ? 'failed' : 'ok',
    exitCode: results.at(-1)?.exitCode ?? 0,
    stdout: nothing,
    stderr: nothing,
    files,
    commands: results,
    ...(log.length > 0 && { log }),
    ...(anchors.length > 0 && { anchors }),
    usage,
    ...(error && { error }),
  }
}

const nothing = new Uint8Array(0)
/** Of what never came to exit. */
const noExit = -1
