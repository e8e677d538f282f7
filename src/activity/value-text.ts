/**
 * Numbers that a function takes and gives, as text: the wire carries no floats, and neither JSON nor a browser's database keeps −0,
 * infinities and 64-bit integers apart. `-0`, `1.5`, `NaN`, `-Infinity` are numbers, `12n` is a bigint.
 */
export type ValueText = string

/** Digits of the longest number that JavaScript prints, or of a 64-bit integer, with room. */
export const mostValueLength = 32

export function valueText(value: number | bigint): ValueText {
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** VT1: the value that a text names, in the one way in which `valueText` writes it; undefined for any other text. */
export function readValue(text: ValueText): number | bigint | undefined {
  if (text.length > mostValueLength) return undefined
  const value = /^-?\d+n$/.test(text) ? BigInt(text.slice(0, -1)) : Number(text)
  return valueText(value) === text ? value : undefined
}
