import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dutyOf, emptyBucket, restMs, worked, workersFor } from './rest.ts'

/** Runs tasks of the given lengths back to back, as busy as the rule allows; gives when each was executed. */
function live(duty: number, lengthsMs: readonly number[]): { from: number; to: number }[] {
  let bucket = emptyBucket(0)
  let now = 0
  return lengthsMs.map((lengthMs) => {
    const from = now + restMs(bucket, duty, now)
    now = from + lengthMs
    bucket = worked(bucket, duty, from, now)
    return { from, to: now }
  })
}

const busyIn = (spans: readonly { from: number; to: number }[], from: number, to: number): number =>
  spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0)

describe('[RS1] the CPU share', () => {
  it('keeps every 30 s within five points of the duty, beyond one task in progress', () => {
    const lengths = fc.array(fc.double({ min: 0.01, max: 5_000, noNaN: true }), { minLength: 50, maxLength: 300 })
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 100 }), lengths, (percent, lengthsMs) => {
        const duty = percent / 100
        const spans = live(duty, lengthsMs)
        for (const { to } of spans) {
          const longest = Math.max(
            ...spans.filter((span) => span.to > to - 30_000 && span.from < to).map((span) => span.to - span.from),
          )
          expect(busyIn(spans, to - 30_000, to)).toBeLessThanOrEqual((duty + 0.05) * 30_000 + longest)
        }
      }),
    )
  })

  it('gives what was promised to short tasks and to long ones', () => {
    for (const lengthMs of [0.2, 10, 4_000]) {
      const spans = live(
        0.3,
        Array.from({ length: 300_000 / lengthMs / 2 }, () => lengthMs),
      )
      const end = spans.at(-1)!.to
      expect(busyIn(spans, 0, end) / end).toBeCloseTo(0.3, 1)
    }
  })

  it('pays for a task longer than the window with a rest as long as it takes', () => {
    const after = worked(emptyBucket(0), 0.5, 0, 60_000)
    expect(restMs(after, 0.5, 60_000)).toBe(60_000)
  })

  it('counts idle time as rest, and saves none of it up', () => {
    const after = worked(emptyBucket(0), 0.5, 100_000, 101_000)
    expect(restMs(after, 0.5, 101_000)).toBe(1_000)
    expect(restMs(after, 0.5, 102_500)).toBe(0)
  })

  it('lets a full share never rest and an empty one never start', () => {
    expect(restMs(worked(emptyBucket(0), 1, 0, 60_000), 1, 60_000)).toBe(0)
    expect(restMs(emptyBucket(0), 0, 0)).toBe(Number.POSITIVE_INFINITY)
  })

  it('[RS2] spreads a share over as few workers as can carry it', () => {
    expect([0, 0.1, 0.5, 0.51, 1].map((share) => workersFor(share, 4))).toEqual([0, 1, 2, 3, 4])
    expect(workersFor(0.7, 10)).toBe(7)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 128 }), (percent, cores) => {
        const workers = workersFor(percent / 100, cores)
        expect(workers * dutyOf(percent / 100, cores, workers)).toBeCloseTo((percent / 100) * cores, 6)
      }),
    )
  })
})
