import { describe, expect, it } from 'vitest'
import type { CallableForm } from '../../activity/function-forms.ts'
import { callTasks, callText, exampleOf, noCalls, type OwnCalls, readCalls, signatureOf } from './own-calls.ts'

const power: CallableForm = { name: 'power', params: ['i64', 'f64'], results: ['f64'] }
const add: CallableForm = { name: 'add', params: ['i32', 'i32'], results: ['i32'] }
const asked = (form: CallableForm, part: Partial<OwnCalls>) => {
  const calls: OwnCalls = { ...noCalls, invoke: form.name, ...part }
  const read = readCalls(form, calls)
  return { read, words: read.kind === 'lacking' ? read.words : '', tasks: [...callTasks(form.name, read)] }
}

describe('calls of a function', () => {
  it('come a line each, whatever stands between their values', () => {
    const lines = '25n 2\n\n -3, 1.50\n18446744073709551615 -0\n1e1\t1e3'
    expect(asked(power, { lines: '25n 2\n\n -3, 1.50\n7, NaN' }).tasks).toEqual([
      { invoke: 'power', params: [25n, 2] },
      { invoke: 'power', params: [-3n, 1.5] },
      { invoke: 'power', params: [7n, Number.NaN] },
    ])
    expect(asked(power, { lines }).words).toBe('Line 5: “1e1” is no 64-bit integer, such as 25n.')
    expect(asked(add, { lines: '4294967295 -2147483648' }).tasks[0]?.params).toEqual([4_294_967_295, -2_147_483_648])
  })

  it('are told what is wrong with them', () => {
    expect(asked(add, { lines: '1 2\n\n3' }).words).toBe('Line 3: add takes 2 values, here is 1.')
    expect(asked(add, { lines: '1 2n' }).words).toBe('Line 1: “2n” is no 32-bit integer, such as 25.')
    expect(asked(add, { lines: '1 4294967296' }).words).toMatch('is no 32-bit integer')
    expect(asked(power, { lines: '1 12n' }).words).toBe('Line 1: “12n” is no number, such as 1.5.')
    expect(asked(power, { lines: ' \n' }).read).toEqual({
      kind: 'lacking',
      words: 'Give at least one call.',
      isWrong: false,
    })
  })

  it('may count their first value up', () => {
    expect(
      asked(power, { given: 'range', from: '9', to: '11', rest: '0.5' }).tasks.map(({ params }) => params),
    ).toEqual([
      [9n, 0.5],
      [10n, 0.5],
      [11n, 0.5],
    ])
    const refused = [
      { from: '2', to: '1' },
      { from: 'a', to: '2' },
      { from: '1', to: '1000001' },
      { from: '1', to: '2', rest: '' },
      { from: '4294967296', to: '4294967296' },
    ]
    for (const part of refused) expect(asked(add, { given: 'range', rest: '1', ...part }).words).not.toBe('')
  })

  it('of a function without values are one', () => {
    expect(asked({ name: 'roll', params: [], results: [] }, {}).tasks).toEqual([{ invoke: 'roll', params: [] }])
  })

  it('read as they were typed, and so does what is called', () => {
    expect(callText({ ...noCalls, invoke: 'power', lines: '\n25n   2\n' }, 0)).toBe('power(25n, 2)')
    expect(callText({ ...noCalls, invoke: 'add', given: 'range', from: '5', rest: '7' }, 3)).toBe('add(8, 7)')
    expect(signatureOf(power)).toBe('power(64-bit integer, number) → number')
    expect(exampleOf(power.params)).toBe('25n 1.5')
  })
})
