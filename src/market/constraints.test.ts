import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { always, type Expression, never, type Verdict } from './constraints.ts'
import { explain } from './constraints-explain.ts'
import { parseConstraint } from './constraints-parse.ts'
import { printConstraint } from './constraints-print.ts'
import { resolve, verdictOf } from './constraints-resolve.ts'
import { anyName, anyProperties } from './property.arbitraries.ts'
import type { Properties } from './property.ts'

const properties: Properties = {
  name: 'provider-7 (west)',
  region: 'eu-central',
  dots: 'a.b',
  empty: '',
  star: 'a*b',
  yes: true,
  no: false,
  cores: 4,
  gib: { number: '2.5' },
  price: { decimal: '1.20' },
  version: { version: '1.10.0' },
  pre: { version: '2.0.0-rc.1' },
  at: { time: '2020-01-01T00:00:00Z' },
  features: ['simd128', 'bulk-memory'],
  sizes: [1, 2, 4],
  none: [],
  'timeout?': 120,
  'gib[accuracy]': 'exact',
  textPrice: '1.20',
  textVersion: '1.2.3',
  textTime: '2020-01-01T00:00:00Z',
}

function parsed(text: string): Expression {
  const expression = parseConstraint(text)
  if (!expression.ok) throw new Error(`${text}: ${JSON.stringify(expression.facts)}`)
  return expression.value
}
const verdict = (text: string): Verdict => resolve(parsed(text), properties).verdict

const table = (rule: string, rows: [string, Verdict][]) =>
  it.each(rows)(`[${rule}] %s is %s`, (text, expected) => {
    expect(verdict(text)).toBe(expected)
    expect(verdictOf(parsed(text), properties)).toBe(expected)
    expect(verdict(`(!${text})`)).toBe({ true: 'false', false: 'true', undefined: 'undefined' }[expected])
  })

describe('resolving', () => {
  table('PC1', [
    ['()', 'true'],
    [' ( ) ', 'true'],
    ['(&)', 'true'],
    ['(|)', 'false'],
    ['(&())', 'true'],
    ['(|(|))', 'false'],
  ])
  table('PC2', [
    ['(cores=*)', 'true'],
    ['(cores = * )', 'true'],
    ['(nothing=*)', 'false'],
    ['(gib[accuracy]=*)', 'true'],
    ['(cores[accuracy]=*)', 'false'],
    ['(region$d=*)', 'true'],
    ['(empty=*)', 'true'],
    ['(toString=*)', 'false'],
  ])
  table('PC3', [
    ['(nothing=1)', 'undefined'],
    ['(nothing<1)', 'undefined'],
    ['(cores[accuracy]=exact)', 'undefined'],
    ['(gib[accuracy]=exact)', 'true'],
    ['(gib[accuracy]=rough)', 'false'],
    ['(region$d>1)', 'undefined'],
    ['(region$v>1.0.0)', 'undefined'],
    ['(region$t>2020-01-01T00:00:00Z)', 'undefined'],
    ['(constructor=1)', 'undefined'],
    ['(timeout=120)', 'undefined'],
    ['(timeout?=120)', 'true'],
  ])
  table('PC4', [
    ['(&(cores=4)(yes=true))', 'true'],
    ['(&(cores=4)(nothing=1))', 'undefined'],
    ['(&(nothing=1)(cores=5))', 'false'],
    ['(|(nothing=1)(cores=4))', 'true'],
    ['(|(nothing=1)(cores=5))', 'undefined'],
    ['(|(cores=5)(yes=false))', 'false'],
    ['(!(nothing=1))', 'undefined'],
    ['(&(|(cores=4)(nothing=1))(!(region=us-*)))', 'true'],
  ])
  table('PC6', [
    ['(cores=four)', 'false'],
    ['(cores<four)', 'false'],
    ['(cores=)', 'false'],
    ['(price=)', 'false'],
    ['(version=1.10)', 'false'],
    ['(at=yesterday)', 'false'],
    ['(yes=1)', 'false'],
    ['(cores=[4])', 'false'],
    ['(region=[eu-central])', 'false'],
  ])
  table('PC7', [
    ['(region=eu-central)', 'true'],
    ['(region= eu-central )', 'true'],
    ['(region=eu)', 'false'],
    ['(region=EU-central)', 'false'],
    ['(region=eu-*)', 'true'],
    ['(region=*central)', 'true'],
    ['(region=*u-c*)', 'true'],
    ['(region=**)', 'true'],
    ['(region=eu*eu*)', 'false'],
    ['(dots=a.b)', 'true'],
    ['(dots=a?b)', 'false'],
    ['(dots=*.*)', 'true'],
    ['(region=*.*)', 'false'],
    ['(star=a*b)', 'true'],
    ['(empty=)', 'true'],
    ['(empty=**)', 'true'],
    ['(region<f)', 'true'],
    ['(region>eu-central)', 'false'],
    ['(region>=eu-central)', 'true'],
    ['(region<=eu-*)', 'false'],
  ])
  table('PC8', [
    ['(cores=4)', 'true'],
    ['(cores=4.0)', 'true'],
    ['(cores>=4)', 'true'],
    ['(cores>4)', 'false'],
    ['(cores<4.0000001)', 'true'],
    ['(cores<=3.9)', 'false'],
    ['(gib>2.4)', 'true'],
    ['(gib=2.50)', 'true'],
    ['(gib<-3)', 'false'],
    ['(price=1.2)', 'true'],
    ['(price<1.3)', 'true'],
    ['(version>1.9.0)', 'true'],
    ['(version=1.10.0+build)', 'true'],
    ['(version<1.10.1-a)', 'true'],
    ['(pre<2.0.0)', 'true'],
    ['(pre>=2.0.0-rc.1)', 'true'],
    ['(at=2020-01-01T01:00:00+01:00)', 'true'],
    ['(at<2020-01-01T00:00:00.001Z)', 'true'],
    ['(at>2021-01-01T00:00:00Z)', 'false'],
    ['(timeout?>=5)', 'true'],
  ])
  table('PC9', [
    ['(yes=true)', 'true'],
    ['(yes=TRUE)', 'true'],
    ['(yes=False)', 'false'],
    ['(no=false)', 'true'],
    ['(yes<true)', 'false'],
    ['(yes<=true)', 'false'],
    ['(yes>=true)', 'false'],
    ['(yes>false)', 'false'],
    ['(sizes<9)', 'false'],
    ['(sizes<=4)', 'false'],
    ['(sizes>0)', 'false'],
    ['(sizes>=1)', 'false'],
  ])
  table('PC10', [
    ['(features=simd128)', 'true'],
    ['(features=simd*)', 'true'],
    ['(features=threads)', 'false'],
    ['(features=[simd128,bulk-memory])', 'true'],
    ['(features=[ bulk-memory , "simd128" ])', 'true'],
    ['(features=[simd128])', 'false'],
    ['(features=[simd128,simd128])', 'false'],
    ['(features=[simd*,bulk*])', 'false'],
    ['(sizes=2)', 'true'],
    ['(sizes=2.0)', 'true'],
    ['(sizes=3)', 'false'],
    ['(sizes=[4,2,1])', 'true'],
    ['(sizes=[1,2])', 'false'],
    ['(none=[])', 'true'],
    ['(none=[ ])', 'true'],
    ['(none=x)', 'false'],
    ['(sizes=[])', 'false'],
  ])
  table('PC11', [
    ['(textPrice$d=1.2)', 'true'],
    ['(textPrice=1.2)', 'false'],
    ['(textPrice$d<1.3)', 'true'],
    ['(textVersion$v<1.10.0)', 'true'],
    ['(textVersion<1.10.0)', 'false'],
    ['(textTime$t=2020-01-01T01:00:00+01:00)', 'true'],
    ['(cores$d=4)', 'true'],
    ['(price$d=1.2)', 'true'],
    ['(version$v=1.10.0)', 'true'],
    ['(at$t=2020-01-01T00:00:00Z)', 'true'],
    ['(price$v=1.2.0)', 'undefined'],
    ['(cores$t=4)', 'undefined'],
    ['(yes$d=1)', 'undefined'],
    ['(sizes$d=1)', 'undefined'],
  ])
  table('PC12', [
    ['(region="eu-central")', 'true'],
    ['(region="eu-*")', 'false'],
    ['(star="a*b")', 'true'],
    ['(name="provider-7 (west)")', 'true'],
    ['(features="simd128")', 'true'],
    ['(cores="4")', 'false'],
    ['(price=d"1.2")', 'true'],
    ['(cores=d"4")', 'true'],
    ['(version=v"1.10.0")', 'true'],
    ['(at=t"2020-01-01T00:00:00Z")', 'true'],
    ['(textPrice=d"1.20")', 'false'],
    ['(price=d"x")', 'false'],
    ['(region="eu-central"x)', 'false'],
    ['(region="open)', 'false'],
  ])
})

describe('what is left', () => {
  it.each([
    ['(&(cores=4)(nothing=1))', '(nothing=1)'],
    ['(&(cores=4)(nothing=1)(other>2))', '(&(nothing=1)(other>2))'],
    ['(|(cores=5)(!(nothing=1)))', '(!(nothing=1))'],
    ['(|(cores=5)(nothing=1)(&(cores=4)(other=x)))', '(|(nothing=1)(other=x))'],
    ['(cores=4)', '()'],
    ['(cores=5)', '(|)'],
    ['(region$d=1)', '(region$d=1)'],
  ])('[PC5] of %s is %s', (whole, left) => {
    expect(printConstraint(resolve(parsed(whole), properties).reduced)).toBe(left)
  })
})

const ops = ['=', '<', '<=', '>', '>='] as const
const anyText = fc.oneof(
  fc.stringMatching(/^[a-c*1.2]{0,5}$/),
  fc.constantFrom('true', '1', '2.5', '1.2.3', '[a,b]', '[]', '"a)*"', 'd"1"', '*a*', 'x\u0000y', '[a'),
)
const anyLeaf = fc.oneof(
  fc
    .tuple(anyName, fc.constantFrom('', '$d', '$v', '$t'), fc.constantFrom(...ops), anyText)
    .map(([name, type, op, text]) => `(${name}${type}${op}${text})`),
  fc.constantFrom('()', '(|)'),
)
const treesOf = (leaf: fc.Arbitrary<string>) =>
  fc
    .letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc
          .tuple(fc.constantFrom('&', '|'), fc.array(tie('tree'), { maxLength: 4 }))
          .map(([op, of]) => `(${op}${of.join(' ')})`),
        tie('tree').map((of) => `(!${of})`),
      ),
    }))
    .tree.filter((text) => parseConstraint(text).ok)
const anyConstraint = treesOf(anyLeaf)

describe('laws', () => {
  it('[PC15] what is printed is read back to an equal expression', () => {
    fc.assert(
      fc.property(anyConstraint, anyProperties, (text, all) => {
        for (const expression of [parsed(text), resolve(parsed(text), all).reduced]) {
          const printed = printConstraint(expression)
          expect(parsed(printed)).toEqual(expression)
          expect(printConstraint(parsed(printed))).toBe(printed)
        }
      }),
      { numRuns: 500 },
    )
  })

  const and = (...of: Expression[]): Expression => ({ kind: 'all', of })
  const or = (...of: Expression[]): Expression => ({ kind: 'any', of })
  const not = (of: Expression): Expression => ({ kind: 'not', of })

  it("[PC4] Kleene's laws hold", () => {
    fc.assert(
      fc.property(anyConstraint, anyConstraint, anyConstraint, anyProperties, (x, y, z, all) => {
        const [a, b, c] = [parsed(x), parsed(y), parsed(z)]
        const same = (left: Expression, right: Expression) => expect(verdictOf(left, all)).toBe(verdictOf(right, all))
        same(and(a, b), and(b, a))
        same(or(a, b), or(b, a))
        same(and(a, and(b, c)), and(a, b, c))
        same(or(or(a, b), c), or(a, b, c))
        same(and(a, or(b, c)), or(and(a, b), and(a, c)))
        same(or(a, and(b, c)), and(or(a, b), or(a, c)))
        same(not(and(a, b)), or(not(a), not(b)))
        same(not(or(a, b)), and(not(a), not(b)))
        same(not(not(a)), a)
        same(and(a, or(a, b)), a)
        same(or(a, and(a, b)), a)
        same(and(a, always), a)
        same(or(a, never), a)
        same(and(a, never), never)
        same(or(a, always), always)
      }),
      { numRuns: 300 },
    )
  })

  it('[PC4] by the truth table of three values', () => {
    const [t, f, u] = [always, never, parsed('(nothing=1)')]
    const row = (of: (a: Expression, b: Expression) => Expression) =>
      [t, u, f].map((a) => [t, u, f].map((b) => verdictOf(of(a, b), {})[0]).join('')).join(' ')
    expect(row(and)).toBe('tuf uuf fff')
    expect(row(or)).toBe('ttt tuu tuf')
  })

  it('[PC5] what is left resolves as the whole would, now and with more known', () => {
    fc.assert(
      fc.property(anyConstraint, anyProperties, anyProperties, (text, all, more) => {
        const whole = parsed(text)
        const { verdict, reduced } = resolve(whole, all)
        expect(verdictOf(whole, all)).toBe(verdict)
        expect(resolve(reduced, all)).toEqual({ verdict, reduced })
        if (text.includes('=*)')) return // an absent property that appears later turns presence around
        const later = { ...more, ...all }
        expect(verdictOf(reduced, later)).toBe(verdictOf(whole, later))
        if (verdict !== 'undefined') expect(verdictOf(whole, later)).toBe(verdict)
      }),
      { numRuns: 1000 },
    )
  })

  it('[PC17] an expression that is not true and not built of nothing has a leaf to blame', () => {
    fc.assert(
      fc.property(treesOf(anyLeaf.filter((text) => text.length > 3)), anyProperties, (text, all) => {
        const expression = parsed(text)
        const reasons = explain(expression, all)
        if (verdictOf(expression, all) === 'true') expect(reasons).toEqual([])
        else if (!/\([&|]\)/.test(text)) expect(reasons).not.toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('explaining', () => {
  const why = (text: string) => explain(parsed(text), properties)
  it('[PC17] names what fails, what was wanted and what was found', () => {
    expect(why('(&(cores>=8)(yes=true)(nothing=1)(textPrice$v>1.0.0)(gone=*))')).toEqual([
      { name: 'cores', wanted: '>= 8', found: '4', verdict: 'false' },
      { name: 'nothing', wanted: '= 1', found: undefined, verdict: 'undefined' },
      { name: 'textPrice$v', wanted: '> 1.0.0', found: '"1.20"', verdict: 'undefined' },
      { name: 'gone', wanted: 'present', found: undefined, verdict: 'false' },
    ])
  })
  it('[PC17] under a negation it is the true leaf that fails', () => {
    expect(why('(!(|(region=eu-*)(cores=5)))')).toEqual([
      { name: 'region', wanted: 'not = eu-*', found: '"eu-central"', verdict: 'true' },
    ])
    expect(why('(!(&(yes=true)(nothing=1)))')).toHaveLength(2)
  })
  it('[PC17] of alternatives every one is named, of satisfied ones none', () => {
    expect(why('(|(cores=5)(cores=6))').map(({ wanted }) => wanted)).toEqual(['= 5', '= 6'])
    expect(why('(|(cores=5)(cores=4))')).toEqual([])
    expect(why('(|)')).toEqual([])
  })
})
