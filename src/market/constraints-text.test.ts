import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Expression, maxConstraintBytes, maxDepth, maxOperands } from './constraints.ts'
import { allOf, where } from './constraints-build.ts'
import { fitsGlob, globOf } from './constraints-glob.ts'
import { parseConstraint } from './constraints-parse.ts'
import { printConstraint } from './constraints-print.ts'
import { verdictOf } from './constraints-resolve.ts'
import { anyName, anyValue } from './property.arbitraries.ts'
import type { PropertyValue } from './property.ts'

function parsed(text: string): Expression {
  const expression = parseConstraint(text)
  if (!expression.ok) throw new Error(`${text}: ${JSON.stringify(expression.facts)}`)
  return expression.value
}

describe('reading', () => {
  it('[PC14] builds the expression that is written', () => {
    expect(parsed('( & (a=1) (!( b[x]$d <= 2 )) )')).toMatchObject({
      kind: 'all',
      of: [
        { kind: 'compare', ref: { key: 'a' }, op: '=', wanted: { raw: '1' } },
        { kind: 'not', of: { kind: 'compare', ref: { key: 'b[x]', type: 'd' }, op: '<=', wanted: { raw: '2' } } },
      ],
    })
  })

  const malformed: [string, number, string][] = [
    ['', 0, '('],
    ['a=1', 0, '('],
    ['(', 1, 'a property name'],
    ['(a', 2, '=, <, <=, > or >='],
    ['(a)', 2, '=, <, <=, > or >='],
    ['(a=1', 4, ')'],
    ['(a=1))', 5, 'the end of the constraint'],
    ['(a=1)(b=2)', 5, 'the end of the constraint'],
    ['(=1)', 1, 'a property name'],
    ['(1a=1)', 1, 'a property name'],
    ['(a~=1)', 2, '=, <, <=, > or >='],
    ['(a$x=1)', 3, 'd, v or t'],
    ['(a$=1)', 3, 'd, v or t'],
    ['(a$d$d=1)', 3, 'd, v or t'],
    ['(a[=1)', 1, 'a property name'],
    ['(a b=1)', 1, 'a property name'],
    ['(!)', 2, '('],
    ['(!(a=1)(b=2))', 7, ')'],
    ['(&a=1)', 2, ')'],
    ['(&(a=1)', 7, ')'],
    ['((a=1))', 1, 'a property name'],
    ['(a=1)\ud800', 0, 'well-formed Unicode'],
  ]
  it.each(malformed)('[PC14] refuses %j at %i, expecting %s', (text, position, expected) => {
    expect(parseConstraint(text)).toMatchObject({ code: 'constraint-malformed', facts: { position, expected } })
  })

  it('[PC13] ends at 2,048 bytes', () => {
    const sized = (bytes: number) => parseConstraint(`(a=${'x'.repeat(bytes - 4)})`)
    expect(sized(maxConstraintBytes).ok).toBe(true)
    expect(sized(maxConstraintBytes + 1)).toMatchObject({ code: 'constraint-too-long' })
    expect(parseConstraint(`(a=${'ß'.repeat(1023)})`)).toMatchObject({
      code: 'constraint-too-long',
      facts: { bytes: 2050 },
    })
    expect(parseConstraint('('.repeat(1_000_000))).toMatchObject({ code: 'constraint-too-long' })
  })
  it('[PC13] ends at 16 brackets within each other', () => {
    const nested = (depth: number) => `${'(!'.repeat(depth - 1)}(a=1)${')'.repeat(depth - 1)}`
    expect(parseConstraint(nested(maxDepth)).ok).toBe(true)
    expect(parseConstraint(nested(maxDepth + 1))).toMatchObject({
      code: 'constraint-too-deep',
      facts: { position: 32 },
    })
    expect(parseConstraint('(&'.repeat(1000))).toMatchObject({ code: 'constraint-too-deep' })
  })
  it('[PC13] ends at 64 operands and 64 list items', () => {
    const operands = (count: number) => parseConstraint(`(|${'(a=1)'.repeat(count)})`)
    const items = (count: number) => parseConstraint(`(a=[${Array(count).fill('x').join()}])`)
    for (const read of [operands, items]) {
      expect(read(maxOperands).ok).toBe(true)
      expect(read(maxOperands + 1)).toMatchObject({ code: 'constraint-list-too-long' })
    }
  })

  it('[PC14] no text makes it throw', () => {
    const unit = fc.constantFrom(...'()&|!=<>~*[]$"\\, ', 'a', 'd"', '1', '(a=', '[x]', '\ud800')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit, maxLength: 60 })), (text) => {
        const outcome = parseConstraint(text)
        if (outcome.ok) expect(parseConstraint(printConstraint(outcome.value))).toEqual(outcome)
        else if (outcome.code === 'constraint-malformed')
          expect(outcome.facts).toMatchObject({ expected: expect.any(String), found: expect.any(String) })
      }),
      { numRuns: 5000 },
    )
  })
})

describe('comparisons built from values', () => {
  it('[PC19] hold for the value that they are built from', () => {
    fc.assert(
      fc.property(anyName, anyValue, (name, value) => {
        const built = where(name, '=', value)
        if (!built.ok) throw new Error(`${JSON.stringify(value)}: ${JSON.stringify(built.facts)}`)
        expect(verdictOf(built.value, { [name]: value })).toBe('true')
      }),
      { numRuns: 500 },
    )
  })
  it.each<[string, PropertyValue]>([
    ['a', 'x)(b=*'],
    ['a', '*'],
    ['a', '") (c=1'],
    ['a', '\\'],
  ])('[PC19] %s = %j stays one comparison', (name, value) => {
    const built = where(name, '=', value)
    expect(built).toMatchObject({ ok: true, value: { kind: 'compare', ref: { key: name } } })
    expect(built.ok && verdictOf(built.value, { a: 'something else' })).toBe('false')
  })
  it.each(['', 'a=1)(b', 'a=x', 'a<', 'a=*', ' a', '(a'])('[PC19] %j is no name', (name) => {
    expect(where(name, '=', 'x')).toMatchObject({ ok: false, code: 'constraint-malformed' })
  })
  it('[PC19] join to one expression', () => {
    const cores = parsed('(cores>=2)')
    expect([allOf([]), allOf([cores]), allOf([cores, cores])].map(printConstraint)).toEqual([
      '()',
      '(cores>=2)',
      '(&(cores>=2)(cores>=2))',
    ])
  })
})

describe('wildcards', () => {
  const fits = (pattern: string, text: string) => fitsGlob(globOf(pattern)!, text)

  /** The definition, as slow as it is plain. */
  function fitsPlainly(pattern: string, text: string): boolean {
    if (pattern === '') return text === ''
    if (pattern[0] !== '*') return pattern[0] === text[0] && text !== '' && fitsPlainly(pattern.slice(1), text.slice(1))
    return fitsPlainly(pattern.slice(1), text) || (text !== '' && fitsPlainly(pattern, text.slice(1)))
  }

  it('[PC7] agree with the definition', () => {
    const pattern = fc
      .string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
      .filter((text) => text.includes('*'))
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (one, text) => {
        expect(fits(one, text)).toBe(fitsPlainly(one, text))
      }),
      { numRuns: 5000 },
    )
  })
  it('[PC7] a text without a star is no wildcard', () => expect(globOf('abc')).toBeUndefined())

  const hostile: [string, string][] = [
    [`*${'a'.repeat(1000)}b*`, 'a'.repeat(100_000)],
    ['*a'.repeat(1000), `${'a'.repeat(100_000)}b`],
    [`*${'ab'.repeat(500)}c*`, 'ab'.repeat(50_000)],
    [`${'*'.repeat(2000)}b`, 'a'.repeat(100_000)],
  ]
  it.each(hostile)('[PC16] stay linear, case %#', (pattern, text) => {
    const glob = globOf(pattern)!
    const counted = counting(text)
    expect(fitsGlob(glob, counted.text)).toBe(false)
    expect(counted.reads()).toBeLessThanOrEqual(text.length)
  })

  /** A text that counts how often one of its characters is read. */
  function counting(text: string): { text: string; reads: () => number } {
    let reads = 0
    const watched = {
      length: text.length,
      startsWith: (part: string) => text.startsWith(part),
      endsWith: (part: string) => text.endsWith(part),
      charCodeAt: (at: number) => {
        reads++
        return text.charCodeAt(at)
      },
    }
    return { text: watched as unknown as string, reads: () => reads }
  }
})

describe('hostile constraints', () => {
  const filled = (unit: string) => unit.repeat(Math.floor(maxConstraintBytes / unit.length))
  it.each(['(', '(&', '(!', '(a="', '(a=[', '(a=["', '[', '"\\', '(a=[x,', '(a=d"', ' ', '(a=*', '(a=1)'])(
    '[PC16] 2 KiB of %j is refused at once',
    (unit) => {
      const started = performance.now()
      for (let i = 0; i < 100; i++) expect(parseConstraint(filled(unit)).ok).toBe(false)
      expect(performance.now() - started).toBeLessThan(1_000) // quadratic reading would be tens of times over
    },
  )
})
