import type { Expression, Leaf, Verdict } from './constraints.ts'
import { resolveLeaf } from './constraints-compare.ts'
import { printRef } from './constraints-print.ts'
import { verdictOf } from './constraints-resolve.ts'
import { printLiteral } from './literal.ts'
import { type Properties, propertyOf } from './property.ts'

/** One reason why an expression is not true. */
export type Failure = {
  readonly name: string
  /** As written: `>= 2`, `= eu-*`, `present`; with `not` before it where the leaf stands under a negation. */
  readonly wanted: string
  /** The property's literal, or undefined where the other side has no such property. */
  readonly found: string | undefined
  /** What the leaf itself came to. */
  readonly verdict: Verdict
}

/**
 * Every leaf that keeps the expression from being true, in the order written: empty exactly when the expression is true
 * or has no leaf to blame, as `(|)` has none.
 */
export const explain = (expression: Expression, properties: Properties): Failure[] =>
  failures(expression, properties, 'true')

function failures(expression: Expression, properties: Properties, needed: 'true' | 'false'): Failure[] {
  if (verdictOf(expression, properties) === needed) return []
  switch (expression.kind) {
    case 'empty':
      return []
    case 'all':
    case 'any':
      return expression.of.flatMap((operand) => failures(operand, properties, needed))
    case 'not':
      return failures(expression.of, properties, needed === 'true' ? 'false' : 'true')
    default:
      return [failure(expression, properties, needed)]
  }
}

function failure(leaf: Leaf, properties: Properties, needed: 'true' | 'false'): Failure {
  const value = propertyOf(properties, leaf.ref.key)
  const wanted = leaf.kind === 'present' ? 'present' : `${leaf.op} ${leaf.wanted.raw}`
  return {
    name: printRef(leaf.ref),
    wanted: needed === 'true' ? wanted : `not ${wanted}`,
    found: value === undefined ? undefined : printLiteral(value),
    verdict: resolveLeaf(leaf, properties),
  }
}
