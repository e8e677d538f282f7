import type { Operand } from './constraints-operand.ts'

/** What a side demands of the other's properties, parsed once and resolved often. Grammar and rules: LANGUAGE.md. */
export type Expression =
  | { readonly kind: 'empty' }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly of: Expression }
  | Leaf
export type Leaf =
  | { readonly kind: 'present'; readonly ref: PropertyRef }
  | { readonly kind: 'compare'; readonly ref: PropertyRef; readonly op: Op; readonly wanted: Operand }

export type Op = '=' | '<' | '<=' | '>' | '>='
/** d: as Decimal, v: as Version, t: as DateTime. */
export type RefType = 'd' | 'v' | 't'
/** `key` is the property's name with its aspect, as properties carry it; `type` is what it is to be read as. */
export type PropertyRef = { readonly key: string; readonly type?: RefType }

/** True, false, or not to be told from what is known (Kleene's strong three-valued logic). */
export type Verdict = 'true' | 'false' | 'undefined'

/** UTF-8 bytes of a constraint: some forty comparisons, four times what a careful demand says. */
export const maxConstraintBytes = 2048
/** Brackets within brackets: people write four, and a reader of its own stack needs a bound. */
export const maxDepth = 16
/** Operands of one & or |, and items of one list: as many as a list property may hold. */
export const maxOperands = 64

/** Always true: `()`. */
export const always: Expression = { kind: 'empty' }
/** Always false: `(|)`, for no operand of it is true. */
export const never: Expression = { kind: 'any', of: [] }
