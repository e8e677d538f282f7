import type { Refusal } from '../kernel/result.ts'
import type { LiveKind, ProgramWord, WordToProgram } from './live.ts'
import type { PrepareCode, PreparedModule, PrepareOptions } from './prepare.ts'
import type { RuntimeKind } from './runtime-kind.ts'
import type { Content, PlacedInput, TaskLimits, TaskOutcome } from './task.ts'

/**
 * What page and worker say over the port between them. A worker answers runs in the order in which they came,
 * each as soon as it is done, so that the page always knows which one is running.
 */
export type ToWorker =
  /** A module as it came: to be inspected, limited and metered, for every worker. */
  | ({
      readonly kind: 'prepare'
      readonly key: string
      readonly runtime: RuntimeKind
      readonly bytes: Uint8Array
    } & WithContents &
      PrepareOptions)
  /** One that a worker has prepared. */
  | ({ readonly kind: 'module'; readonly key: string; readonly module: PreparedModule } & WithContents)
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'run'; readonly runs: readonly WorkerRun[] }
  /** Not to be begun, if that has not happened yet. */
  | { readonly kind: 'cancel'; readonly id: number }
  /** To the program that is running, if it is this one. */
  | { readonly kind: 'tell'; readonly id: number; readonly word: WordToProgram }

type WithContents = { readonly contents?: readonly Content[] | undefined }

export type WorkerRun = {
  readonly id: number
  readonly key: string
  readonly input: PlacedInput
  readonly limits: TaskLimits
  readonly live?: LiveKind | undefined
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'prepared'; readonly key: string; readonly module: PreparedModule }
  | { readonly kind: 'compiled'; readonly key: string }
  | { readonly kind: 'refused'; readonly key: string; readonly refusal: Refusal<PrepareCode> }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'said'; readonly id: number; readonly word: ProgramWord }
  | { readonly kind: 'progress'; readonly id: number; readonly permille: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: TaskOutcome }
