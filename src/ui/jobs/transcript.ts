import type { TerminalView } from '../../activity/live.ts'
import { createPlainText } from './plain-text.ts'

export type Passage = {
  readonly kind: 'stdout' | 'stderr' | 'typed' | 'unread'
  readonly text: string
  /** Where it begins in what the program wrote or read: names it from one look to the next. */
  readonly at: number
}

/** Five screens of a desktop; all of it is in the download. */
export const mostShown = 32_768

/** A conversation in its order: what was typed stands where the program had read it, and what it has not read yet at the end. */
export function transcriptOf({ pieces, input, readBytes }: TerminalView): {
  readonly passages: readonly Passage[]
  readonly isCut: boolean
} {
  const read = { stdout: createPlainText(), stderr: createPlainText(), typed: createPlainText() }
  const passages: Passage[] = []
  let typed = 0
  let written = 0
  const echo = (upTo: number, kind: 'typed' | 'unread'): void => {
    if (upTo <= typed) return
    passages.push({ kind, text: read.typed(input.subarray(typed, upTo)), at: typed })
    typed = upTo
  }
  for (const { stream, bytes, readBytes: before } of pieces) {
    echo(before, 'typed')
    passages.push({ kind: stream, text: read[stream](bytes), at: written })
    written += bytes.length
  }
  echo(readBytes, 'typed')
  echo(input.length, 'unread')
  return lastOf(passages)
}

function lastOf(passages: readonly Passage[]): { readonly passages: readonly Passage[]; readonly isCut: boolean } {
  let left = mostShown
  const kept: Passage[] = []
  for (const passage of passages.toReversed()) {
    if (left <= 0) return { passages: kept.reverse(), isCut: true }
    const text = passage.text.slice(-left)
    left -= text.length
    kept.push(text === passage.text ? passage : { ...passage, text })
  }
  return { passages: kept.reverse(), isCut: left <= 0 }
}
