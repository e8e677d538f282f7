import { WASIProcExit } from '@bjorn3/browser_wasi_shim'
import { type readMeter, stackBytes } from '../../activity/metering/budget.ts'
import { pageBytes, type TaskErrorCode, type TaskLimits, type TaskOutcome } from '../../activity/task.ts'
import { CallNotAllowed } from './guest-entry.ts'
import type { OutputBudget } from './guest-output.ts'
import { OutOfHostUnits } from './guest-units.ts'

export type GuestLimits = Omit<TaskLimits, 'timeoutMs'>

export type Failure = NonNullable<TaskOutcome['error']>

export const failure = (code: TaskErrorCode, message: string): Failure => ({ code, message })

/** Nobody answered the program. */
export class GaveUp extends Error {
  override name = 'GaveUp'
  readonly code: TaskErrorCode
  constructor(code: TaskErrorCode) {
    super('nobody answered')
    this.code = code
  }
}

/** What came of a program, by how it came to its end. */
export function ended(
  cause: unknown,
  isOut: ReturnType<typeof readMeter>['isOut'],
  { memoryBytes, limits, budget }: { memoryBytes: number; limits: GuestLimits; budget: bigint },
): { readonly exitCode: number; readonly error?: Failure } {
  const failed = (code: TaskErrorCode, message: string) => ({ exitCode: -1, error: failure(code, message) })
  if (isOut === 'machine') return failed('memory-not-given', 'the machine has no more memory')
  if (isOut === 'fuel') return failed('out-of-fuel', `more than ${budget} units of fuel`)
  if (cause === undefined) return { exitCode: 0 }
  if (cause instanceof CallNotAllowed) return failed('input-not-allowed', saying(cause))
  if (cause instanceof WASIProcExit) {
    const exitCode = cause.code >>> 0
    return exitCode === 0 ? { exitCode } : { exitCode, error: failure('exited-nonzero', `exit code ${exitCode}`) }
  }
  if (cause instanceof GaveUp) return failed(cause.code, cause.message)
  if (cause instanceof OutOfHostUnits) return failed('out-of-host-units', cause.message)
  if (isOut === 'stack' || isStackOverflow(cause))
    return failed('stack-overflow', `more than ${stackBytes} bytes of stack`)
  const isFull = memoryBytes >= 0.5 * limits.memoryPages * pageBytes // a program that doubles its storage fails at half
  return failed(isFull ? 'memory-over-limit' : 'trapped', saying(cause))
}

/** 200 characters name a trap; a guest's exception may carry more. */
export const saying = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : 'an exception of its own').slice(0, 200)

/** V8 and JavaScriptCore throw a RangeError, SpiderMonkey an InternalError. */
export const isStackOverflow = (cause: unknown): boolean =>
  cause instanceof Error && /call stack|recursion/i.test(cause.message)

/** Files written, or none where naming them passes the limit. */
export function collect(changed: () => Record<string, Uint8Array>, budget: OutputBudget): Record<string, Uint8Array> {
  try {
    return changed()
  } catch (cause) {
    if (budget.over) return {}
    throw cause
  }
}
