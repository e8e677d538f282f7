import type { CallableForm, NumberType } from '../../activity/function-forms.ts'
import { readValue } from '../../activity/value-text.ts'
import type { TaskRequest } from '../../sdk/api.ts'
import { counted, whole } from '../parts/format.ts'

/** Calls of one function of a module, as they were typed: a call a line, or a first value that counts up. */
export type OwnCalls = {
  readonly invoke: string
  readonly given: 'lines' | 'range'
  readonly lines: string
  readonly from: string
  readonly to: string
  /** The values behind the first, the same for each call of a range. */
  readonly rest: string
}
export const noCalls: OwnCalls = { invoke: '', given: 'lines', lines: '', from: '1', to: '100', rest: '' }

type Params = readonly (number | bigint)[]
/** What is asked for, or what still keeps it from being asked, in words. */
export type ReadCalls =
  | { readonly kind: 'calls'; readonly count: number; readonly at: (index: number) => Params }
  | { readonly kind: 'lacking'; readonly words: string; readonly isWrong: boolean }

/** A million results are as many as a page can still list and pack. */
const mostCalls = 1_000_000

const examples: Readonly<Record<NumberType, { readonly called: string; readonly like: string }>> = {
  i32: { called: '32-bit integer', like: '25' },
  i64: { called: '64-bit integer', like: '25n' },
  f32: { called: 'number', like: '1.5' },
  f64: { called: 'number', like: '1.5' },
}

/** 'power(64-bit integer, number) → number' */
export function signatureOf({ name, params, results }: CallableForm): string {
  const listed = (types: readonly NumberType[]): string => types.map((type) => examples[type].called).join(', ')
  return `${name}(${listed(params)}) → ${listed(results) || 'nothing'}`
}

/** What a call may look like: '25n 1.5'. */
export const exampleOf = (types: readonly NumberType[]): string => types.map((type) => examples[type].like).join(' ')

export function readCalls(form: CallableForm, calls: OwnCalls): ReadCalls {
  if (form.params.length === 0) return { kind: 'calls', count: 1, at: () => [] }
  return calls.given === 'range' ? readRange(form, calls) : readLines(form, calls.lines)
}

export function* callTasks(invoke: string, calls: ReadCalls): Generator<TaskRequest> {
  if (calls.kind === 'lacking') return
  for (let index = 0; index < calls.count; index++) yield { invoke, params: calls.at(index) }
}

/** A call as people write it: 'power(25n, 2)'. */
export function callText(calls: OwnCalls, index: number): string {
  const values =
    calls.given === 'range'
      ? [countedUp(calls, index), ...wordsOf(calls.rest)]
      : wordsOf(linesOf(calls.lines)[index]?.text ?? '')
  return `${calls.invoke}(${values.join(', ')})`
}

function countedUp({ from }: OwnCalls, index: number): string {
  const isLong = from.trim().endsWith('n')
  const start = integerOf(from)
  return start === undefined ? '' : `${start + BigInt(index)}${isLong ? 'n' : ''}`
}

function readLines({ name, params: types }: CallableForm, text: string): ReadCalls {
  const lines = linesOf(text)
  if (lines.length === 0) return lacking('Give at least one call.')
  const read: Params[] = []
  for (const { number, text } of lines) {
    const values = readParams(name, types, wordsOf(text))
    if (typeof values === 'string') return wrong(`Line ${whole(number)}: ${values}`)
    read.push(values)
  }
  return { kind: 'calls', count: read.length, at: (index) => read[index] ?? [] }
}

function readRange({ name, params: [first = 'i32', ...others] }: CallableForm, calls: OwnCalls): ReadCalls {
  const [from, to] = [integerOf(calls.from), integerOf(calls.to)]
  if (from === undefined || to === undefined || to < from)
    return wrong('A range goes from a whole number to one that is not smaller.')
  const count = Number(to - from) + 1
  if (count > mostCalls) return wrong(`A range holds at most ${counted(mostCalls, 'call')}.`)
  const rest = readParams(name, others, wordsOf(calls.rest), 1)
  if (typeof rest === 'string') return wrong(rest)
  for (const end of [from, to])
    if (typedValue(first, String(end)) === undefined) return wrong(`${end} is no ${examples[first].called}.`)
  const isLong = first === 'i64'
  return {
    kind: 'calls',
    count,
    at: (index) => [isLong ? from + BigInt(index) : Number(from) + index, ...rest],
  }
}

/** @param before how many values the call has in front of these; @returns the values, or what is wrong in words */
function readParams(name: string, types: readonly NumberType[], words: readonly string[], before = 0): Params | string {
  if (words.length !== types.length) {
    const [wanted, here] = [types.length + before, words.length + before]
    return `${name} takes ${counted(wanted, 'value')}, here ${here === 1 ? 'is' : 'are'} ${whole(here)}.`
  }
  const values: (number | bigint)[] = []
  for (const [at, type] of types.entries()) {
    const value = typedValue(type, words[at] ?? '')
    if (value === undefined) {
      const { called, like } = examples[type]
      return `“${words[at]}” is no ${called}, such as ${like}.`
    }
    values.push(value)
  }
  return values
}

/** The whole range of the type, with a sign or without. */
const integers = { i32: [-(2n ** 31n), 2n ** 32n - 1n], i64: [-(2n ** 63n), 2n ** 64n - 1n] } as const

function typedValue(type: NumberType, word: string): number | bigint | undefined {
  if (type === 'f32' || type === 'f64') return numberOf(word)
  const value = type === 'i32' && word.endsWith('n') ? undefined : integerOf(word)
  const [least, most] = integers[type]
  if (value === undefined || value < least || value > most) return undefined
  return type === 'i64' ? value : Number(value)
}

/** As the wire writes it, `NaN` and `-0` included, or as people do: 1.50, 1e3. */
function numberOf(word: string): number | undefined {
  const exact = readValue(word)
  if (typeof exact === 'number') return exact
  const value = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(word) ? Number(word) : Number.NaN
  return Number.isNaN(value) ? undefined : value
}

/** Twenty digits are the longest of 64 bits. */
const integerOf = (word: string): bigint | undefined => {
  const digits = /^\s*([+-]?\d{1,20})n?\s*$/.exec(word)?.[1]
  return digits === undefined ? undefined : BigInt(digits.replace('+', ''))
}

const wordsOf = (line: string): readonly string[] => line.split(/[\s,]+/).filter((word) => word !== '')
const linesOf = (text: string): readonly { readonly number: number; readonly text: string }[] =>
  text.split('\n').flatMap((line, at) => (line.trim() ? [{ number: at + 1, text: line }] : []))
const lacking = (words: string): ReadCalls => ({ kind: 'lacking', words, isWrong: false })
const wrong = (words: string): ReadCalls => ({ kind: 'lacking', words, isWrong: true })
