import { describe, expect, it } from 'vitest'
import { AssertionError, assert, unreachable } from './assert.ts'
import { ok, type Result, refuse } from './result.ts'

const halved = (n: number): Result<number, 'is-odd'> => (n % 2 === 0 ? ok(n / 2) : refuse('is-odd', { n }))

describe('result', () => {
  it('is a value or a refusal with its facts', () => {
    expect(halved(4)).toEqual({ ok: true, value: 2 })
    expect(halved(3)).toEqual({ ok: false, code: 'is-odd', facts: { n: 3 } })
    expect(refuse('tired')).toEqual({ ok: false, code: 'tired', facts: {} })
  })
})

describe('assertion', () => {
  it('throws what was to hold, and only if it does not', () => {
    expect(() => assert(true, 'the sum is kept')).not.toThrow()
    expect(() => assert(0, 'the sum is kept')).toThrow(new AssertionError('the sum is kept'))
    expect(() => unreachable('other' as never)).toThrow('unhandled variant "other"')
  })
})
