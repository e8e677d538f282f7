import { expect, it } from 'vitest'
import { createPacer } from './pacer.ts'

/** A line that carries `bytesPerMs` after a delay: sends as much as the pacer admits for `ms`. @returns bytes carried and the longest queue */
function drive({
  bytesPerMs,
  delayMs,
  ms,
  talking,
}: {
  bytesPerMs: number
  delayMs: number
  ms: number
  talking: boolean
}) {
  let now = 0
  let queued = 0
  let carried = 0
  let longest = 0
  const underWay: { at: number; bytes: number }[] = []
  const pacer = createPacer(
    () => now,
    () => talking,
  )
  for (; now < ms; now++) {
    while (pacer.admits(16_384)) {
      pacer.sent(16_384)
      queued += 16_384
    }
    if (now > ms / 2) longest = Math.max(longest, queued)
    const moved = Math.min(queued, bytesPerMs)
    queued -= moved
    carried += moved
    underWay.push({ at: now + delayMs, bytes: moved })
    while (underWay[0] && underWay[0].at <= now) pacer.acknowledged(underWay.shift()!.bytes)
  }
  return { share: carried / (bytesPerMs * ms), queuedMs: longest / bytesPerMs }
}

it('a long line is filled though its round trip holds more than the first window', () => {
  expect(drive({ bytesPerMs: 20_000, delayMs: 60, ms: 6_000, talking: false }).share).toBeGreaterThan(0.8)
})
it('bytes queue for less time while requests wait behind them', () => {
  const line = { bytesPerMs: 40_000, delayMs: 2, ms: 4_000 }
  expect(drive({ ...line, talking: false }).queuedMs).toBeLessThan(25)
  expect(drive({ ...line, talking: true }).queuedMs).toBeLessThan(8)
})
it('a short line is full with two records under way, and nothing queues that a request would wait for', () => {
  const line = drive({ bytesPerMs: 40_000, delayMs: 1, ms: 4_000, talking: true })
  expect(line.share).toBeGreaterThan(0.9)
  expect(line.queuedMs).toBeLessThan(6)
})
