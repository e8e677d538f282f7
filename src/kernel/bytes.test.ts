import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, compareStrings, concatBytes, equalBytes } from './bytes.ts'

describe('bytes', () => {
  it('are ordered by the first that differs, then by length', () => {
    const ordered = [[], [0], [0, 0], [0, 255], [1], [128], [255, 0]].map((bytes) => new Uint8Array(bytes))
    expect([...ordered].reverse().sort(compareBytes)).toEqual(ordered)
  })

  it('have one total order, equal only where nothing differs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)))
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(b))
      }),
    )
  })

  it('are joined in order into bytes of their own', () => {
    const part = new Uint8Array([1, 2])
    const whole = concatBytes([part, new Uint8Array(0), new Uint8Array([3])])
    part[0] = 9
    expect(whole).toEqual(new Uint8Array([1, 2, 3]))
    expect(concatBytes([])).toEqual(new Uint8Array(0))
  })

  it('text is ordered by code unit and by no locale', () => {
    expect(['ä', 'z', 'a', 'Z', ''].sort(compareStrings)).toEqual(['', 'Z', 'a', 'z', 'ä'])
    expect(compareStrings('a', 'a')).toBe(0)
  })
})
