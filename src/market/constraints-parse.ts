import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import {
  always,
  type Expression,
  maxConstraintBytes,
  maxDepth,
  maxOperands,
  type Op,
  type PropertyRef,
  type RefType,
} from './constraints.ts'
import { bareItem, bareOperand, listOperand, type Operand, quotedOperand, type Tag } from './constraints-operand.ts'
import { type Cursor, isSpace, readQuoted, skipSpace } from './literal.ts'
import { utf8Bytes } from './literal-text.ts'
import { isPropertyName } from './property.ts'

export type ConstraintCode =
  | 'constraint-malformed'
  | 'constraint-too-long'
  | 'constraint-too-deep'
  | 'constraint-list-too-long'

type Parsed<T> = Result<T, ConstraintCode>

/**
 * Reads a constraint such as `(&(golem.inf.mem.gib>=2)(!(tabmesh.node.region=eu-*)))` by recursive descent.
 * @returns a refusal whose facts give the position (in UTF-16 units), what was expected there and what stands there
 */
export function parseConstraint(text: string): Parsed<Expression> {
  const bytes = text.length > maxConstraintBytes ? text.length : utf8Bytes(text)
  if (bytes === undefined) return malformed({ text, at: 0 }, 'well-formed Unicode')
  if (bytes > maxConstraintBytes) return refuse('constraint-too-long', { bytes, most: maxConstraintBytes })
  const cursor = { text, at: 0 }
  const expression = readFilter(cursor, 1)
  if (!expression.ok || cursor.at === text.length) return expression
  return malformed(cursor, 'the end of the constraint')
}

/** filter = "(" [content] ")", white space around it. */
function readFilter(cursor: Cursor, depth: number): Parsed<Expression> {
  skipSpace(cursor)
  if (cursor.text[cursor.at] !== '(') return malformed(cursor, '(')
  if (depth > maxDepth) return refuse('constraint-too-deep', { position: cursor.at, most: maxDepth })
  cursor.at++
  skipSpace(cursor)
  const content = readContent(cursor, depth)
  if (!content.ok) return content
  skipSpace(cursor)
  if (cursor.text[cursor.at] !== ')') return malformed(cursor, ')')
  cursor.at++
  skipSpace(cursor)
  return content
}

function readContent(cursor: Cursor, depth: number): Parsed<Expression> {
  const first = cursor.text[cursor.at]
  if (first === ')') return ok(always)
  if (first === '&') return readOperands(cursor, 'all', depth)
  if (first === '|') return readOperands(cursor, 'any', depth)
  if (first === '!') return readNot(cursor, depth)
  return readLeaf(cursor)
}

function readOperands(cursor: Cursor, kind: 'all' | 'any', depth: number): Parsed<Expression> {
  const of: Expression[] = []
  cursor.at++
  skipSpace(cursor)
  while (cursor.text[cursor.at] === '(') {
    if (of.length === maxOperands) return tooMany(cursor)
    const operand = readFilter(cursor, depth + 1)
    if (!operand.ok) return operand
    of.push(operand.value)
  }
  return ok({ kind, of })
}

function readNot(cursor: Cursor, depth: number): Parsed<Expression> {
  cursor.at++
  const of = readFilter(cursor, depth + 1)
  return of.ok ? ok({ kind: 'not', of: of.value }) : of
}

/** present = attr "=*"; simple = attr op value. A star alone asks for presence, a star before more is a wildcard. */
function readLeaf(cursor: Cursor): Parsed<Expression> {
  const ref = readRef(cursor)
  if (!ref.ok) return ref
  const op = readOp(cursor)
  if (op === undefined) return malformed(cursor, '=, <, <=, > or >=')
  skipSpace(cursor)
  const wanted = readOperand(cursor)
  if (!wanted.ok) return wanted
  if (op === '=' && wanted.value.raw === '*') return ok({ kind: 'present', ref: ref.value })
  return ok({ kind: 'compare', ref: ref.value, op, wanted: wanted.value })
}

/** propref = name ["[" aspect "]"] ["$" type] */
function readRef(cursor: Cursor): Parsed<PropertyRef> {
  const start = cursor.at
  while (cursor.at < cursor.text.length && !'=<>~()'.includes(cursor.text[cursor.at]!)) cursor.at++
  const whole = trimmed(cursor.text, start, cursor.at)
  const dollar = whole.indexOf('$')
  const key = dollar < 0 ? whole : whole.slice(0, dollar)
  if (!isPropertyName(key)) return malformed({ ...cursor, at: start }, 'a property name')
  if (dollar < 0) return ok({ key })
  const type = refType(whole.slice(dollar + 1))
  return type ? ok({ key, type }) : malformed({ ...cursor, at: start + dollar + 1 }, 'd, v or t')
}

function readOp(cursor: Cursor): Op | undefined {
  const first = cursor.text[cursor.at]
  if (first !== '=' && first !== '<' && first !== '>') return undefined
  cursor.at++
  if (first === '=' || cursor.text[cursor.at] !== '=') return first
  cursor.at++
  return `${first}=`
}

/** value = a list, a quoted text, or whatever stands before the next ")". */
function readOperand(cursor: Cursor): Parsed<Operand> {
  const start = cursor.at
  const operand = cursor.text[start] === '[' ? readList(cursor) : ok(readQuotedOperand(cursor))
  if (!operand.ok) return operand
  if (operand.value && isClosed(cursor)) return ok(operand.value)
  const end = cursor.text.indexOf(')', start)
  cursor.at = end < 0 ? cursor.text.length : end
  return ok(bareOperand(trimmed(cursor.text, start, cursor.at)))
}

function isClosed(cursor: Cursor): boolean {
  skipSpace(cursor)
  return cursor.text[cursor.at] === ')'
}

/** Undefined, and the caller reads a bare word, where no tagged or untagged quoted text starts and ends here. */
function readQuotedOperand(cursor: Cursor): Operand | undefined {
  const start = cursor.at
  const first = cursor.text[start] ?? ''
  const tag = cursor.text[start + 1] === '"' ? refType(first) : undefined
  if (first !== '"' && tag === undefined) return undefined
  if (tag) cursor.at++
  const content = readQuoted(cursor)
  return content === undefined ? undefined : quotedOperand(cursor.text.slice(start, cursor.at), content, tag)
}

/** list = "[" [item *("," item)] "]"; undefined where the brackets hold no list. */
function readList(cursor: Cursor): Parsed<Operand | undefined> {
  const start = cursor.at
  const items: Operand[] = []
  cursor.at++
  skipSpace(cursor)
  while (cursor.text[cursor.at] !== ']' || items.length > 0) {
    skipSpace(cursor)
    if (items.length === maxOperands) return tooMany(cursor)
    const item = readQuotedOperand(cursor) ?? readBareItem(cursor)
    if (item === undefined) return ok(undefined)
    items.push(item)
    skipSpace(cursor)
    const mark = cursor.text[cursor.at]
    if (mark === ']') break
    if (mark !== ',') return ok(undefined)
    cursor.at++
  }
  cursor.at++
  return ok(listOperand(cursor.text.slice(start, cursor.at), items))
}

function readBareItem(cursor: Cursor): Operand | undefined {
  const start = cursor.at
  while (cursor.at < cursor.text.length && !',])"'.includes(cursor.text[cursor.at]!)) cursor.at++
  const word = trimmed(cursor.text, start, cursor.at)
  return word === '' ? undefined : bareItem(word)
}

function trimmed(text: string, from: number, to: number): string {
  let end = to
  while (end > from && isSpace(text[end - 1])) end--
  return text.slice(from, end)
}

const refType = (text: string): (RefType & Tag) | undefined =>
  text === 'd' || text === 'v' || text === 't' ? text : undefined

const tooMany = (cursor: Cursor): Refusal<ConstraintCode> =>
  refuse('constraint-list-too-long', { position: cursor.at, most: maxOperands })

const malformed = (cursor: Cursor, expected: string): Refusal<ConstraintCode> =>
  refuse('constraint-malformed', {
    position: cursor.at,
    expected,
    found: cursor.text.slice(cursor.at, cursor.at + 16) || 'the end',
  })
