import type { OutputStream, TerminalView, TypeCode } from '../activity/live.ts'
import type { Result } from '../kernel/result.ts'

/** A running program that is heard while it runs and, where its job is interactive, typed into. */
export type Terminal = {
  /**
   * Gives it input. Resolves when that is stored, so that a reload loses none. Refused with `not-interactive`, `terminal-over`,
   * `input-ended`, `input-too-long` (beyond 1 MiB in all), `no-such-task` or `disk-full`.
   */
  write(input: Uint8Array | string): Promise<Result<void, TypeCode | 'not-interactive'>>
  /** No more input comes: the program reads the end of it. Resolves when that is stored. */
  end(): Promise<Result<void, TypeCode | 'not-interactive'>>
  /** From the first byte, then as it comes; ends with the task. A program that is begun again, elsewhere, is heard from its first byte. */
  readonly output: AsyncIterable<{ readonly stream: OutputStream; readonly bytes: Uint8Array }>
  /** It stands still until somebody types. */
  readonly isAwaitingInput: boolean
  /** Of a task that ended before this tab was opened: reads what it wrote from its result, so that `view` has it. `output` does so itself. */
  recall(): Promise<void>
  /** All that was written and typed; undefined before the first word of either. */
  view(): TerminalView | undefined
}

/** Sums over a job's activities; memory is the highest of any. Of a task that runs alone only the time is known before its end. */
export type UsageView = {
  readonly durationMs: number
  /** Without the time in which a program stood still. */
  readonly cpuMs: number
  readonly memoryBytes: number
  readonly storageBytes: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly fuel: bigint
  readonly hostUnits: bigint
  /** Further counters of the providers' runtimes, by name. */
  readonly counters: Readonly<Record<string, bigint>>
}
