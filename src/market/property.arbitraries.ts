import * as fc from 'fast-check'
import { parseDecimal } from './literal-decimal.ts'
import { numberValue, type Properties, type PropertyValue, type Scalar } from './property.ts'

/** Generators for tests: whatever the language allows, small enough that names and values meet often. */

const digits = fc.stringMatching(/^-?\d{1,20}(\.\d{1,12})?$/)
const version = fc.stringMatching(/^(0|[1-9]\d?)\.(0|[1-9]\d?)\.(0|[1-9]\d?)(-[a-z]{1,3}(\.[1-9])?)?(\+[a-z]{1,3})?$/)
const time = fc.stringMatching(
  /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[03]0)$/,
)

export const anyScalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', 'b', '*', '"', '\\', '\n', ')', ' '), maxLength: 8 }),
  fc.boolean(),
  fc.maxSafeInteger().map((value) => value + 0),
  digits.map((text) => numberValue(parseDecimal(text)!)),
  digits.map((decimal) => ({ decimal })),
  version.map((text) => ({ version: text })),
  time.map((text) => ({ time: text })),
)

export const anyValue: fc.Arbitrary<PropertyValue> = fc.oneof(
  { weight: 4, arbitrary: anyScalar },
  { weight: 1, arbitrary: fc.array(anyScalar, { maxLength: 5 }) },
)

export const anyName = fc.constantFrom('a', 'b', 'c', 'd.e', 'f?', 'a[x]', 'golem.inf.mem.gib')

export const anyProperties: fc.Arbitrary<Properties> = fc.dictionary(anyName, anyValue, {
  maxKeys: 7,
  noNullPrototype: true,
})
