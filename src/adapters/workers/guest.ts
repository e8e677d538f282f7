import { ConsoleStdout, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim'
import type { OutputStream } from '../../activity/live.ts'
import { budgetOf, meterExport, mostFuel, readMeter, stackBytes, startExport } from '../../activity/metering/budget.ts'
import { wasiModule } from '../../activity/module.ts'
import type { PreparedModule } from '../../activity/prepare.ts'
import { pageBytes, type TaskErrorCode, type TaskInput, type TaskOutcome } from '../../activity/task.ts'
import { type GuestState, type HostCalls, hostCalls, isStackOverflow } from './guest-calls.ts'
import { guestTree, inputFile } from './guest-files.ts'
import { createTalk, GaveUp, type GuestTalk, type LiveLine, pausingCalls, suspension } from './guest-live.ts'
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
  const run = begin(input, limits)
  return run.outcome(execute(program, run.state, hostCalls(run.state, program.imports), limits))
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
  let guest: Guest | undefined
  const figures = () => ({ memoryBytes: guest?.memory.buffer.byteLength ?? 0, fuel: fuelOf(guest, limits) })
  const talk = createTalk(line, input.stdin, figures)
  hears(talk)
  const run = begin(input, limits, talk)
  const plain = hostCalls(run.state, program.imports)
  const calls = line.kind === 'terminal' ? pausingCalls(run.state, plain, talk) : plain
  const opened = instantiate(program, run.state, calls, limits)
  if (isEnd(opened)) return run.outcome(opened)
  guest = opened
  if (line.kind === 'output' || talk.mayBlock || !suspension)
    return run.outcome(ending(guest, { cause: started(program, run.state, guest), limits }))
  const { promising } = suspension
  const start = async (): Promise<unknown> => {
    try {
      if (program.prepared.hasStart) await promising(opened[startExport]!)()
      await promising(opened['_start']!)()
      return run.state.ending
    } catch (thrown) {
      return thrown
    }
  }
  return start().then((cause) => run.outcome(ending(opened, { cause, limits })))
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

type Failure = NonNullable<TaskOutcome['error']>
type End = {
  readonly exitCode: number
  readonly memoryBytes: number
  readonly fuel: bigint
  readonly error?: Failure
}

const failure = (code: TaskErrorCode, message: string): Failure => ({ code, message })

type Guest = Record<string, () => void> & {
  readonly memory: WebAssembly.Memory
  readonly [meterExport]: WebAssembly.Global
}

function execute(program: Program, state: GuestState, calls: HostCalls, limits: GuestLimits): End {
  const guest = instantiate(program, state, calls, limits)
  if (isEnd(guest)) return guest
  return ending(guest, { cause: started(program, state, guest), limits })
}

/** A program's exports have no such name: the meter owns the ones it adds, and `fuel` of an end is never a function. */
const isEnd = (one: Guest | End): one is End => typeof one.fuel === 'bigint'

function instantiate(program: Program, state: GuestState, calls: HostCalls, limits: GuestLimits): Guest | End {
  try {
    const instance = new WebAssembly.Instance(program.module, { [wasiModule]: calls })
    state.wasi.inst = instance as unknown as typeof state.wasi.inst
    const guest = instance.exports as unknown as Guest
    guest[meterExport].value = budgetOf(program.prepared, limits.fuel ?? mostFuel)
    return guest
  } catch (cause) {
    return { exitCode: -1, memoryBytes: 0, fuel: 0n, error: failure('start-failed', saying(cause)) }
  }
}

/** @returns what ended it, if it did not come to its end by itself */
function started({ prepared }: Program, state: GuestState, guest: Guest): unknown {
  try {
    if (prepared.hasStart) guest[startExport]?.()
    guest['_start']?.()
    return state.ending // a program may have caught it and come to its end nevertheless
  } catch (thrown) {
    return thrown
  }
}

function ending(guest: Guest, { cause, limits }: { cause: unknown; limits: GuestLimits }): End {
  const budget = limits.fuel ?? mostFuel
  const memoryBytes = guest.memory.buffer.byteLength
  const { used: fuel, isOut } = readMeter(guest[meterExport].value as bigint, budget)
  return { memoryBytes, fuel, ...ended(cause, isOut, { memoryBytes, limits, budget }) }
}

function fuelOf(guest: Guest | undefined, { fuel = mostFuel }: GuestLimits): bigint {
  return guest ? readMeter(guest[meterExport].value as bigint, fuel).used : 0n
}

function ended(
  cause: unknown,
  isOut: 'fuel' | 'stack' | undefined,
  { memoryBytes, limits, budget }: { memoryBytes: number; limits: GuestLimits; budget: bigint },
): Pick<End, 'exitCode' | 'error'> {
  const failed = (code: TaskErrorCode, message: string) => ({ exitCode: -1, error: failure(code, message) })
  if (isOut === 'fuel') return failed('out-of-fuel', `more than ${budget} units of fuel`)
  if (cause === undefined) return { exitCode: 0 }
  if (cause instanceof WASIProcExit) {
    const exitCode = cause.code >>> 0
    return exitCode === 0 ? { exitCode } : { exitCode, error: failure('exited-nonzero', `exit code ${exitCode}`) }
  }
  if (cause instanceof GaveUp) return failed(cause.code, cause.message)
  if (isOut === 'stack' || isStackOverflow(cause))
    return failed('stack-overflow', `more than ${stackBytes} bytes of stack`)
  const isFull = memoryBytes >= 0.5 * limits.memoryPages * pageBytes // a program that doubles its storage fails at half
  return failed(isFull ? 'memory-over-limit' : 'trapped', saying(cause))
}

/** 200 characters name a trap; a guest's exception may carry more. */
const saying = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : 'an exception of its own').slice(0, 200)

const stream = (into: Growing, budget: OutputBudget, listen?: (bytes: Uint8Array) => void): ConsoleStdout =>
  new ConsoleStdout((bytes) => {
    charge(budget, bytes.length)
    into.append(bytes)
    listen?.(bytes)
  })

function collect(changed: () => Record<string, Uint8Array>, budget: OutputBudget): Record<string, Uint8Array> {
  try {
    return changed()
  } catch (cause) {
    if (budget.over) return {}
    throw cause
  }
}
