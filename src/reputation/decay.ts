import { dayMs, type Timestamp, timestamp } from '../kernel/time.ts'

/** What a deed of today weighs; every other weight is a whole number of these parts. */
export const unit = 65_536
/** RP9: 2^(−d⁄7) of a unit for d days: the half-life is seven days. A table, for no two engines raise to a power alike. */
const sevenths = [65_536, 59_358, 53_761, 48_693, 44_102, 39_945, 36_179] as const
const halfLifeDays = sevenths.length
/** After eight half-lives a deed would weigh a 256th: from then on it weighs nothing, and need not be kept apart. */
export const mostDays = 8 * halfLifeDays

export const dayOf = (at: Timestamp): number => Math.floor(at / dayMs)
const endOf = (day: number): Timestamp => timestamp((day + 1) * dayMs)
/** Nothing that lies on this day or before weighs anything, where `newest` has been seen. */
export const forgottenBy = (newest: number): number => newest - mostDays

/** RP9: what a deed of that day weighs now. Days wear off evenly from their end on. */
export function weightOf(day: number, now: Timestamp): number {
  const ageMs = Math.max(0, now - endOf(day))
  const days = Math.floor(ageMs / dayMs)
  const [before, next] = [wholeDays(days), wholeDays(days + 1)]
  return before - Math.floor(((before - next) * (ageMs - days * dayMs)) / dayMs)
}

/** RP9: what days weigh now by how long ago they were, from today on: made once for whoever reads many. */
export function weightsAt(now: Timestamp): Uint32Array {
  if (made?.now === now) return made.weights
  const today = dayOf(now)
  made = { now, weights: Uint32Array.from({ length: mostDays + 2 }, (_, ago) => weightOf(today - ago, now)) }
  return made.weights
}
/** A function of the time alone: keeping the last changes nothing but how long it takes. */
let made: { readonly now: Timestamp; readonly weights: Uint32Array } | undefined

const wholeDays = (days: number): number =>
  days >= mostDays ? 0 : sevenths[days % halfLifeDays]! >> Math.floor(days / halfLifeDays)
