import type { JobMemory } from '../run/job-memory.ts'
import { callsOf } from '../run/own-again.ts'
import { callText } from '../run/own-calls.ts'
import { linesOf } from '../run/own-words.ts'

/** What made each task its own, as it was typed or named; undefined where nothing of it is kept, or tasks differ in no word. */
export function givenOf({ kind, values, fileNames }: JobMemory): ((index: number) => string) | undefined {
  if (fileNames.length > 0) return (index) => fileNames[index] ?? ''
  const calls = callsOf(values)
  if (kind === 'own' && calls.invoke !== '') {
    // Of calls too many to keep only the function is known.
    return calls.given === 'lines' && calls.lines === '' ? undefined : (index) => callText(calls, index)
  }
  const typed = kind === 'javascript' ? calls.lines : values['tasks'] === 'lines' ? String(values['text']) : ''
  const lines = linesOf(typed)
  return lines.length > 0 ? (index) => lines[index] ?? '' : undefined
}
