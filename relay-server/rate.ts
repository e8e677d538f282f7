import { setBounded } from '../src/kernel/bound.ts'

/** Keys remembered a limit: more addresses than a relay holds connections, 2 MB at most. */
const rememberedKeys = 16_384

/**
 * A token bucket a key: `most` at once, refilled evenly over `windowMs`.
 * @returns whether this one is still within the limit
 */
export function createRate(most: number, windowMs: number, now: () => number = () => performance.now()) {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (key: string): boolean => {
    const at = now()
    const before = buckets.get(key) ?? { tokens: most, at }
    const tokens = Math.min(most, before.tokens + ((at - before.at) * most) / windowMs)
    setBounded(buckets, key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at }, rememberedKeys)
    return tokens >= 1
  }
}
