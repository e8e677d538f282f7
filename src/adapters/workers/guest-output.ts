/** What a task may still put out: one budget for both streams and all files. */
export type OutputBudget = { left: number; over: boolean }

/** What ends a task from within one of its calls. */
export class GuestEnding extends Error {}

/** Ends a task in the middle of the write that would pass its limit. */
export class OutputOverLimit extends GuestEnding {
  override name = 'OutputOverLimit'
}

/** Takes bytes from the budget before they are kept, or throws OutputOverLimit and remembers that it did. */
export function charge(budget: OutputBudget, bytes: number): void {
  if (bytes > budget.left) {
    budget.over = true
    throw new OutputOverLimit(`output over the limit: ${budget.left} bytes left, ${bytes} more wanted`)
  }
  budget.left -= bytes
}

/** Bytes that grow at their end without being copied each time: room doubles. */
export class Growing {
  #room: Uint8Array<ArrayBuffer>
  #length: number

  /** @param bytes kept and written into, not copied */
  constructor(bytes: Uint8Array<ArrayBuffer> = nothing) {
    this.#room = bytes
    this.#length = bytes.length
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#room.subarray(0, this.#length)
  }

  get length(): number {
    return this.#length
  }

  /** Cuts, or fills with zeros. */
  resize(length: number): void {
    if (length > this.#room.length) {
      const larger = new Uint8Array(Math.max(length, Math.min(2 * this.#room.length, mostRoom), 1024))
      larger.set(this.bytes)
      this.#room = larger
    } else if (length > this.#length) {
      this.#room.fill(0, this.#length, length)
    }
    this.#length = length
  }

  write(bytes: Uint8Array, at: number): void {
    if (at + bytes.length > this.#length) this.resize(at + bytes.length)
    this.#room.set(bytes, at)
  }

  append(bytes: Uint8Array): void {
    this.write(bytes, this.#length)
  }

  /** A buffer of exactly these bytes, which may be moved to another thread. */
  exact(): Uint8Array<ArrayBuffer> {
    return this.#length === this.#room.buffer.byteLength ? this.#room : this.bytes.slice()
  }
}

const nothing = new Uint8Array(0)
/** Doubling stops at 256 MiB: beyond it a file grows by what is asked for. */
const mostRoom = 256 * 1024 * 1024
