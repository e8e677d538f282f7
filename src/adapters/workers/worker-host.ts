import type { FromWorker, Kit, KitName, ToWorker } from '../../activity/worker-messages.ts'

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
