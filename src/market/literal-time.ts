/** A moment of RFC 3339, whole seconds since 1970-01-01T00:00:00Z and nanoseconds within the second. */
export type Instant = { readonly seconds: number; readonly nanos: number }

const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Reads `2020-01-01T00:00:00Z` with up to nine digits of a second and any offset. A leap second, `:60` in minute 59,
 * is the first moment after it. Undefined where the text is no moment.
 */
export function parseInstant(text: string): Instant | undefined {
  const parts = shape.exec(text)
  if (!parts) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as Six
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > (minute === 59 ? 60 : 59)) return undefined
  const offsetHour = Number(parts[9] ?? 0)
  const offsetMinute = Number(parts[10] ?? 0)
  if (offsetHour > 23 || offsetMinute > 59) return undefined
  const offset = (offsetHour * 60 + offsetMinute) * 60 * (parts[8] === '-' ? -1 : 1)
  const seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
  return { seconds, nanos: Number((parts[7] ?? '').padEnd(9, '0')) }
}

type Six = [number, number, number, number, number, number]

export const compareInstants = (a: Instant, b: Instant): number =>
  Math.sign(a.seconds - b.seconds) || Math.sign(a.nanos - b.nanos)

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : monthDays[month - 1]!)

/** Days of the proleptic Gregorian calendar from 1970-01-01: whole years, with their leap days, then months, then days. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const before = year - 1
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400)
  let days = before * 365 + leapDays - 719_162 // what the same sum gives for the years 1 to 1969
  for (let m = 1; m < month; m++) days += daysIn(year, m)
  return days + day - 1
}
