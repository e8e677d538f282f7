import { type Result, refuse } from '../kernel/result.ts'
import { always, type Expression, type Op } from './constraints.ts'
import { type ConstraintCode, parseConstraint } from './constraints-parse.ts'
import { printRef } from './constraints-print.ts'
import { printLiteral } from './literal.ts'
import type { PropertyValue } from './property.ts'

/**
 * A comparison with a value instead of a text: whatever a person typed stands in quotes, where no character of it is a
 * bracket or a wildcard. Refused where the name is none, or where name and value together pass a constraint's limits.
 */
export function where(name: string, op: Op, value: PropertyValue): Result<Expression, ConstraintCode> {
  const parsed = parseConstraint(`(${name}${op}${printLiteral(value)})`)
  if (!parsed.ok) return parsed
  const leaf = parsed.value
  if (leaf.kind === 'compare' && leaf.op === op && printRef(leaf.ref) === name) return parsed
  return refuse('constraint-malformed', { position: 1, expected: 'a property name', found: name.slice(0, 16) })
}

/** All of them; of none, always true. */
export function allOf(expressions: readonly Expression[]): Expression {
  if (expressions.length === 0) return always
  return expressions.length === 1 ? expressions[0]! : { kind: 'all', of: expressions }
}
