import { describe, expect, it } from 'vitest'
import type { TerminalView } from '../../activity/live.ts'
import { mostShown, transcriptOf } from './transcript.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const viewed = (part: Partial<TerminalView>): TerminalView => ({
  pieces: [],
  input: bytes(''),
  readBytes: 0,
  isAwaitingInput: false,
  isInputEnded: false,
  isOver: false,
  starts: 1,
  ...part,
})
const said = (text: string, readBytes: number, stream: 'stdout' | 'stderr' = 'stdout') => ({
  stream,
  bytes: bytes(text),
  readBytes,
})
const told = (view: TerminalView): string[] => transcriptOf(view).passages.map(({ kind, text }) => `${kind} ${text}`)

describe('a conversation on the page', () => {
  it('shows what was typed where the program had read it', () => {
    const pieces = [said('> ', 0), said('Too low.\n> ', 3), said('hm', 3, 'stderr'), said('Right.\n', 6)]
    expect(told(viewed({ pieces, input: bytes('50\n62\nmore'), readBytes: 6 }))).toEqual([
      'stdout > ',
      'typed 50\n',
      'stdout Too low.\n> ',
      'stderr hm',
      'typed 62\n',
      'stdout Right.\n',
      'unread more',
    ])
  })

  it('shows the end of a long one, and says that it is cut', () => {
    const long = transcriptOf(viewed({ pieces: [said('x'.repeat(mostShown), 0), said('end', 0)] }))
    expect([long.isCut, long.passages.at(-1)?.text]).toEqual([true, 'end'])
    expect(long.passages.reduce((sum, { text }) => sum + text.length, 0)).toBe(mostShown)
    expect(transcriptOf(viewed({ pieces: [said('short', 0)] })).isCut).toBe(false)
  })
})
