import { ConsoleStdout, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim'
import { budgetOf, meterExport, mostFuel, readMeter, stackBytes } from '../../activity/metering/budget.ts'
import { wasiModule } from '../../activity/module.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import { pageBytes, type TaskErrorCode, type TaskInput, type TaskOutcome } from '../../activity/task.ts'
import type { ValueText } from '../../activity/value-text.ts'
import { type GuestState, hostCalls, isStackOverflow } from './guest-calls.ts'
import { CallNotAllowed, enter } from './guest-entry.ts'
import { guestTree, inputFile } from './guest-files.ts'
import { charge, Growing, type OutputBudget } from './guest-output.ts'

/** A compiled module with what every task needs to know of it. */
export type Program = {
  readonly module: WebAssembly.Module
  readonly imports: readonly string[]
  readonly prepared: Omit<PreparedModule, 'bytes'>
}

export type GuestLimits = {
  readonly memoryPages: number
  readonly outputBytes: number
  readonly fuel?: bigint | undefined
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

type Failure = NonNullable<TaskOutcome['error']>
type End = {
  readonly exitCode: number
  readonly memoryBytes: number
  readonly fuel: bigint
  readonly values?: readonly ValueText[] | undefined
  readonly error?: Failure
}

const failure = (code: TaskErrorCode, message: string): Failure => ({ code, message })

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

function ended(
  cause: unknown,
  isOut: 'fuel' | 'stack' | undefined,
  { memoryBytes, limits, budget }: { memoryBytes: number; limits: GuestLimits; budget: bigint },
): Pick<End, 'exitCode' | 'error'> {
  const failed = (code: TaskErrorCode, message: string) => ({ exitCode: -1, error: failure(code, message) })
  if (isOut === 'fuel') return failed('out-of-fuel', `more than ${budget} units of fuel`)
  if (cause === undefined) return { exitCode: 0 }
  if (cause instanceof CallNotAllowed) return failed('input-not-allowed', saying(cause))
  if (cause instanceof WASIProcExit) {
    const exitCode = cause.code >>> 0
    return exitCode === 0 ? { exitCode } : { exitCode, error: failure('exited-nonzero', `exit code ${exitCode}`) }
  }
  if (isOut === 'stack' || isStackOverflow(cause))
    return failed('stack-overflow', `more than ${stackBytes} bytes of stack`)
  const isFull = memoryBytes >= 0.5 * limits.memoryPages * pageBytes // a program that doubles its storage fails at half
  return failed(isFull ? 'memory-over-limit' : 'trapped', saying(cause))
}

/** 200 characters name a trap; a guest's exception may carry more. */
const saying = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : 'an exception of its own').slice(0, 200)

const stream = (into: Growing, budget: OutputBudget): ConsoleStdout =>
  new ConsoleStdout((bytes) => {
    charge(budget, bytes.length)
    into.append(bytes)
  })

function collect(changed: () => Record<string, Uint8Array>, budget: OutputBudget): Record<string, Uint8Array> {
  try {
    return changed()
  } catch (cause) {
    if (budget.over) return {}
    throw cause
  }
}
