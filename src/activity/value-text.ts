/** What a function takes or gives. Functions of core modules know numbers and bigints alone. */
export type Value = number | bigint | boolean | string

/**
 * Such values as text: the wire carries no floats, and neither JSON nor a browser's database keeps −0, infinities and 64-bit integers
 * apart. `-0`, `1.5`, `NaN`, `-Infinity` are numbers, `12n` is a bigint, `true` and `false` are themselves, and a string is as JSON has it.
 */
export type ValueText = string

/** Digits of the longest number that JavaScript prints, or of a 64-bit integer, with room. */
const mostNumberLength = 32
/** A page or two: 64 of them still fit a frame. What is longer belongs into a file. */
export const mostValueLength = 16_384

export function valueText(value: Value): ValueText {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  return Object.is(value, -0) ? '-0' : String(value)
}

/** VT1: the value that a text names, in the one way in which `valueText` writes it; undefined for any other text. */
export function readValue(text: ValueText): Value | undefined {
  const value = text.startsWith('"') ? readText(text) : text.length > mostNumberLength ? undefined : readPlain(text)
  return value !== undefined && valueText(value) === text ? value : undefined
}

function readPlain(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : Number(text)
}

function readText(text: string): string | undefined {
  if (text.length > mostValueLength) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
