import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../wire/codec.ts'
import { parseDecimal } from './literal-decimal.ts'
import { anyProperties } from './property.arbitraries.ts'
import {
  checkProperties,
  isNegotiable,
  isPropertyName,
  isPropertyValue,
  isSettled,
  maxListItems,
  maxProperties,
  maxStringBytes,
  negotiable,
  numberValue,
  type PropertyValue,
  plainName,
  sameValue,
  standingOf,
} from './property.ts'

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]))

describe('properties', () => {
  it.each([
    ['a map without entries', {}],
    ['as many as there may be', many(maxProperties)],
    ['every kind', { a: 'x', b: true, c: 1, d: { number: '2.5' }, e: { decimal: '1.20' }, f: { version: '1.2.3' } }],
    ['a moment and lists', { a: { time: '2020-01-01T00:00:00Z' }, b: [], c: [1, 'x', { number: '0.5' }] }],
    ['a map without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('[PP1] accepts %s', (_, value) => {
    expect(checkProperties(value).ok).toBe(true)
  })

  it('[PP1] refuses one more than there may be', () => {
    expect(checkProperties(many(maxProperties + 1))).toMatchObject({ code: 'too-many-properties' })
  })

  it.each(['golem.inf.mem.gib', 'a', 'A9', 'a.b-c_d:e/f@g+h', 'a?', 'a[b]', 'a?[b-1]', 'constructor'])(
    '[PP2] %s is a name',
    (name) => expect(isPropertyName(name)).toBe(true),
  )
  it.each([
    '',
    '1a',
    '.a',
    '__proto__',
    'a b',
    'a=',
    'a<',
    'a(',
    'a$d',
    'a??',
    'a?b',
    'a[]',
    'a[b]?',
    'a[b][c]',
    'ä',
    'a\n',
  ])('[PP2] %j is no name', (name) => {
    expect(isPropertyName(name)).toBe(false)
    const input = Object.fromEntries([[name, 1]])
    expect(checkProperties(input)).toMatchObject({ code: 'property-name-malformed' })
  })
  it('[PP2] a name has at most 128 characters', () => {
    expect(isPropertyName('a'.repeat(128))).toBe(true)
    expect(isPropertyName('a'.repeat(129))).toBe(false)
  })

  it.each([
    1.5,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    null,
    undefined,
    1n,
    new Uint8Array(1),
    { number: 2.5 },
    {},
    { float: '1' },
    { decimal: '1', version: '1.0.0' },
    { decimal: 'x' },
    { version: '1' },
    { time: 'now' },
    { a: { b: 1 } },
  ])('[PP3] refuses value %#', (value) => {
    expect(isPropertyValue(value)).toBe(false)
  })

  it.each(['2', '2.50', '02.5', '-0', '1e3', '.5', '2.', '', ' 2.5', '9007199254740991'])(
    '[PP4] refuses { number: %j }, which is not its one form',
    (number) => expect(isPropertyValue({ number })).toBe(false),
  )
  it.each(['2.5', '-0.5', '9007199254740992', '-9007199254740993.25'])('[PP4] accepts { number: %j }', (number) =>
    expect(isPropertyValue({ number })).toBe(true),
  )
  it('[PP4] a number finds its one form', () => {
    expect(numberValue(parseDecimal('2.0')!)).toBe(2)
    expect(numberValue(parseDecimal('-0')!)).toBe(0)
    expect(numberValue(parseDecimal('2.50')!)).toEqual({ number: '2.5' })
    expect(numberValue(parseDecimal('9007199254740992')!)).toEqual({ number: '9007199254740992' })
  })

  it('[PP5] a list ends at 64 items and holds no lists', () => {
    expect(isPropertyValue(Array(maxListItems).fill('x'))).toBe(true)
    expect(isPropertyValue(Array(maxListItems + 1).fill('x'))).toBe(false)
    expect(isPropertyValue([['x']])).toBe(false)
  })
  it('[PP5] a string ends at 1,024 bytes and is well formed', () => {
    expect(isPropertyValue('ß'.repeat(maxStringBytes / 2))).toBe(true)
    expect(isPropertyValue('ß'.repeat(maxStringBytes / 2 + 1))).toBe(false)
    expect(isPropertyValue('😀')).toBe(true)
    expect(isPropertyValue('\ud83d')).toBe(false)
    expect(isPropertyValue('\ude00x')).toBe(false)
  })

  it('[PP3] survives the wire unchanged', () => {
    fc.assert(
      fc.property(anyProperties, (all) => {
        const back = decode(encode(all))
        expect(back).toEqual({ ok: true, value: all })
        expect(checkProperties(all).ok).toBe(true)
      }),
    )
  })

  it('[PP11] junk is refused, never thrown', () => {
    const junk = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withTypedArray: true })
    fc.assert(
      fc.property(junk, (input) => {
        expect(typeof checkProperties(input).ok).toBe('boolean')
        expect(typeof isPropertyValue(input)).toBe('boolean')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('equality of values', () => {
  const equal: [PropertyValue, PropertyValue][] = [
    ['a', 'a'],
    [{ number: '2.5' }, { number: '2.5' }],
    [{ decimal: '1.20' }, { decimal: '1.2' }],
    [{ version: '1.0.0+a' }, { version: '1.0.0+b' }],
    [{ time: '2020-01-01T01:00:00+01:00' }, { time: '2020-01-01T00:00:00Z' }],
    [
      ['a', 1],
      [1, 'a'],
    ],
  ]
  it.each(equal)('[PP10] %j is %j', (a, b) => expect(sameValue(a, b) && sameValue(b, a)).toBe(true))

  const unequal: [PropertyValue, PropertyValue][] = [
    ['a', 'b'],
    ['1', 1],
    [1, true],
    [1, { decimal: '1' }],
    [{ number: '2.5' }, { decimal: '2.5' }],
    [{ version: '1.0.0' }, { version: '1.0.0-a' }],
    [{ time: '2020-01-01T00:00:00Z' }, { time: '2020-01-01T00:00:00.1Z' }],
    [['a'], 'a'],
    [
      ['a', 'b'],
      ['a', 'a'],
    ],
    [['a'], ['a', 'a']],
  ]
  it.each(unequal)('[PP10] %j is not %j', (a, b) => expect(sameValue(a, b) || sameValue(b, a)).toBe(false))

  it('[PP10] every value equals itself', () => {
    fc.assert(
      fc.property(anyProperties, (all) => {
        for (const value of Object.values(all)) expect(sameValue(value, value)).toBe(true)
      }),
    )
  })
})

describe('facts and negotiable properties', () => {
  it('[PP10] the question mark makes the difference', () => {
    expect([isNegotiable('a?'), isNegotiable('a'), isNegotiable('a?[b]')]).toEqual([true, false, false])
    expect([negotiable('a'), negotiable('a?'), plainName('a?'), plainName('a')]).toEqual(['a?', 'a?', 'a', 'a'])
  })

  it('[PP10] same value twice is agreed, left out is dropped, new or changed is open', () => {
    const previous = { 'same?': 5, 'spelled?': { decimal: '1.0' }, 'changed?': 5, 'gone?': 1, fact: 1 }
    const latest = { 'same?': 5, 'spelled?': { decimal: '1' }, 'changed?': 6, 'fresh?': 1, fact: 2 }
    expect([...standingOf(previous, latest)]).toEqual([
      ['changed?', 'open'],
      ['fresh?', 'open'],
      ['gone?', 'dropped'],
      ['same?', 'agreed'],
      ['spelled?', 'agreed'],
    ])
    expect(isSettled(previous, latest)).toBe(false)
    expect(isSettled(latest, latest)).toBe(true)
    expect(isSettled({}, {})).toBe(true)
  })
})
