import type { PreparedComponent } from '../../activity/component-prepare.ts'
import type { FromWorker, Kit, KitName, ToWorker } from '../../activity/worker-messages.ts'

/** Components as workers run them, from an earlier visit. Neither call rejects. */
export type PreparedPrograms = {
  read(key: string): Promise<PreparedComponent | undefined>
  write(key: string, program: PreparedComponent): Promise<void>
}

/** Where workers come from: what the pool needs of a browser or of Node. */
export type WorkerHost = {
  readonly cores: number
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** Calls once after so many milliseconds; gives the function that prevents it. */
  after(durationMs: number, then: () => void): () => void
  /** Starts a worker. What is said before it is ready waits for it. */
  open(events: WorkerEvents): WorkerHandle
  /** Loads what workers need for components. A host without it runs none. */
  readonly kit?: ((name: KitName) => Promise<Kit>) | undefined
  /** Keeps components that were prepared, where there is a place for them. */
  readonly prepared?: PreparedPrograms | undefined
  /** Ends what all workers shared; they have ended before. */
  close(): Promise<void>
}

export type WorkerEvents = {
  message(message: FromWorker): void
  /** It ended by itself or could not start; not called after `end`. */
  lost(reason: string): void
}

export type WorkerHandle = {
  say(message: ToWorker, moved: ArrayBuffer[]): void
  /** Ends it whatever it does. Resolves once that is known, or as well as known. */
  end(): Promise<void>
}
