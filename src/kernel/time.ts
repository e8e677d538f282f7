import type { Brand } from './brand.ts'

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. Only the shell reads a clock; everybody else is told. */
export type Timestamp = Brand<number, 'Timestamp'>

export const timestamp = (epochMs: number): Timestamp => Math.floor(epochMs) as Timestamp
export const after = (at: Timestamp, durationMs: number): Timestamp => timestamp(at + durationMs)
export const later = (a: Timestamp, b: Timestamp): Timestamp => (a > b ? a : b)
export const earlier = (a: Timestamp, b: Timestamp): Timestamp => (a < b ? a : b)
/** Undefined where none is set. */
export const soonest = (times: readonly (Timestamp | undefined)[]): Timestamp | undefined =>
  times.reduce((least, at) => (at === undefined ? least : least === undefined ? at : earlier(least, at)), undefined)

export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs
