import { ConsoleStdout, WASI } from '@bjorn3/browser_wasi_shim'
import type { OutputStream } from '../../activity/live.ts'
import { budgetOf, meterExport, mostFuel, readMeter, startExport } from '../../activity/metering/budget.ts'
import { wasiModule } from '../../activity/module.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import type { TaskInput, TaskOutcome } from '../../activity/task.ts'
import type { ValueText } from '../../activity/value-text.ts'
import { type GuestState, type HostCalls, hostCalls } from './guest-calls.ts'
import { collect, ended, type Failure, failure, type GuestLimits, saying } from './guest-end.ts'
import { enter } from './guest-entry.ts'
import { guestTree, inputFile } from './guest-files.ts'
import { createTalk, type GuestTalk, type LiveLine, pausingCalls, suspension } from './guest-live.ts'
import { charge, Growing, type OutputBudget } from './guest-output.ts'

/** A compiled module with what every task needs to know of it. */
export type Program = {
  readonly module: WebAssembly.Module
  readonly imports: readonly string[]
  readonly prepared: Omit<PreparedModule, 'bytes'>
}

/** @throws WebAssembly.CompileError where the engine does not accept the module */
export function compile({ bytes, ...prepared }: PreparedModule): Program {
  const module = new WebAssembly.Module(bytes)
  return { module, imports: WebAssembly.Module.imports(module).map(({ name }) => name), prepared }
}

/**
 * Runs one task in a fresh instance, to its end: for a thread that nobody else needs, and that another may terminate.
 * Output is counted while it is written. Never throws.
 */
export function runTask(program: Program, input: TaskInput, limits: GuestLimits): TaskOutcome {
  const { state, outcome } = begin(input, limits)
  return outcome(execute(program, { state, calls: hostCalls(state, program.imports), input, limits }))
}

/**
 * The same for a program that somebody listens to. Gives a promise where the program stands still without its thread.
 * @param line what speaks to whoever listens @param hears given what speaks to the program
 */
export function runLive(
  program: Program,
  input: TaskInput,
  limits: GuestLimits,
  { line, hears }: { line: LiveLine; hears(talk: GuestTalk): void },
): TaskOutcome | Promise<TaskOutcome> {
  let exports: Exports | undefined
  const talk = createTalk(line, input.stdin, () => figuresOf(exports, limits))
  hears(talk)
  const { state, outcome } = begin(input, limits, talk)
  const plain = hostCalls(state, program.imports)
  const isHeld = line.kind === 'terminal' && program.prepared.runtime === 'wasi-p1'
  const opened = open(program, state, isHeld ? pausingCalls(state, plain, talk) : plain, limits)
  if ('failed' in opened) return outcome(opened.failed)
  const guest = opened.exports
  exports = guest
  if (!isHeld || talk.mayBlock || !suspension)
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

/** What a run has of its own, and what becomes of it in the end. */
function begin(input: TaskInput, limits: GuestLimits, talk?: GuestTalk) {
  const startedAt = performance.now()
  const budget: OutputBudget = { left: limits.outputBytes, over: false }
  const stdout = new Growing()
  const stderr = new Growing()
  const tree = guestTree(input.files, budget)
  const args = ['program', ...input.args]
  const env = Object.entries(input.env).map(([name, value]) => `${name}=${value}`)
  const out = (name: OutputStream, into: Growing) => stream(into, budget, talk && ((bytes) => talk.wrote(name, bytes)))
  const fds = [talk?.input ?? inputFile(input.stdin), out('stdout', stdout), out('stderr', stderr), tree.root]
  const wasi = new WASI(args, env, fds, { debug: false }) // undefined would print every call
  const state: GuestState = { wasi, args, aheadNs: 0n, ending: undefined }
  const outcome = (end: End): TaskOutcome => {
    talk?.flush()
    const files = end.exitCode >= 0 ? collect(tree.changed, budget) : {}
    const over = budget.over ? failure('output-over-limit', `more than ${limits.outputBytes} bytes written`) : undefined
    const error = over ?? end.error
    return {
      status: error ? 'failed' : 'ok',
      exitCode: over ? -1 : end.exitCode,
      stdout: stdout.exact(),
      stderr: stderr.exact(),
      files,
      ...(end.values && !error && { values: end.values }),
      usage: {
        durationUs: Math.round((performance.now() - startedAt) * 1000),
        memoryBytes: end.memoryBytes,
        fuel: end.fuel,
        ...(talk && { waitedUs: talk.waitedUs() }),
      },
      ...(talk?.kind === 'terminal' && { readBytes: talk.input.readBytes }),
      ...(error ? { error } : {}),
    }
  }
  return { state, outcome }
}

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

function execute(
  program: Program,
  { state, calls, input, limits }: { state: GuestState; calls: HostCalls; input: TaskInput; limits: GuestLimits },
): End {
  const opened = open(program, state, calls, limits)
  return 'failed' in opened
    ? opened.failed
    : endOf(opened.exports, entered(program, state, opened.exports, input), limits)
}

function open({ module, prepared }: Program, state: GuestState, calls: HostCalls, limits: GuestLimits): Opened {
  try {
    const instance = new WebAssembly.Instance(module, { [wasiModule]: calls })
    state.wasi.inst = instance as unknown as typeof state.wasi.inst
    const exports = instance.exports as Exports
    exports[meterExport].value = budgetOf(prepared, limits.fuel ?? mostFuel)
    return { exports }
  } catch (cause) {
    return { failed: { exitCode: -1, memoryBytes: 0, fuel: 0n, error: failure('start-failed', saying(cause)) } }
  }
}

function entered({ prepared }: Program, state: GuestState, exports: Exports, input: TaskInput): Went {
  try {
    const values = enter(exports, prepared, input)
    return { values, cause: state.ending } // a program may have caught it and come to its end nevertheless
  } catch (cause) {
    return { cause }
  }
}

function endOf(exports: Exports, { cause, values }: Went, limits: GuestLimits): End {
  const budget = limits.fuel ?? mostFuel
  const { memoryBytes } = figuresOf(exports, limits)
  const { used: fuel, isOut } = readMeter(exports[meterExport].value as bigint, budget)
  return { memoryBytes, fuel, values, ...ended(cause, isOut, { memoryBytes, limits, budget }) }
}

const figuresOf = (exports: Exports | undefined, { fuel = mostFuel }: GuestLimits) => ({
  memoryBytes: (exports?.['memory'] as WebAssembly.Memory | undefined)?.buffer.byteLength ?? 0,
  fuel: exports ? readMeter(exports[meterExport].value as bigint, fuel).used : 0n,
})

const stream = (into: Growing, budget: OutputBudget, listen?: (bytes: Uint8Array) => void): ConsoleStdout =>
  new ConsoleStdout((bytes) => {
    charge(budget, bytes.length)
    into.append(bytes)
    listen?.(bytes)
  })
