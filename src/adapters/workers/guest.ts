import { ConsoleStdout, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim'
import { wasiModule } from '../../activity/module.ts'
import { pageBytes, type TaskErrorCode, type TaskInput, type TaskOutcome } from '../../activity/task.ts'
import { type GuestState, type HostCalls, hostCalls, isStackOverflow } from './guest-calls.ts'
import { guestTree, inputFile } from './guest-files.ts'
import { charge, Growing, type OutputBudget } from './guest-output.ts'

/** A compiled module with what every task needs to know of it. */
export type Program = { readonly module: WebAssembly.Module; readonly imports: readonly string[] }

export type GuestLimits = { readonly memoryPages: number; readonly outputBytes: number }

/** @throws WebAssembly.CompileError where the engine does not accept the module */
export function compile(bytes: Uint8Array): Program {
  const module = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
  return { module, imports: WebAssembly.Module.imports(module).map(({ name }) => name) }
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

  const end = execute(program, state, hostCalls(state, program.imports), limits)
  const files = end.exitCode >= 0 ? collect(tree.changed, budget) : {}
  const over = budget.over ? failure('output-over-limit', `more than ${limits.outputBytes} bytes written`) : undefined
  const error = over ?? end.error
  return {
    status: error ? 'failed' : 'ok',
    exitCode: over ? -1 : end.exitCode,
    stdout: stdout.exact(),
    stderr: stderr.exact(),
    files,
    usage: { durationUs: Math.round((performance.now() - startedAt) * 1000), memoryBytes: end.memoryBytes },
    ...(error ? { error } : {}),
  }
}

type Failure = NonNullable<TaskOutcome['error']>
type End = { readonly exitCode: number; readonly memoryBytes: number; readonly error?: Failure }

const failure = (code: TaskErrorCode, message: string): Failure => ({ code, message })

function execute(program: Program, state: GuestState, calls: HostCalls, limits: GuestLimits): End {
  let memory: WebAssembly.Memory
  try {
    const instance = new WebAssembly.Instance(program.module, { [wasiModule]: calls })
    state.wasi.inst = instance as unknown as typeof state.wasi.inst
    memory = state.wasi.inst.exports.memory
  } catch (cause) {
    return { exitCode: -1, memoryBytes: 0, error: failure('start-failed', saying(cause)) }
  }
  try {
    const { _start } = state.wasi.inst.exports as unknown as { _start: () => void }
    _start()
    if (state.ending) throw state.ending // the program caught it and came to its end nevertheless
    return { exitCode: 0, memoryBytes: memory.buffer.byteLength }
  } catch (cause) {
    return ended(cause, memory.buffer.byteLength, limits)
  }
}

function ended(cause: unknown, memoryBytes: number, limits: GuestLimits): End {
  if (cause instanceof WASIProcExit) {
    const exitCode = cause.code >>> 0
    return exitCode === 0
      ? { exitCode, memoryBytes }
      : { exitCode, memoryBytes, error: failure('exited-nonzero', `exit code ${exitCode}`) }
  }
  const isFull = memoryBytes >= 0.5 * limits.memoryPages * pageBytes // a program that doubles its storage fails at half
  const code = isFull && !isStackOverflow(cause) ? 'memory-over-limit' : 'trapped'
  return { exitCode: -1, memoryBytes, error: failure(code, saying(cause)) }
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
