/** Bounds of what may be under way: two rounds of credit, and what a fast line across a continent holds. */
const leastBytes = { talking: 132 * 1024, alone: 528 * 1024 }
/** A first burst of twice that was seen to overrun the sockets of a short line, and then nothing moves for a second. */
const firstBytes = 264 * 1024
const mostBytes = 4 * 1024 * 1024
/** How long bytes may wait in the buffers of the line: a few while requests wait behind them, else as fills it best. */
const queueMs = { talking: 3, alone: 20 }
/** The shortest round trip is believed a little less with every sample, since a route may change. */
const forgetting = 1.0005

export type Pacer = ReturnType<typeof createPacer>

/**
 * How many bytes one stream may have under way. The window follows the delay, as in TCP Vegas (Brakmo and Peterson, 1995):
 * it grows while acknowledgements come back as fast as on an empty line, and shrinks when bytes queue up, so that the line
 * is full and its buffers are not.
 */
export function createPacer(nowMs: () => number, isTalkedOver: () => boolean) {
  let windowBytes = firstBytes
  let sentBytes = 0
  let ackedBytes = 0
  let shortestMs = Number.POSITIVE_INFINITY
  let probe: { readonly upTo: number; readonly at: number } | undefined

  const sample = (tookMs: number): void => {
    shortestMs = Math.min(shortestMs * forgetting, tookMs)
    const mode = isTalkedOver() ? 'talking' : 'alone'
    const aimedMs = shortestMs + queueMs[mode]
    // half of the way, for the sample is a round trip old: the whole of it overshoots
    const wanted = (windowBytes + windowBytes * (aimedMs / Math.max(tookMs, 0.1))) / 2
    // halved or doubled in one round trip at the most: one late acknowledgement is no congestion
    windowBytes = Math.min(
      mostBytes,
      Math.max(leastBytes[mode], Math.min(2 * windowBytes, Math.max(windowBytes / 2, wanted))),
    )
  }
  return {
    admits: (bytes: number): boolean => sentBytes === ackedBytes || sentBytes - ackedBytes + bytes <= windowBytes,
    sent: (bytes: number): void => {
      sentBytes += bytes
      probe ??= { upTo: sentBytes, at: nowMs() }
    },
    /** @param bytes since the last acknowledgement; more than was sent counts as all of it */
    acknowledged: (bytes: number): void => {
      ackedBytes = Math.min(sentBytes, ackedBytes + bytes)
      if (!probe || ackedBytes < probe.upTo) return
      sample(nowMs() - probe.at)
      probe = undefined
    },
    idle: (): boolean => sentBytes === ackedBytes,
    windowBytes: (): number => windowBytes,
  }
}
