export type Tile = 'good' | 'failed' | 'busy' | 'open'

/** A stage's tasks as at most so many tiles: one for each, or for each so many. A single failure is still seen. */
export function tilesOf(
  progress:
    | { readonly total: number; readonly done: number; readonly failed: number; readonly inFlight: number }
    | undefined,
  most: number,
): readonly Tile[] {
  const { total = 0, done = 0, failed = 0, inFlight = 0 } = progress ?? {}
  const count = Math.min(total, most)
  if (count === 0) return []
  const share = (part: number): number => (part > 0 ? Math.max(1, Math.floor((part / total) * count)) : 0)
  const bad = share(failed)
  const good = done >= total ? count - bad : Math.min(count - bad, Math.floor(((done - failed) / total) * count))
  const busy = Math.min(count - bad - good, share(inFlight))
  return Array.from({ length: count }, (_, n) =>
    n < good ? 'good' : n < good + bad ? 'failed' : n < good + bad + busy ? 'busy' : 'open',
  )
}
