import { compareStrings } from '../kernel/bytes.ts'
import type { Leaf, Op, RefType, Verdict } from './constraints.ts'
import { fitsGlob } from './constraints-glob.ts'
import type { Operand } from './constraints-operand.ts'
import { compareDecimals, parseDecimal } from './literal-decimal.ts'
import { compareInstants, parseInstant } from './literal-time.ts'
import { compareVersions, parseVersion } from './literal-version.ts'
import { decimalOf, isList, type Properties, type PropertyValue, propertyOf, type Scalar } from './property.ts'

/** One leaf against the properties it speaks of. */
export function resolveLeaf(leaf: Leaf, properties: Properties): Verdict {
  const value = propertyOf(properties, leaf.ref.key)
  if (leaf.kind === 'present') return value === undefined ? 'false' : 'true'
  if (value === undefined) return 'undefined'
  const read = leaf.ref.type ? readAs(value, leaf.ref.type) : value
  if (read === undefined) return 'undefined'
  return compare(read, leaf.op, leaf.wanted) ? 'true' : 'false'
}

function compare(value: PropertyValue, op: Op, wanted: Operand): boolean {
  if (isList(value)) return op === '=' && listEquals(value, wanted)
  if (typeof value === 'boolean') return op === '=' && value === wanted.boolean
  if (typeof value === 'string') return compareText(value, op, wanted)
  const order = orderOf(value, wanted)
  return order !== undefined && holds(op, order)
}

function compareText(value: string, op: Op, { text, glob }: Operand): boolean {
  if (op === '=' && glob) return fitsGlob(glob, value)
  return text !== undefined && holds(op, compareStrings(value, text))
}

/** `= item`: the list holds it. `= [a,b]`: as many items, each of either in the other. */
function listEquals(list: readonly Scalar[], wanted: Operand): boolean {
  const { items } = wanted
  if (!items) return list.some((item) => compare(item, '=', wanted))
  if (items.length !== list.length) return false
  const everyWanted = items.every((item) => list.some((value) => compare(value, '=', item)))
  return everyWanted && list.every((value) => items.some((item) => compare(value, '=', item)))
}

/** Where the value stands to what is wanted; undefined where what is wanted cannot be read as the value's kind. */
function orderOf(value: Exclude<Scalar, string | boolean>, wanted: Operand): number | undefined {
  if (typeof value === 'object' && 'version' in value) {
    const version = wanted.version && parseVersion(value.version)
    return version && compareVersions(version, wanted.version!)
  }
  if (typeof value === 'object' && 'time' in value) {
    const instant = wanted.instant && parseInstant(value.time)
    return instant && compareInstants(instant, wanted.instant!)
  }
  const decimal = wanted.decimal && decimalOf(value)
  return decimal && compareDecimals(decimal, wanted.decimal!)
}

function holds(op: Op, order: number): boolean {
  if (op === '=') return order === 0
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** `$d`, `$v`, `$t`: a String is read as that kind, a Number is a Decimal already; undefined where it cannot be. */
function readAs(value: PropertyValue, type: RefType): PropertyValue | undefined {
  if (type === 'd') {
    if (typeof value === 'string') return parseDecimal(value) && { decimal: value }
    return decimalOf(value) && value
  }
  if (type === 'v') {
    if (typeof value === 'string') return parseVersion(value) && { version: value }
    return typeof value === 'object' && 'version' in value ? value : undefined
  }
  if (typeof value === 'string') return parseInstant(value) && { time: value }
  return typeof value === 'object' && 'time' in value ? value : undefined
}
