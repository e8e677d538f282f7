import { expect, it } from 'vitest'
import { mineFor } from './refusal-words.ts'

it('tells whoever lends why it was not chosen as something about itself, and any other code in the usual words', () => {
  expect(mineFor('price-over-limit')).toBe('You asked for more than it pays.')
  expect(mineFor('sold-out')).toBe('All its threads are taken.')
  expect(mineFor('constructor')).toBe('Something failed.')
})
