import { WASIProcExit } from '@bjorn3/browser_wasi_shim'
import { budgetOf, meterExport, mostFuel, readMeter, stackBytes } from '../../activity/metering/budget.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import { pageBytes, type TaskErrorCode, type TaskOutcome } from '../../activity/task.ts'
import type { ValueText } from '../../activity/value-text.ts'
import { type HostImport, hostCalls, isStackOverflow } from './guest-calls.ts'
import { CallNotAllowed, enter } from './guest-entry.ts'
import type { OutputBudget } from './guest-output.ts'
import { type GuestHost, type GuestState, type GuestTask, newHost } from './guest-state.ts'
import { OutOfHostUnits } from './guest-units.ts'

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
  const end = execute(program, host.state, task)
  return outcomeOf(host, end, { limits: task.limits, startedAt })
}

function outcomeOf(
  { state, budget, stdout, stderr, tree }: GuestHost,
  end: End,
  { limits, startedAt }: { limits: GuestTask['limits']; startedAt: number },
): TaskOutcome {
  const { remarks, units } = state
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

function execute({ module, imports, prepared }: Program, state: GuestState, { input, limits }: GuestTask): End {
  const budget = limits.fuel ?? mostFuel
  let exports: WebAssembly.Exports
  let meter: WebAssembly.Global
  try {
    const instance = new WebAssembly.Instance(module, hostCalls(state, imports))
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
  isOut: ReturnType<typeof readMeter>['isOut'],
  { memoryBytes, limits, budget }: { memoryBytes: number; limits: GuestTask['limits']; budget: bigint },
): Pick<End, 'exitCode' | 'error'> {
  const failed = (code: TaskErrorCode, message: string) => ({ exitCode: -1, error: failure(code, message) })
  if (isOut === 'machine') return failed('memory-not-given', 'the machine has no more memory')
  if (isOut === 'fuel') return failed('out-of-fuel', `more than ${budget} units of fuel`)
  if (cause === undefined) return { exitCode: 0 }
  if (cause instanceof CallNotAllowed) return failed('input-not-allowed', saying(cause))
  if (cause instanceof WASIProcExit) {
    const exitCode = cause.code >>> 0
    return exitCode === 0 ? { exitCode } : { exitCode, error: failure('exited-nonzero', `exit code ${exitCode}`) }
  }
  if (cause instanceof OutOfHostUnits) return failed('out-of-host-units', cause.message)
  if (isOut === 'stack' || isStackOverflow(cause))
    return failed('stack-overflow', `more than ${stackBytes} bytes of stack`)
  const isFull = memoryBytes >= 0.5 * limits.memoryPages * pageBytes // a program that doubles its storage fails at half
  return failed(isFull ? 'memory-over-limit' : 'trapped', saying(cause))
}

/** 200 characters name a trap; a guest's exception may carry more. */
const saying = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : 'an exception of its own').slice(0, 200)

function collect(changed: () => Record<string, Uint8Array>, budget: OutputBudget): Record<string, Uint8Array> {
  try {
    return changed()
  } catch (cause) {
    if (budget.over) return {}
    throw cause
  }
}
