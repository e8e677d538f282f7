import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, decodeFrame, encode } from './codec.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const value = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.string(),
    fc.uint8Array(),
  ),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('node'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).node

describe('codec', () => {
  it('[WI1] gives back what it was given', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(decode(encode(given))).toEqual({ ok: true, value: given })
      }),
    )
  })

  it('[WI1] gives one value one encoding, whatever the order of its keys', () => {
    expect(encode({ b: 1, a: 2, aa: 3 })).toEqual(encode({ aa: 3, a: 2, b: 1 }))
    expect(Buffer.from(encode({ b: 1, a: [true, null] })).toString('hex')).toBe('a2616182f5f6616201')
  })

  it('[WI1] leaves out what is undefined, at any depth', () => {
    expect(encode({ a: undefined, b: [{ c: undefined, d: 1 }] })).toEqual(encode({ b: [{ d: 1 }] }))
  })

  it.each([
    ['a number longer than it need be', '1801'],
    ['a text longer than it need be', '780161'],
    ['a list without an announced end', '9f01ff'],
    ['keys out of order', 'a2616201616102'],
    ['a key twice', 'a2616101616102'],
    ['something behind it', '0101'],
    ['a half float', 'f93c00'],
    ['a whole number as float', 'fb3ff0000000000000'],
    ['not a number', 'fb7ff8000000000000'],
    ['undefined', 'f7'],
    ['an unknown tag', 'c001'],
    ['a key that is no text', 'a10101'],
    ['half of itself', 'a26161'],
    ['nothing', ''],
  ])('[WI2] refuses %s', (_, bytes) => {
    expect(decode(hex(bytes))).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('[WI2] accepts nothing but what it would write itself', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat({ max: 255 }), (given, at, byte) => {
        const bytes = encode(given)
        bytes[at % bytes.length] = byte
        const decoded = decode(bytes)
        if (decoded.ok) expect(encode(decoded.value)).toEqual(bytes)
      }),
    )
  })

  it.each([
    ['endless nesting of lists', new Uint8Array(200_000).fill(0x81)],
    ['endless nesting of maps', new Uint8Array(200_000).map((_, i) => [0xa1, 0x61, 0x61][i % 3]!)],
    ['a list of more than there is', hex('9b0000ffffffffffff01')],
    ['a text of more than there is', hex('7b0000ffffffffffff61')],
    ['bytes of more than there is', hex('5b0000ffffffffffff61')],
    ['a map of more than there is', hex('bb0000ffffffffffff6161')],
    ['a length beyond any number', hex('9bffffffffffffffff')],
  ])('[WI3] refuses %s and lives', (_, bytes) => {
    expect(decode(bytes)).toMatchObject({ ok: false, code: 'malformed' })
    expect(decodeFrame(bytes)).toMatchObject({ ok: false, code: 'malformed' })
  })

  it('[WI3] never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        decode(bytes)
        decodeFrame(bytes)
      }),
      { numRuns: 2_000 },
    )
  })

  it('[WI3] has a key named __proto__ be a key like any other', () => {
    const decoded = decode(hex('a1695f5f70726f746f5f5fa1616101'))
    if (!decoded.ok) throw new Error(decoded.code)
    expect(Object.keys(decoded.value as object)).toEqual(['__proto__'])
    expect((decoded.value as { a?: number }).a).toBeUndefined()
  })
})
