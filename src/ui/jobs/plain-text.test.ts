import { describe, expect, it } from 'vitest'
import { createPlainText } from './plain-text.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const plain = (...pieces: readonly string[]): string => {
  const read = createPlainText()
  return pieces.map((piece) => read(bytes(piece))).join('')
}

describe('what a program wrote, on a page', () => {
  it('is its text: lines, tabs and letters of every language', () => {
    expect(plain('één\tтри\n四 🦉')).toBe('één\tтри\n四 🦉')
  })

  it('has no colours, moves no cursor, sets no title and rings no bell', () => {
    expect(plain('\x1b[1;31mred\x1b[0m \x1b[2J\x1b[Hhome')).toBe('red home')
    expect(plain('\x1b]0;a title\x07text\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\')).toBe('textlink')
    expect(plain('ring\x07 back\x08 null\x00 feed\x0c')).toBe('ring back null feed')
    expect(plain('\x1bcreset\x1b(Bset')).toBe('resetset')
  })

  it('does not turn the reading direction of what stands beside it', () => {
    expect(plain('safe\u202etxt.exe\u2066')).toBe('safetxt.exe')
  })

  it('is the same wherever it is cut', () => {
    const text = 'a\x1b[31mé\x1b]0;t\x07b🦉\x1b[0mc'
    const read = createPlainText()
    expect([...bytes(text)].map((byte) => read(new Uint8Array([byte]))).join('')).toBe('aéb🦉c')
  })

  it('does not wait for ever for the end of a sequence', () => {
    expect(plain(`\x1b]0;${'x'.repeat(10_000)}`, 'heard').endsWith('heard')).toBe(true)
  })
})
