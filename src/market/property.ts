import * as v from 'valibot'
import { compareStrings } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { compareDecimals, type Decimal, parseDecimal, printDecimal, wholeDecimal } from './literal-decimal.ts'
import { utf8Bytes } from './literal-text.ts'
import { compareInstants, parseInstant } from './literal-time.ts'
import { compareVersions, parseVersion } from './literal-version.ts'

/** A whole number within ±2⁵³ is a number; every other Number is written out, so that no float is ever on the wire. */
export type NumberValue = number | { readonly number: string }
export type Scalar =
  | string
  | boolean
  | NumberValue
  | { readonly decimal: string }
  | { readonly version: string }
  | { readonly time: string }
export type PropertyValue = Scalar | readonly Scalar[]
/** Flat: name → value. A name is `golem.inf.mem.gib`, with `?` behind it when negotiable, with `[aspect]` at the end. */
export type Properties = Readonly<Record<string, PropertyValue>>

export type PropertyCode =
  | 'properties-not-a-map'
  | 'too-many-properties'
  | 'property-name-malformed'
  | 'property-value-malformed'

/** The largest standard offer has about 40; three times that leaves room for aspects and own names. */
export const maxProperties = 128
/** UTF-16 units of a whole name: the longest standard one has 55. */
const maxNameLength = 128
/** UTF-8 bytes of a string: a manifest's address and a sentence fit, a payload does not belong here. */
export const maxStringBytes = 1024
/** Items of a list: CPU flags are the longest list there is. */
export const maxListItems = 64

/** Letter first, no character that has a meaning in a constraint, at most one aspect. */
const wholeName = /^[A-Za-z][A-Za-z0-9._:/@+-]*\??(?:\[[A-Za-z0-9._-]{1,64}\])?$/

export const isPropertyName = (name: string): boolean => name.length <= maxNameLength && wholeName.test(name)

/** Checks anything decoded; junk is refused, never thrown. The facts name the property. */
export function checkProperties(input: unknown): Result<Properties, PropertyCode> {
  if (!isPlainMap(input)) return refuse('properties-not-a-map')
  const names = Object.keys(input)
  if (names.length > maxProperties) return refuse('too-many-properties', { found: names.length, most: maxProperties })
  for (const name of names) {
    if (!isPropertyName(name)) return refuse('property-name-malformed', { name: name.slice(0, maxNameLength) })
    if (!isPropertyValue(input[name])) return refuse('property-value-malformed', { name })
  }
  return ok(input as Properties)
}

/** The same check as a field of a message. */
export const properties = v.custom<Properties>((input) => checkProperties(input).ok, 'expected properties')

export function isPropertyValue(input: unknown): input is PropertyValue {
  return Array.isArray(input) ? input.length <= maxListItems && input.every(isScalar) : isScalar(input)
}

export function isScalar(input: unknown): input is Scalar {
  if (typeof input === 'boolean') return true
  if (typeof input === 'number') return Number.isSafeInteger(input) && !Object.is(input, -0)
  if (typeof input === 'string') return isText(input)
  if (!isPlainMap(input)) return false
  const [kind, ...more] = Object.keys(input)
  const text = kind === undefined ? undefined : input[kind]
  if (more.length > 0 || typeof text !== 'string') return false
  if (kind === 'number') return isWrittenNumber(text)
  if (kind === 'decimal') return parseDecimal(text) !== undefined
  if (kind === 'version') return parseVersion(text) !== undefined
  return kind === 'time' && parseInstant(text) !== undefined
}

export const isText = (text: string): boolean =>
  text.length <= maxStringBytes && (utf8Bytes(text) ?? maxStringBytes + 1) <= maxStringBytes

/** The one form of a Number: whole and safe as number, else written out in its shortest spelling. */
export function numberValue(decimal: Decimal): NumberValue {
  const whole = decimal.scale === 0 ? Number(decimal.coefficient) : undefined
  return whole !== undefined && Number.isSafeInteger(whole) ? whole : { number: printDecimal(decimal) }
}

/** The exact number behind a Number or a Decimal; undefined for every other value. */
export function decimalOf(value: PropertyValue): Decimal | undefined {
  if (typeof value === 'number') return wholeDecimal(value)
  if (typeof value !== 'object') return undefined
  if ('number' in value) return parseDecimal(value.number)
  return 'decimal' in value ? parseDecimal(value.decimal) : undefined
}

export const isList = (value: PropertyValue): value is readonly Scalar[] => Array.isArray(value)

/** A name that ends in `?` is negotiable: both sides repeat it until they agree. Every other is a fact. */
export const isNegotiable = (name: string): boolean => name.endsWith('?')
export const negotiable = (name: string): string => (isNegotiable(name) ? name : `${name}?`)
export const plainName = (name: string): string => (isNegotiable(name) ? name.slice(0, -1) : name)

export const propertyOf = (all: Properties, name: string): PropertyValue | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined

/** Equal in kind and in worth: d"1.20" is d"1.2", but no Number and no String. Lists are equal in any order. */
export function sameValue(a: PropertyValue, b: PropertyValue): boolean {
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameItems(a, b)
  return sameScalar(a, b)
}

function sameItems(a: readonly Scalar[], b: readonly Scalar[]): boolean {
  if (a.length !== b.length) return false
  return a.every((x) => b.some((y) => sameScalar(x, y))) && b.every((y) => a.some((x) => sameScalar(x, y)))
}

function sameScalar(a: Scalar, b: Scalar): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  if ('number' in a) return 'number' in b && a.number === b.number
  if ('decimal' in a) return 'decimal' in b && isZero(a.decimal, b.decimal, parseDecimal, compareDecimals)
  if ('version' in a) return 'version' in b && isZero(a.version, b.version, parseVersion, compareVersions)
  return 'time' in b && isZero(a.time, b.time, parseInstant, compareInstants)
}

function isZero<T>(a: string, b: string, parse: (text: string) => T | undefined, compare: (a: T, b: T) => number) {
  const left = parse(a)
  const right = parse(b)
  return left !== undefined && right !== undefined && compare(left, right) === 0
}

/** Where a negotiable property stands after two consecutive proposals, of which `latest` answers `previous`. */
export type Standing = 'agreed' | 'open' | 'dropped'

/**
 * Two consecutive proposals with the same value have agreed; a name that is left out is not supported by that side; a
 * new name is open. The result is ordered by name.
 */
export function standingOf(previous: Properties, latest: Properties): ReadonlyMap<string, Standing> {
  const names = new Set([...Object.keys(previous), ...Object.keys(latest)].filter(isNegotiable))
  return new Map([...names].sort(compareStrings).map((name) => [name, standing(previous, latest, name)]))
}

/** Nothing is left to negotiate: every negotiable name is agreed or dropped. */
export const isSettled = (previous: Properties, latest: Properties): boolean =>
  [...standingOf(previous, latest).values()].every((state) => state !== 'open')

function standing(previous: Properties, latest: Properties, name: string): Standing {
  const before = propertyOf(previous, name)
  const now = propertyOf(latest, name)
  if (now === undefined) return 'dropped'
  return before !== undefined && sameValue(before, now) ? 'agreed' : 'open'
}

const isWrittenNumber = (text: string): boolean => {
  const value = parseDecimal(text)
  const form = value && numberValue(value)
  return typeof form === 'object' && form.number === text
}

const isPlainMap = (input: unknown): input is Record<string, unknown> => {
  if (typeof input !== 'object' || input === null) return false
  const prototype: unknown = Object.getPrototypeOf(input)
  return prototype === Object.prototype || prototype === null
}
