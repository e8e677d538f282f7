import { WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim'
import { charge, type Growing, type OutputBudget, OutputOverLimit } from './guest-output.ts'
import type { World } from './guest-world.ts'

/** What the calls of one task share. */
export type HostState = {
  readonly budget: OutputBudget
  /** Its clocks and chance. */
  readonly world: World
  /** Streams, descriptors and the like that the component holds. */
  held: number
  /** Set once the task must end: whatever it calls then ends it again. */
  ending: Error | undefined
}

/** The usual limit of open files of Linux, for each a stream in both directions and what waits for them. */
const mostHeld = 4_096
/** What one call reads, or may write: larger is no faster, and each is a copy. */
const mostAtOnce = 1_048_576n

const symbolDispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('dispose')

/** The stream's end, as WASI 0.2 says it. */
const closed = { tag: 'closed' }

export type IoHost = ReturnType<typeof ioHost>
export type Source = { read(length: number): Uint8Array }
export type Sink = { write(bytes: Uint8Array): void }

/** Has each function look first whether the task has ended, and remember what ends it. */
export function guarded<T extends object>(state: HostState, of: T): T {
  for (const name of Object.getOwnPropertyNames(of)) {
    const call = (of as Record<string, unknown>)[name]
    if (name === 'constructor' || typeof call !== 'function' || call.prototype?.constructor === call) continue
    Reflect.set(of, name, function (this: unknown, ...values: unknown[]): unknown {
      if (state.ending) throw state.ending
      try {
        return Reflect.apply(call, this, values)
      } catch (cause) {
        if (cause instanceof OutputOverLimit || cause instanceof WASIProcExit) state.ending = cause
        throw cause
      }
    })
  }
  return of
}

/** `wasi:io` and the base of whatever a component may hold. Classes of one task: nothing of it outlives that. */
export function ioHost(state: HostState) {
  class Resource {
    #isHeld = true

    constructor() {
      if (++state.held > mostHeld) throw new Error(`more than ${mostHeld} streams, descriptors and pollables at a time`)
      Object.defineProperty(this, symbolDispose, { value: () => this.release() })
    }

    release(): void {
      if (this.#isHeld) state.held--
      this.#isHeld = false
    }
  }

  class IoError extends Resource {
    toDebugString(): string {
      return 'the operation failed'
    }
  }

  /** Ready at once unless it waits for a clock. */
  class Pollable extends Resource {
    readonly dueNs: bigint | undefined

    constructor(dueNs?: bigint) {
      super()
      this.dueNs = dueNs
    }

    ready(): boolean {
      return waitNs(this, this.dueNs === undefined ? 0n : nowNs()) === 0n
    }

    block(): void {
      if (this.dueNs !== undefined) state.world.pass(waitNs(this, nowNs()))
    }
  }

  const nowNs = (): bigint => state.world.clockNs(wasi.CLOCKID_MONOTONIC) ?? 0n
  function waitNs({ dueNs = 0n }: Pollable, now: bigint): bigint {
    return dueNs > now ? dueNs - now : 0n
  }

  /** A rented thread that waits would be of use to nobody: the clocks jump to the earliest that is waited for. */
  function poll(all: readonly Pollable[]): Uint32Array {
    if (all.length === 0) throw new Error('nothing to wait for')
    const now = nowNs()
    const waits = all.map((one) => waitNs(one, now))
    const shortest = waits.reduce((least, wait) => (wait < least ? wait : least))
    state.world.pass(shortest)
    return Uint32Array.from(waits.flatMap((wait, index) => (wait === shortest ? [index] : [])))
  }

  class InputStream extends Resource {
    readonly #source: Source

    constructor(source: Source) {
      super()
      this.#source = source
    }

    read(length: bigint): Uint8Array {
      if (length === 0n) return new Uint8Array(0)
      const read = this.#source.read(Number(length < mostAtOnce ? length : mostAtOnce))
      if (read.length === 0) throw closed
      return read
    }

    blockingRead(length: bigint): Uint8Array {
      return this.read(length)
    }

    skip(length: bigint): bigint {
      return BigInt(this.read(length).length)
    }

    blockingSkip(length: bigint): bigint {
      return this.skip(length)
    }

    subscribe(): Pollable {
      return new Pollable()
    }
  }

  class OutputStream extends Resource {
    readonly #sink: Sink

    constructor(sink: Sink) {
      super()
      this.#sink = sink
    }

    checkWrite(): bigint {
      return mostAtOnce
    }

    write(bytes: Uint8Array): void {
      this.#sink.write(bytes)
    }

    blockingWriteAndFlush(bytes: Uint8Array): void {
      this.#sink.write(bytes)
    }

    flush(): void {}

    blockingFlush(): void {}

    subscribe(): Pollable {
      return new Pollable()
    }

    writeZeroes(length: bigint): void {
      if (length > mostAtOnce) throw new Error('more zeros than the stream has taken upon itself')
      this.#sink.write(new Uint8Array(Number(length)))
    }

    blockingWriteZeroesAndFlush(length: bigint): void {
      this.writeZeroes(length)
    }

    splice(from: InputStream, length: bigint): bigint {
      const bytes = from.read(length)
      this.#sink.write(bytes)
      return BigInt(bytes.length)
    }

    blockingSplice(from: InputStream, length: bigint): bigint {
      return this.splice(from, length)
    }
  }

  for (const one of [IoError, Pollable, InputStream, OutputStream]) guarded(state, one.prototype)
  return { Resource, IoError, Pollable, InputStream, OutputStream, poll, nowNs }
}

/** Bytes that are read once, from their beginning to their end. */
export function sourceOf(bytes: Uint8Array): Source {
  let at = 0
  return {
    read(length) {
      const part = bytes.slice(at, at + length)
      at += part.length
      return part
    },
  }
}

/** A stream whose bytes are counted before they are kept. */
export const sinkInto = (into: Growing, budget: OutputBudget): Sink => ({
  write(bytes) {
    charge(budget, bytes.length)
    into.append(bytes)
  },
})
