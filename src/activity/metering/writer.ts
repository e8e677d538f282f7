/** Bytes of a WebAssembly binary as they are written. */
export type Writer = {
  byte(value: number): void
  /** Each at most 255. */
  bytes(values: readonly number[]): void
  /** A part of another binary, as it is. */
  copy(from: Uint8Array, start: number, end: number): void
  /** Unsigned LEB128. */
  u32(value: number): void
  /** Signed LEB128 of a whole number below 2^53. */
  signed(value: number): void
  /** What was written since, behind its length in five bytes: to be written behind it nothing has to be moved. */
  sized(write: () => void): void
  /** All that was written. */
  done(): Uint8Array<ArrayBuffer>
}

/** @param sizeBytes what it will be, about */
export function newWriter(sizeBytes: number): Writer {
  let buffer = new Uint8Array(Math.max(64, sizeBytes))
  let at = 0

  function room(count: number): void {
    if (at + count <= buffer.length) return
    const larger = new Uint8Array(Math.max(at + count, buffer.length * 2))
    larger.set(buffer.subarray(0, at))
    buffer = larger
  }
  const writer: Writer = {
    byte(value) {
      room(1)
      buffer[at++] = value
    },
    bytes(values) {
      room(values.length)
      for (let i = 0; i < values.length; i++) buffer[at++] = values[i]!
    },
    copy(from, start, end) {
      room(end - start)
      buffer.set(from.subarray(start, end), at)
      at += end - start
    },
    u32(value) {
      room(5)
      let rest = value
      while (rest >= 128) {
        buffer[at++] = (rest % 128) + 128
        rest = Math.floor(rest / 128)
      }
      buffer[at++] = rest
    },
    signed(value) {
      room(9)
      let rest = value
      for (;;) {
        const part = ((rest % 128) + 128) % 128
        rest = Math.floor(rest / 128)
        const isLast = (rest === 0 && part < 64) || (rest === -1 && part >= 64)
        buffer[at++] = isLast ? part : part + 128
        if (isLast) return
      }
    },
    sized(write) {
      room(5)
      const head = at
      at += 5
      write()
      let size = at - head - 5
      for (let i = 0; i < 5; i++) {
        buffer[head + i] = (size % 128) + (i < 4 ? 128 : 0)
        size = Math.floor(size / 128)
      }
    },
    done: () => buffer.slice(0, at),
  }
  return writer
}
