import { describe, expect, it } from 'vitest'
import { words, wordsFor } from './words.ts'

describe('the words for a code', () => {
  it('says what happened, whose side it is on and what to do, in sentences', () => {
    for (const [code, { what, side, todo }] of Object.entries(words)) {
      for (const sentence of [what, side, todo]) expect(sentence, code).toMatch(/^[A-Z].*[.)]$/)
      expect([what, side, todo].join(''), code).not.toMatch(/!|undefined/)
    }
  })

  it('has an answer to a code that it does not know, also to names of objects', () => {
    for (const code of ['made-up', 'constructor', '']) expect(wordsFor(code).what).toBe('Something failed.')
  })
})
