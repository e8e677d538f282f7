/** Tasks a second over the last ten seconds: long enough to be calm, short enough to be true. */
const windowMs = 10_000

type Sample = { readonly at: number; readonly done: number }

export function createPace() {
  const samples = new Map<string, Sample[]>()
  return {
    /** Notes how many are done now, and gives the pace, or undefined while a second has not passed. */
    of(key: string, done: number, now: number): number | undefined {
      const kept = (samples.get(key) ?? []).filter(({ at }) => now - at <= windowMs)
      const last = kept.at(-1)
      if (!last || last.done !== done || now - last.at >= 1_000) kept.push({ at: now, done })
      samples.set(key, kept)
      const [first] = kept
      if (!first || now - first.at < 1_000) return undefined
      return ((done - first.done) * 1_000) / (now - first.at)
    },
  }
}
