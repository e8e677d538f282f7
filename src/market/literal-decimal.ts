/** An exact decimal, coefficient · 10^−scale, in lowest terms: equal numbers have equal fields. */
export type Decimal = { readonly coefficient: bigint; readonly scale: number }

/** Forty digits on either side of the point: enough for 2¹²⁸, and few enough that a comparison costs nothing. */
const shape = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/

/** Reads `-12.50`; no exponent, no sign `+`, no bare point. Undefined where the text is no decimal. */
export function parseDecimal(text: string): Decimal | undefined {
  const parts = shape.exec(text)
  if (!parts) return undefined
  const fraction = withoutTrailingZeros(parts[3] ?? '')
  const magnitude = BigInt(parts[2]! + fraction)
  return { coefficient: parts[1] ? -magnitude : magnitude, scale: fraction.length }
}

/** A whole number as Decimal. */
export const wholeDecimal = (value: number | bigint): Decimal => ({ coefficient: BigInt(value), scale: 0 })

export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const left = a.coefficient * 10n ** BigInt(scale - a.scale)
  const right = b.coefficient * 10n ** BigInt(scale - b.scale)
  return left < right ? -1 : left > right ? 1 : 0
}

/** The shortest spelling: `parseDecimal(printDecimal(d))` is d. */
export function printDecimal({ coefficient, scale }: Decimal): string {
  const sign = coefficient < 0n ? '-' : ''
  const digits = String(coefficient < 0n ? -coefficient : coefficient).padStart(scale + 1, '0')
  const point = digits.length - scale
  return sign + digits.slice(0, point) + (scale > 0 ? `.${digits.slice(point)}` : '')
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
