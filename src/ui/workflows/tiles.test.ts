import { describe, expect, it } from 'vitest'
import { tilesOf } from './tiles.ts'

const told = (total: number, done: number, failed = 0, inFlight = 0, most = 10): string =>
  tilesOf({ total, done, failed, inFlight }, most)
    .map((tile) => ({ good: '#', failed: 'x', busy: '+', open: '.' })[tile])
    .join('')

describe('the tiles of a stage', () => {
  it('are its tasks while there are few', () => {
    expect(told(5, 2, 0, 1)).toBe('##+..')
    expect(told(5, 5, 2)).toBe('###xx')
    expect([told(0, 0), tilesOf(undefined, 10)]).toEqual(['', []])
  })

  it('stand for many where there are more, and show a single failure all the same', () => {
    expect(told(1_000, 500)).toBe('#####.....')
    expect(told(1_000, 500, 1)).toBe('####x.....')
    expect(told(1_000, 999)).toBe('#########.')
    expect(told(1_000, 1_000, 1)).toBe('#########x')
  })
})
