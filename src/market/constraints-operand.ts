import { type Glob, globOf } from './constraints-glob.ts'
import { booleanOf } from './literal.ts'
import { type Decimal, parseDecimal } from './literal-decimal.ts'
import { type Instant, parseInstant } from './literal-time.ts'
import { parseVersion, type Version } from './literal-version.ts'

/**
 * The right side of a comparison, read once for every kind of property it may meet. A field is missing where the text
 * cannot be read so; a comparison with a property of that kind is then false.
 */
export type Operand = {
  /** As written, without the white space around it: what is printed. */
  readonly raw: string
  readonly text?: string
  readonly glob?: Glob
  readonly boolean?: boolean
  readonly decimal?: Decimal
  readonly version?: Version
  readonly instant?: Instant
  /** Of `[a,b]`: what a list must hold, all of it and nothing else. */
  readonly items?: readonly Operand[]
}

export type Tag = 'd' | 'v' | 't'

/** A bare word: it takes the kind of the property it meets, and `*` in it is a wildcard. */
export function bareOperand(raw: string): Operand {
  const glob = globOf(raw)
  return { ...bareItem(raw), ...(glob && { glob }) }
}

/** A bare word within a list, where `*` is an ordinary character. */
export function bareItem(raw: string): Operand {
  const boolean = booleanOf(raw)
  const decimal = parseDecimal(raw)
  const version = parseVersion(raw)
  const instant = parseInstant(raw)
  return {
    raw,
    text: raw,
    ...(boolean !== undefined && { boolean }),
    ...(decimal && { decimal }),
    ...(version && { version }),
    ...(instant && { instant }),
  }
}

/** A quoted text, which is a String and holds no wildcard; with a tag before it, a literal of that kind alone. */
export function quotedOperand(raw: string, content: string, tag: Tag | undefined): Operand {
  if (tag === undefined) return { raw, text: content }
  if (tag === 'd') return withField(raw, 'decimal', parseDecimal(content))
  if (tag === 'v') return withField(raw, 'version', parseVersion(content))
  return withField(raw, 'instant', parseInstant(content))
}

export const listOperand = (raw: string, items: readonly Operand[]): Operand => ({ raw, items })

const withField = (raw: string, field: 'decimal' | 'version' | 'instant', value: unknown): Operand =>
  value === undefined ? { raw } : { raw, [field]: value }
