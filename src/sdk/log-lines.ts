import type { LogLine } from './api.ts'

/** The lines `level text` of a task's log. */
export function linesOf(log: Uint8Array): LogLine[] {
  const lines = new TextDecoder().decode(log).split('\n').slice(0, -1)
  return lines.map((line) => {
    const at = line.indexOf(' ')
    return { level: line.slice(0, at), text: line.slice(at + 1) }
  })
}
