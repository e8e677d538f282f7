import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readValue, valueText } from './value-text.ts'

const anyValue = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud83c', '"', 'true', '1'),
)

describe('[VT1] values as text', () => {
  it('come back as they were, −0, NaN and 64-bit integers too', () => {
    fc.assert(fc.property(anyValue, (value) => Object.is(readValue(valueText(value)), value)))
  })

  it.each([
    '',
    ' 1',
    '1.0',
    '0x10',
    '1e3',
    '--1',
    '01n',
    '-0n',
    '1.5n',
    'n',
    '9'.repeat(40),
    '1_000',
    'True',
    '"a',
    '"\\u0061"',
    '"a" ',
    `"${'a'.repeat(20_000)}"`,
  ])('have one way of being written, which %j is not', (text) => expect(readValue(text)).toBeUndefined())
})
