import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLiteral, printLiteral } from './literal.ts'
import { compareDecimals, parseDecimal, printDecimal } from './literal-decimal.ts'
import { utf8Bytes } from './literal-text.ts'
import { compareInstants, parseInstant } from './literal-time.ts'
import { compareVersions, parseVersion } from './literal-version.ts'
import { anyValue } from './property.arbitraries.ts'
import { maxListItems, type PropertyValue, sameValue } from './property.ts'

describe('literals', () => {
  const read: [string, PropertyValue][] = [
    ['"text"', 'text'],
    ['""', ''],
    ['"a\\"b\\n\\t\\0\\\\"', 'a"b\n\t\0\\'],
    [' "a" ', 'a'],
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['1', 1],
    ['-7', -7],
    ['2.50', { number: '2.5' }],
    ['3.0', 3],
    ['d"1.20"', { decimal: '1.20' }],
    ['v"1.2.3"', { version: '1.2.3' }],
    ['t"2020-01-01T00:00:00Z"', { time: '2020-01-01T00:00:00Z' }],
    ['[]', []],
    ['[ ]', []],
    ['[1, "a,]", d"2", true]', [1, 'a,]', { decimal: '2' }, true]],
  ]
  it.each(read)('[PP9] reads %s', (text, value) => expect(parseLiteral(text)).toEqual({ ok: true, value }))

  const malformed: [string, number, string][] = [
    ['', 0, 'a literal'],
    ['word', 0, 'a literal'],
    ['tRUE', 0, 'a literal'],
    ['1e3', 0, 'a literal'],
    ['"open', 5, 'a closing quote, or one of \\" \\n \\t \\0 \\\\'],
    ['"\\x"', 2, 'a closing quote, or one of \\" \\n \\t \\0 \\\\'],
    ['"a" b', 4, 'the end of the literal'],
    ['d"x"', 0, 'a decimal'],
    ['v"1.2"', 0, 'a version'],
    ['t"2020"', 0, 'a time'],
    ['x"1"', 0, 'a literal'],
    ['[1', 2, ', or ]'],
    ['[1,]', 3, 'a literal'],
    ['[[1]]', 1, 'a literal'],
    ['[1 2]', 3, ', or ]'],
  ]
  it.each(malformed)('[PP9] refuses %j at %i', (text, position, expected) => {
    expect(parseLiteral(text)).toMatchObject({ ok: false, code: 'literal-malformed', facts: { position, expected } })
  })

  it('[PP5] a list ends at 64 items', () => {
    const list = (length: number) => `[${Array(length).fill('1').join()}]`
    expect(parseLiteral(list(maxListItems)).ok).toBe(true)
    expect(parseLiteral(list(maxListItems + 1))).toMatchObject({ code: 'literal-list-too-long' })
  })

  it('[PP9] what is printed is read back', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const back = parseLiteral(printLiteral(value))
        expect(back).toEqual({ ok: true, value })
        expect(back.ok && sameValue(back.value, value)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('[PP11] no text makes the reader throw', () => {
    const unit = fc.constantFrom(...'"\\[],dvt1.-: \n', 'true', 'd"', '\ud800')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit })), (text) => {
        expect(typeof parseLiteral(text).ok).toBe('boolean')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('decimals', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['1.20', '1.2'],
    ['1.00', '1'],
    ['-0.050', '-0.05'],
    ['0.5', '0.5'],
    [`${'9'.repeat(40)}.${'1'.repeat(40)}`, `${'9'.repeat(40)}.${'1'.repeat(40)}`],
  ])('[PP6] %s is %s', (text, shortest) => expect(printDecimal(parseDecimal(text)!)).toBe(shortest))

  it.each(['', '-', '.', '1.', '.5', '+1', '1e3', '1,5', '0x1', ' 1', '1 ', '١', 'NaN', 'Infinity', '9'.repeat(41)])(
    '[PP6] %j is no decimal',
    (text) => expect(parseDecimal(text)).toBeUndefined(),
  )

  it('[PP6] order is exact where floats fail', () => {
    const order = (a: string, b: string) => compareDecimals(parseDecimal(a)!, parseDecimal(b)!)
    expect(order('0.1', '0.10')).toBe(0)
    expect(order('9007199254740993', '9007199254740992')).toBe(1)
    expect(order('0.30000000000000004', '0.3')).toBe(1)
    expect(order('-1.5', '-1.25')).toBe(-1)
    expect(order('-0', '0')).toBe(0)
  })

  it('[PP6] order agrees with integers of the same size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.nat(10 ** 6), (a, b) => {
        const left = parseDecimal(`${a}.5`)!
        const right = parseDecimal(`${b}.5`)!
        const [x, y] = [a * 10n + (String(a).startsWith('-') ? -5n : 5n), BigInt(b) * 10n + 5n]
        expect(compareDecimals(left, right)).toBe(x < y ? -1 : x > y ? 1 : 0)
        expect(compareDecimals(right, left)).toBe(0 - compareDecimals(left, right) + 0)
        expect(parseDecimal(printDecimal(left))).toEqual(left)
      }),
    )
  })
})

describe('versions', () => {
  // The ascending row is semver.org 2.0.0, clause 11.4, with neighbours.
  const ascending = [
    '0.0.0-0',
    '0.0.0',
    '0.0.1',
    '0.1.0',
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '10.0.0',
    '999999999999999.0.0',
  ]
  it('[PP7] come in this order', () => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect([a, b, compareVersions(parseVersion(a)!, parseVersion(b)!)]).toEqual([a, b, Math.sign(i - j)])
      }
    }
  })
  it('[PP7] the build has no part in it', () => {
    expect(compareVersions(parseVersion('1.0.0+a.-')!, parseVersion('1.0.0+001')!)).toBe(0)
    expect(compareVersions(parseVersion('1.0.0-a+b-c')!, parseVersion('1.0.0-a')!)).toBe(0)
  })
  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    '01.2.3',
    '1.02.3',
    '1.2.03',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    '1.2.3+a+b',
    'v1.2.3',
    '1.2.x',
    '1.2.3-ä',
    '-1.2.3',
    '1.2.3 ',
    '1.2.3-a_b',
    '9999999999999999.0.0',
    `1.2.3-${'a'.repeat(123)}`,
  ])('[PP7] %j is no version', (text) => expect(parseVersion(text)).toBeUndefined())
  it.each(['1.2.3-0a', '1.2.3--', '1.2.3-a-b.0', '1.2.3+0.0', '0.0.0'])('[PP7] %s is a version', (text) =>
    expect(parseVersion(text)).toBeDefined(),
  )
})

describe('moments', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0, 0],
    ['2020-01-01T00:00:00Z', 1_577_836_800, 0],
    ['2020-01-01t00:00:00.5z', 1_577_836_800, 500_000_000],
    ['2020-01-01T00:00:00.000000001Z', 1_577_836_800, 1],
    ['1985-04-12T23:20:50.52Z', 482_196_050, 520_000_000],
    ['1996-12-19T16:39:57-08:00', 851_042_397, 0],
    ['1990-12-31T23:59:60Z', 662_688_000, 0],
    ['2000-02-29T00:00:00Z', 951_782_400, 0],
    ['0001-01-01T00:00:00Z', -62_135_596_800, 0],
    ['9999-12-31T23:59:59Z', 253_402_300_799, 0],
    ['1970-01-01T00:00:00+00:01', -60, 0],
  ])('[PP8] %s is %i s', (text, seconds, nanos) => expect(parseInstant(text)).toEqual({ seconds, nanos }))

  it.each([
    '',
    '2020-01-01',
    '2020-01-01T00:00:00',
    '2020-01-01 00:00:00Z',
    '2020-13-01T00:00:00Z',
    '2020-00-01T00:00:00Z',
    '2020-01-32T00:00:00Z',
    '2020-01-00T00:00:00Z',
    '2019-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2020-04-31T00:00:00Z',
    '2020-01-01T24:00:00Z',
    '2020-01-01T00:60:00Z',
    '2020-01-01T00:00:60Z',
    '2020-01-01T00:59:61Z',
    '2020-01-01T00:00:00.Z',
    '2020-01-01T00:00:00.1234567890Z',
    '2020-01-01T00:00:00+24:00',
    '2020-01-01T00:00:00+00:60',
    '2020-01-01T00:00:00+0000',
    '20200101T000000Z',
    ' 2020-01-01T00:00:00Z',
  ])('[PP8] %j is no moment', (text) => expect(parseInstant(text)).toBeUndefined())

  it('[PP8] agrees with the calendar of the engine', () => {
    const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const milliseconds = date.getTime()
        const instant = parseInstant(date.toISOString())!
        expect(instant.seconds * 1000 + instant.nanos / 1_000_000).toBe(milliseconds)
      }),
      { numRuns: 1000 },
    )
  })

  it('[PP8] order is by moment, not by text', () => {
    const order = (a: string, b: string) => compareInstants(parseInstant(a)!, parseInstant(b)!)
    expect(order('2020-01-01T01:00:00+02:00', '2020-01-01T00:00:00Z')).toBe(-1)
    expect(order('2020-01-01T00:00:00.10Z', '2020-01-01T00:00:00.1Z')).toBe(0)
    expect(order('2020-01-01T00:00:00.2Z', '2020-01-01T00:00:00.19Z')).toBe(1)
  })
})

describe('bytes of a text', () => {
  it('[PP5] are those of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length)
      }),
    )
  })
  it.each(['\ud800', '\udc00', 'a\ud800b', '\ud800\ud800\udc00', '\udc00\ud800'])('[PP5] %j has none', (text) =>
    expect(utf8Bytes(text)).toBeUndefined(),
  )
})
