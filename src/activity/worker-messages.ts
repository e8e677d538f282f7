import type { Refusal } from '../kernel/result.ts'
import type { ComponentCode } from './component.ts'
import type { LiveKind, ProgramWord, WordToProgram } from './live.ts'
import type { CoreKind } from './module.ts'
import type { Answer, Ask } from './outside.ts'
import type { PrepareCode, PreparedProgram, PrepareOptions } from './prepare.ts'
import type { RuntimeKind } from './runtime-kind.ts'
import type { Content, PlacedInput, TaskLimits, TaskOutcome } from './task.ts'

/**
 * What page and worker say over the port between them. A worker answers runs in the order in which they came,
 * each as soon as it is done, so that the page always knows which one is running.
 */
export type ToWorker =
  | { readonly kind: 'kit'; readonly kit: Kit }
  /** A module as it came: to be inspected, limited and metered, for every worker. */
  | ({
      readonly kind: 'prepare'
      readonly key: string
      readonly runtime: RuntimeKind
      /** All of them, or what is behind those that came before. */
      readonly bytes: Uint8Array
      readonly arriving?: number | undefined
    } & WithContents &
      PrepareOptions)
  /** The next bytes of a core module that is on its way, by a number for it: to be read as far as they go. */
  | ({
      readonly kind: 'arriving'
      readonly id: number
      readonly runtime: CoreKind
      readonly sizeBytes: number
      readonly bytes: Uint8Array
    } & PrepareOptions)
  /** It will not come. */
  | { readonly kind: 'notArriving'; readonly id: number }
  /** One that a worker has prepared. */
  | ({ readonly kind: 'module'; readonly key: string; readonly module: PreparedProgram } & WithContents)
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'run'; readonly runs: readonly WorkerRun[] }
  /** Not to be begun, if that has not happened yet. */
  | { readonly kind: 'cancel'; readonly id: number }
  /** To the program that is running, if it is this one. */
  | { readonly kind: 'tell'; readonly id: number; readonly word: WordToProgram }
  /** To the same, what it asked for. */
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }

/**
 * What a worker is given once the first component comes, as scripts of their own: most visits never need them. The host is for whoever
 * runs one, the generator for whoever prepares one for all.
 */
export type KitName = 'component-host' | 'component-generator'
export type Kit = {
  readonly name: KitName
  readonly script: string
  /** Of the host: what a component that was prepared depends on beside itself, generator and meter in one word. */
  readonly version?: string
  /** The core modules that the script is made of beside itself. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[]
}
type WithContents = { readonly contents?: readonly Content[] | undefined }

export type WorkerRun = {
  readonly id: number
  readonly key: string
  readonly input: PlacedInput
  readonly limits: TaskLimits
  readonly live?: LiveKind | undefined
  readonly mayAsk?: boolean | undefined
}

export type FromWorker =
  | { readonly kind: 'ready' }
  /** As far as its bytes had come. */
  | { readonly kind: 'read'; readonly id: number }
  | { readonly kind: 'prepared'; readonly key: string; readonly module: PreparedProgram }
  | { readonly kind: 'compiled'; readonly key: string }
  | { readonly kind: 'refused'; readonly key: string; readonly refusal: Refusal<ComponentCode | PrepareCode> }
  | { readonly kind: 'cancelled'; readonly id: number }
  | { readonly kind: 'said'; readonly id: number; readonly word: ProgramWord }
  /** A program stands still until this is answered. */
  | { readonly kind: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly kind: 'progress'; readonly id: number; readonly permille: number }
  | { readonly kind: 'done'; readonly id: number; readonly outcome: TaskOutcome }
