import { hostModule } from '../../activity/host-abi.ts'
import { budgetOf, meterExport, mostFuel, readMeter, startExport } from '../../activity/metering/budget.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import type { TaskOutcome } from '../../activity/task.ts'
import type { ValueText } from '../../activity/value-text.ts'
import { type HostCalls, type HostImport, hostCalls } from './guest-calls.ts'
import { collect, ended, type Failure, failure, saying } from './guest-end.ts'
import { enter } from './guest-entry.ts'
import { createTalk, type GuestTalk, type LiveLine, pausingCalls, suspended, suspension } from './guest-live.ts'
import { asking } from './guest-reach.ts'
import { type GuestHost, type GuestState, type GuestTask, newHost } from './guest-state.ts'

/** A compiled module with what every task needs to know of it. */
export type Program = {
  readonly module: WebAssembly.Module
  readonly imports: readonly HostImport[]
  readonly prepared: Omit<PreparedModule, 'bytes'>
}

/** @throws WebAssembly.CompileError where the engine does not accept the module */
export function compile({ bytes, ...prepared }: PreparedModule): Program {
  const module = new WebAssembly.Module(bytes)
  return { module, imports: WebAssembly.Module.imports(module), prepared }
}

/**
 * Runs one task in a fresh instance, to its end: for a thread that nobody else needs, and that another may terminate.
 * Output is counted while it is written. Never throws.
 */
export function runTask(program: Program, task: GuestTask): TaskOutcome {
  const startedAt = performance.now()
  const host = newHost(task)
  const calls = hostCalls(host.state, program.imports)
  return outcomeOf(host, execute(program, host.state, calls, task), { ...task, startedAt })
}

/**
 * The same for a program that somebody listens to, or that reaches outside. Gives a promise where the program stands still without its
 * thread.
 * @param line what speaks to whoever listens @param hears given what speaks to the program
 */
export function runLive(
  program: Program,
  task: GuestTask,
  { line, hears }: { line?: LiveLine | undefined; hears(talk: GuestTalk): void },
): TaskOutcome | Promise<TaskOutcome> {
  const startedAt = performance.now()
  const { input, limits, reach } = task
  let exports: Exports | undefined
  const talk = line && createTalk(line, input.stdin, () => figuresOf(exports, limits))
  if (talk) hears(talk)
  const host = newHost(task, talk)
  const { state } = host
  const outcome = (end: End): TaskOutcome => outcomeOf(host, end, { limits, startedAt, talk })
  const isCommand = program.prepared.runtime === 'wasi-p1'
  const isHeld = isCommand && (talk?.kind === 'terminal' || reach !== undefined)
  const plain = hostCalls(state, program.imports)
  const calls = isCommand && talk?.kind === 'terminal' ? pausingCalls(state, plain, talk) : plain
  if (isHeld && reach && !reach.mayBlock) calls[hostModule] = suspended(calls[hostModule] ?? {}, asking)
  const opened = open(program, state, calls, limits)
  if ('failed' in opened) return outcome(opened.failed)
  const guest = opened.exports
  exports = guest
  if (!isHeld || talk?.mayBlock || reach?.mayBlock || !suspension)
    return outcome(endOf(guest, entered(program, state, guest, input), limits))
  const { promising } = suspension
  const steps = [...(program.prepared.hasStart ? [startExport] : []), '_start']
  const start = async (): Promise<Went> => {
    try {
      for (const name of steps) await promising(guest[name] as () => void)()
      return { cause: state.ending }
    } catch (cause) {
      return { cause }
    }
  }
  return start().then((went) => outcome(endOf(guest, went, limits)))
}

function outcomeOf(
  { state, budget, stdout, stderr, tree }: GuestHost,
  end: End,
  { limits, startedAt, talk }: { limits: Limits; startedAt: number; talk?: GuestTalk | undefined },
): TaskOutcome {
  talk?.flush()
  const { remarks, units, reach } = state
  const files = end.exitCode >= 0 ? collect(tree.changed, budget) : {}
  const over = budget.over ? failure('output-over-limit', `more than ${limits.outputBytes} bytes written`) : undefined
  const error = over ?? end.error
  const exitCode = over ? -1 : end.exitCode
  return {
    status: error ? 'failed' : 'ok',
    exitCode,
    stdout: stdout.exact(),
    stderr: stderr.exact(),
    files,
    ...(remarks.log.length > 0 && { log: remarks.log.exact() }),
    ...(remarks.anchors.length > 0 && exitCode >= 0 && { anchors: remarks.anchors }),
    ...(end.values && !error && { values: end.values }),
    usage: {
      durationUs: Math.round((performance.now() - startedAt) * 1000),
      memoryBytes: end.memoryBytes,
      fuel: end.fuel,
      hostUnits: BigInt(units.used),
      ...(remarks.counters.size > 0 && { custom: Object.fromEntries(remarks.counters) }),
      ...((talk || reach) && { waitedUs: (talk?.waitedUs() ?? 0) + (reach?.waitedUs() ?? 0) }),
    },
    ...(talk?.kind === 'terminal' && { readBytes: talk.input.readBytes }),
    ...(error ? { error } : {}),
  }
}

type Limits = GuestTask['limits']
type End = {
  readonly exitCode: number
  readonly memoryBytes: number
  readonly fuel: bigint
  readonly values?: readonly ValueText[] | undefined
  readonly error?: Failure
}

type Exports = WebAssembly.Exports & { readonly [meterExport]: WebAssembly.Global }
/** An instance with its budget set, or why there is none. */
type Opened = { readonly exports: Exports } | { readonly failed: End }
/** How it went: what it was ended by, if not by itself, and what the function that was called gave. */
type Went = { readonly cause?: unknown; readonly values?: readonly ValueText[] | undefined }

function execute(program: Program, state: GuestState, calls: HostCalls, { input, limits }: GuestTask): End {
  const opened = open(program, state, calls, limits)
  return 'failed' in opened
    ? opened.failed
    : endOf(opened.exports, entered(program, state, opened.exports, input), limits)
}

function open({ module, prepared }: Program, state: GuestState, calls: HostCalls, limits: Limits): Opened {
  try {
    const instance = new WebAssembly.Instance(module, calls as WebAssembly.Imports)
    state.wasi.inst = instance as unknown as typeof state.wasi.inst
    const exports = instance.exports as Exports
    exports[meterExport].value = budgetOf(prepared, limits.fuel ?? mostFuel)
    return { exports }
  } catch (cause) {
    return { failed: { exitCode: -1, memoryBytes: 0, fuel: 0n, error: failure('start-failed', saying(cause)) } }
  }
}

function entered({ prepared }: Program, state: GuestState, exports: Exports, input: GuestTask['input']): Went {
  try {
    const values = enter(exports, prepared, input)
    return { values, cause: state.ending } // a program may have caught it and come to its end nevertheless
  } catch (cause) {
    return { cause }
  }
}

function endOf(exports: Exports, { cause, values }: Went, limits: Limits): End {
  const budget = limits.fuel ?? mostFuel
  const { memoryBytes } = figuresOf(exports, limits)
  const { used: fuel, isOut } = readMeter(exports[meterExport].value as bigint, budget)
  return { memoryBytes, fuel, values, ...ended(cause, isOut, { memoryBytes, limits, budget }) }
}

const figuresOf = (exports: Exports | undefined, { fuel = mostFuel }: Limits) => ({
  memoryBytes: (exports?.['memory'] as WebAssembly.Memory | undefined)?.buffer.byteLength ?? 0,
  fuel: exports ? readMeter(exports[meterExport].value as bigint, fuel).used : 0n,
})
