import { type Amount, isAmount } from '../kernel/amount.ts'
import { compareDecimals, type Decimal, wholeDecimal } from './literal-decimal.ts'
import { decimalOf, isList, numberValue, type Properties, type PropertyValue, propertyOf } from './property.ts'

// One property in the kind that an offer has it in: undefined where it is missing, of another kind or out of range.

const mibPerGib = 1024
/** A pebibyte in MiB: a bound, no machine. */
const maxMib = 2 ** 30

/** A list of whole micro-credits. */
export function amounts(all: Properties, name: string): Amount[] | undefined {
  const list = propertyOf(all, name)
  if (list === undefined || !isList(list)) return undefined
  const read = list.map((item) => wholeOf(decimalOf(item))).filter((one) => one !== undefined && isAmount(one))
  return read.length === list.length ? (read as Amount[]) : undefined
}

/** A string that is not empty. */
export function filled(all: Properties, name: string): string | undefined {
  const value = propertyOf(all, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A list of strings. */
export function texts(all: Properties, name: string): string[] | undefined {
  const value = propertyOf(all, name)
  if (value === undefined || !isList(value)) return undefined
  return value.every((item) => typeof item === 'string') ? [...value] : undefined
}

/** A whole number within bounds. */
export function whole(all: Properties, name: string, least: number, most: number): number | undefined {
  const value = propertyOf(all, name)
  return typeof value === 'number' && value >= least && value <= most ? value : undefined
}

const wholeOf = (decimal: Decimal | undefined): bigint | undefined =>
  decimal?.scale === 0 ? decimal.coefficient : undefined

/** GiB that come to whole MiB, in MiB. */
export function memoryMib(all: Properties, name: string): number | undefined {
  const value = propertyOf(all, name)
  const gib = value === undefined ? undefined : decimalOf(value)
  if (!gib || gib.coefficient < 0n || compareDecimals(gib, wholeDecimal(maxMib / mibPerGib)) > 0) return undefined
  const scaled = gib.coefficient * BigInt(mibPerGib)
  const unit = 10n ** BigInt(gib.scale)
  return scaled % unit === 0n ? Number(scaled / unit) : undefined
}

/** MiB as the Number of GiB that they are: one is 0.0009765625 exactly. */
export const gibOf = (mib: number): PropertyValue => {
  const safe = Number.isSafeInteger(mib) ? mib : -1
  return numberValue(inLowestTerms(BigInt(safe) * 9_765_625n, 10))
}

function inLowestTerms(coefficient: bigint, scale: number): Decimal {
  if (scale === 0 || coefficient % 10n !== 0n) return { coefficient, scale }
  return inLowestTerms(coefficient / 10n, scale - 1)
}
