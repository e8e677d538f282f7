import { setBounded } from '../../kernel/bound.ts'
import type { Quota } from '../../wire/event.ts'

/**
 * Counts what each peer does within a sliding window. Two neighbouring windows are weighed by how far the newer one has
 * come, so that a peer costs two numbers instead of a list of times.
 * @returns whether this one is still within the quota; one that is not does not count
 */
export function slidingQuota({ count, windowMs }: Quota, now: () => number): (peer: string) => boolean {
  const seen = new Map<string, { window: number; current: number; previous: number }>()
  return (peer) => {
    const window = Math.floor(now() / windowMs)
    const last = seen.get(peer) ?? { window, current: 0, previous: 0 }
    const passed = window - last.window
    const current = passed === 0 ? last.current : 0
    const previous = passed === 0 ? last.previous : passed === 1 ? last.current : 0
    const share = 1 - (now() % windowMs) / windowMs
    const within = current + previous * share < count
    setBounded(seen, peer, { window, current: within ? current + 1 : current, previous }, mostPeers)
    return within
  }
}

/** More peers than one tab ever talks to within a window; whoever is forgotten starts with a fresh quota. */
const mostPeers = 4_096
