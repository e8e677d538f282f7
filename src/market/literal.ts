import { ok, type Result, refuse } from '../kernel/result.ts'
import { parseDecimal } from './literal-decimal.ts'
import { isScalar, maxListItems, numberValue, type PropertyValue, type Scalar } from './property.ts'

export type LiteralCode = 'literal-malformed' | 'literal-list-too-long'

/** A text with its reader's place in it. */
export type Cursor = { readonly text: string; at: number }

const escapes: Readonly<Record<string, string>> = { '"': '"', n: '\n', t: '\t', '0': '\0', '\\': '\\' }
const spelled: Readonly<Record<string, string>> = { '"': '\\"', '\n': '\\n', '\t': '\\t', '\0': '\\0', '\\': '\\\\' }
const truths = ['true', 'True', 'TRUE']
const lies = ['false', 'False', 'FALSE']
const tags: Readonly<Record<string, 'decimal' | 'version' | 'time'>> = { d: 'decimal', v: 'version', t: 'time' }

/**
 * Reads `"text"`, `true`, `2.5`, `d"1.20"`, `v"1.2.3"`, `t"2020-01-01T00:00:00Z"` or `[1,"a"]`, white space around it.
 * The refusal says at which character what was expected.
 */
export function parseLiteral(text: string): Result<PropertyValue, LiteralCode> {
  const cursor = { text, at: 0 }
  skipSpace(cursor)
  const value = cursor.text[cursor.at] === '[' ? readList(cursor) : readScalar(cursor)
  if (!value.ok) return value
  skipSpace(cursor)
  return cursor.at === text.length ? value : malformed(cursor, 'the end of the literal')
}

/** The spelling that `parseLiteral` reads back to an equal value. */
export function printLiteral(value: PropertyValue): string {
  if (Array.isArray(value)) return `[${value.map(printScalar).join(',')}]`
  return printScalar(value as Scalar)
}

export function booleanOf(word: string): boolean | undefined {
  if (truths.includes(word)) return true
  return lies.includes(word) ? false : undefined
}

/**
 * The content of a quoted text whose first quote stands at the cursor, which is left behind the last one. Undefined,
 * with the cursor at the fault, where it does not end or has an unknown escape.
 */
export function readQuoted(cursor: Cursor): string | undefined {
  const parts: string[] = []
  let from = ++cursor.at
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const character = cursor.text[cursor.at]
    if (character !== '"' && character !== '\\') continue
    parts.push(cursor.text.slice(from, cursor.at))
    cursor.at++
    if (character === '"') return parts.join('')
    const meant = escapes[cursor.text[cursor.at] ?? '']
    if (meant === undefined) return undefined
    parts.push(meant)
    from = cursor.at + 1
  }
  return undefined
}

export function skipSpace(cursor: Cursor): void {
  while (isSpace(cursor.text[cursor.at])) cursor.at++
}

export const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r'

function readList(cursor: Cursor): Result<PropertyValue, LiteralCode> {
  const items: Scalar[] = []
  cursor.at++
  skipSpace(cursor)
  if (cursor.text[cursor.at] === ']') return closed(cursor, items)
  for (;;) {
    skipSpace(cursor)
    if (items.length === maxListItems)
      return refuse('literal-list-too-long', { position: cursor.at, most: maxListItems })
    const item = readScalar(cursor)
    if (!item.ok) return item
    items.push(item.value)
    skipSpace(cursor)
    const mark = cursor.text[cursor.at]
    if (mark === ']') return closed(cursor, items)
    if (mark !== ',') return malformed(cursor, ', or ]')
    cursor.at++
  }
}

function closed(cursor: Cursor, items: Scalar[]): Result<PropertyValue, LiteralCode> {
  cursor.at++
  return ok(items)
}

function readScalar(cursor: Cursor): Result<Scalar, LiteralCode> {
  const start = cursor.at
  const first = cursor.text[start] ?? ''
  if (first === '"') return readTagged(cursor, start, undefined)
  const tag = cursor.text[start + 1] === '"' && Object.hasOwn(tags, first) ? tags[first] : undefined
  if (tag) {
    cursor.at++
    return readTagged(cursor, start, tag)
  }
  while (cursor.at < cursor.text.length && !isEndOfWord(cursor.text[cursor.at])) cursor.at++
  const word = cursor.text.slice(start, cursor.at)
  const truth = booleanOf(word)
  if (truth !== undefined) return ok(truth)
  const decimal = parseDecimal(word)
  return decimal ? ok(numberValue(decimal)) : malformed({ ...cursor, at: start }, 'a literal')
}

function readTagged(
  cursor: Cursor,
  start: number,
  tag: 'decimal' | 'version' | 'time' | undefined,
): Result<Scalar, LiteralCode> {
  const content = readQuoted(cursor)
  if (content === undefined) return malformed(cursor, 'a closing quote, or one of \\" \\n \\t \\0 \\\\')
  const value: unknown = tag ? { [tag]: content } : content
  return isScalar(value) ? ok(value) : malformed({ ...cursor, at: start }, `a ${tag ?? 'shorter string'}`)
}

function printScalar(value: Scalar): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object') return String(value)
  if ('number' in value) return value.number
  if ('decimal' in value) return `d"${value.decimal}"`
  return 'version' in value ? `v"${value.version}"` : `t"${value.time}"`
}

function quote(text: string): string {
  let inside = ''
  for (const character of text) inside += spelled[character] ?? character
  return `"${inside}"`
}

const isEndOfWord = (character: string | undefined): boolean =>
  character === ',' || character === ']' || isSpace(character)

const malformed = (cursor: Cursor, expected: string) =>
  refuse('literal-malformed', {
    position: cursor.at,
    expected,
    found: cursor.text.slice(cursor.at, cursor.at + 16) || 'the end',
  })
