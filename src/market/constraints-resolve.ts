import { always, type Expression, never, type Verdict } from './constraints.ts'
import { resolveLeaf } from './constraints-compare.ts'
import type { Properties } from './property.ts'

/** A verdict, and what is left of the expression once everything known is taken out of it. */
export type Resolution = { readonly verdict: Verdict; readonly reduced: Expression }

const opposite: Readonly<Record<Verdict, Verdict>> = { true: 'false', false: 'true', undefined: 'undefined' }

/**
 * Resolves by Kleene's strong logic: AND is false as soon as one operand is, else undefined as soon as one is, else true;
 * OR likewise with true; NOT undefined is undefined.
 * @returns `reduced` is `()` when true, `(|)` when false, else the operands whose properties are still unknown
 */
export function resolve(expression: Expression, properties: Properties): Resolution {
  switch (expression.kind) {
    case 'empty':
      return resolvedTrue
    case 'all':
    case 'any':
      return resolveOperands(expression, properties)
    case 'not':
      return negated(resolve(expression.of, properties))
    default: {
      const verdict = resolveLeaf(expression, properties)
      return verdict === 'undefined' ? { verdict, reduced: expression } : settled(verdict)
    }
  }
}

/** The verdict alone, without building what is left: what the matcher asks a thousand times. */
export function verdictOf(expression: Expression, properties: Properties): Verdict {
  switch (expression.kind) {
    case 'empty':
      return 'true'
    case 'all':
    case 'any':
      return verdictOfOperands(expression, properties)
    case 'not':
      return opposite[verdictOf(expression.of, properties)]
    default:
      return resolveLeaf(expression, properties)
  }
}

type Operands = Extract<Expression, { kind: 'all' | 'any' }>

function verdictOfOperands({ kind, of }: Operands, properties: Properties): Verdict {
  const decisive = kind === 'all' ? 'false' : 'true'
  let verdict = opposite[decisive]
  for (const operand of of) {
    const one = verdictOf(operand, properties)
    if (one === decisive) return decisive
    if (one === 'undefined') verdict = one
  }
  return verdict
}

function resolveOperands({ kind, of }: Operands, properties: Properties): Resolution {
  const decisive = kind === 'all' ? 'false' : 'true'
  const open: Expression[] = []
  for (const operand of of) {
    const one = resolve(operand, properties)
    if (one.verdict === decisive) return settled(decisive)
    if (one.verdict === 'undefined') open.push(one.reduced)
  }
  if (open.length === 0) return settled(opposite[decisive])
  return { verdict: 'undefined', reduced: open.length === 1 ? open[0]! : { kind, of: open } }
}

const resolvedTrue: Resolution = { verdict: 'true', reduced: always }
const resolvedFalse: Resolution = { verdict: 'false', reduced: never }
const settled = (verdict: Verdict): Resolution => (verdict === 'true' ? resolvedTrue : resolvedFalse)

const negated = ({ verdict, reduced }: Resolution): Resolution =>
  verdict === 'undefined' ? { verdict, reduced: { kind: 'not', of: reduced } } : settled(opposite[verdict])
