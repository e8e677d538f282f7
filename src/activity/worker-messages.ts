import type { Refusal } from '../kernel/result.ts'
import type { MeterCode } from './metering/meter.ts'
import type { ModuleCode } from './module.ts'
import type { PreparedModule } from './prepare.ts'
import type { RuntimeKind } from './runtime-kind.ts'
import type { TaskInput, TaskOutcome } from './task.ts'

/**
 * What page and worker say over the port between them. A worker answers runs in the order in which they came,
 * each as soon as it is done, so that the page always knows which one is running.
 */
export type ToWorker =
  /** A module as it came: to be inspected, limited and metered, for every worker. */
  | {
      readonly kind: 'prepare'
      readonly key: string
      readonly runtime: RuntimeKind
      readonly bytes: Uint8Array
      readonly memoryPages: number
    }
  /** One that a worker has prepared. */
  | { readonly kind: 'module'; readonly key: string; readonly module: PreparedModule }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'run'; readonly runs: readonly WorkerRun[] }
  /** Not to be begun, if that has not happened yet. */
  | { readonly kind: 'cancel'; readonly id: number }

export type WorkerRun = {
  readonly id: number
  readonly key: string
  readonly input: TaskInput
  readonly memoryPages: number
  readonly outputBytes: number
  readonly fuel: bigint | undefined
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'prepared'; readonly key: string; readonly module: PreparedModule }
  | { readonly kind: 'compiled'; readonly key: string }
  | { readonly kind: 'refused'; readonly key: string; readonly refusal: Refusal<ModuleCode | MeterCode> }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: TaskOutcome }
