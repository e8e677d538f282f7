import { ConsoleStdout, WASI } from '@bjorn3/browser_wasi_shim'
import { budgetOf, meterExport, mostFuel, readMeter } from '../../activity/metering/budget.ts'
import { wasiModule } from '../../activity/module.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import type { TaskInput, TaskOutcome } from '../../activity/task.ts'
import type { ValueText } from '../../activity/value-text.ts'
import { type GuestState, hostCalls } from './guest-calls.ts'
import { collect, ended, type Failure, failure, type GuestLimits, saying } from './guest-end.ts'
import { enter } from './guest-entry.ts'
import { guestTree, inputFile } from './guest-files.ts'
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
  const startedAt = performance.now()
  const budget: OutputBudget = { left: limits.outputBytes, over: false }
  const stdout = new Growing()
  const stderr = new Growing()
  const tree = guestTree(input.files, budget)
  const args = ['program', ...input.args]
  const env = Object.entries(input.env).map(([name, value]) => `${name}=${value}`)
  const fds = [inputFile(input.stdin), stream(stdout, budget), stream(stderr, budget), tree.root]
  const wasi = new WASI(args, env, fds, { debug: false }) // undefined would print every call
  const state: GuestState = { wasi, args, aheadNs: 0n, ending: undefined }

  const end = execute(program, state, input, limits)
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
    },
    ...(error ? { error } : {}),
  }
}

type End = {
  readonly exitCode: number
  readonly memoryBytes: number
  readonly fuel: bigint
  readonly values?: readonly ValueText[] | undefined
  readonly error?: Failure
}

function execute(
  { module, imports, prepared }: Program,
  state: GuestState,
  input: TaskInput,
  limits: GuestLimits,
): End {
  const budget = limits.fuel ?? mostFuel
  let exports: WebAssembly.Exports
  let meter: WebAssembly.Global
  try {
    const instance = new WebAssembly.Instance(module, { [wasiModule]: hostCalls(state, imports) })
    state.wasi.inst = instance as unknown as typeof state.wasi.inst
    exports = instance.exports
    meter = exports[meterExport] as WebAssembly.Global
    meter.value = budgetOf(prepared, budget)
  } catch (cause) {
    return { exitCode: -1, memoryBytes: 0, fuel: 0n, error: failure('start-failed', saying(cause)) }
  }
  let cause: unknown
  let values: readonly ValueText[] | undefined
  try {
    values = enter(exports, prepared, input)
    cause = state.ending // a program may have caught it and come to its end nevertheless
  } catch (thrown) {
    cause = thrown
  }
  const memoryBytes = (exports['memory'] as WebAssembly.Memory | undefined)?.buffer.byteLength ?? 0
  const { used: fuel, isOut } = readMeter(meter.value as bigint, budget)
  return { memoryBytes, fuel, values, ...ended(cause, isOut, { memoryBytes, limits, budget }) }
}

const stream = (into: Growing, budget: OutputBudget): ConsoleStdout =>
  new ConsoleStdout((bytes) => {
    charge(budget, bytes.length)
    into.append(bytes)
  })
