import type { TaskInput } from '../../activity/task.ts'

/** A task whose input is larger is moved to its worker instead of copied, and therefore never waits behind another. */
const largestCopied = 1_048_576

/** Buffers of an input too large to be copied, each once; none where one of them is only partly the input's. */
export function buffersToMove({ stdin, files }: TaskInput): ArrayBuffer[] {
  const parts = [stdin, ...Object.values(files)]
  if (parts.reduce((sum, part) => sum + part.length, 0) <= largestCopied) return []
  const whole = parts.filter(
    ({ buffer, byteLength }) => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength,
  )
  return [...new Set(whole.map(({ buffer }) => buffer as ArrayBuffer))].filter((buffer) => buffer.byteLength > 0)
}
