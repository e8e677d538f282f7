/**
 * Claim: while hostile programs run in a visitor's tab, one after the other, 95 of 100 frames of the page come within 34 ms: two at 60 Hz. One
 * core is theirs and one is left free. Beside it, the same page at rest for as long: what this machine draws anyway.
 */
import type { Page } from 'playwright'
import { figureRow, note, pairsAsked, quantile, tell } from './measure.ts'
import { openStage } from './stage.ts'

const stage = await openStage()
try {
  const page = await stage.openTab(await stage.openContext())
  const busy: number[] = []
  const calm: number[] = []
  const withstood = new Set<string>()
  for (let i = 0; i < pairsAsked(); i++) {
    const attempt = await framesUnderAttack(page)
    busy.push(quantile(attempt.frames, 0.95))
    calm.push(quantile(await framesAtRest(page, attempt.tookMs), 0.95))
    withstood.add(attempt.withstood)
    note(`${attempt.withstood} withstood in ${Math.round(attempt.tookMs)} ms, ${attempt.frames.length} frames`)
  }
  note(`at rest 95 of 100 frames within ${calm.map((ms) => ms.toFixed(1)).join(' ')} ms`)
  tell(figureRow('frames while hostile programs run, p95', busy, { unit: 'ms', atMost: 34 }))
  if (withstood.size !== 1) throw new Error(`not always the same: ${[...withstood].join(', ')}`)
} finally {
  await stage.close()
}

type Frames = { readonly frames: readonly number[]; readonly tookMs: number }

function framesUnderAttack(page: Page): Promise<Frames & { readonly withstood: string }> {
  return page.evaluate(async () => {
    const frames: number[] = []
    let isOver = false
    let last = performance.now()
    const frame = (now: number): void => {
      frames.push(now - last)
      last = now
      if (!isOver) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    const began = performance.now()
    let [all, good] = [0, 0]
    for await (const { isWithstood } of window.tabmesh!.sandbox.tryToBreak()) {
      all += 1
      good += isWithstood ? 1 : 0
    }
    isOver = true
    return { frames: frames.slice(1), tookMs: performance.now() - began, withstood: `${good} of ${all}` }
  })
}

async function framesAtRest(page: Page, durationMs: number): Promise<readonly number[]> {
  return page.evaluate(
    (lengthMs) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = []
        let last = performance.now()
        const until = last + lengthMs
        const frame = (now: number): void => {
          frames.push(now - last)
          last = now
          if (now < until) requestAnimationFrame(frame)
          else resolve(frames.slice(1))
        }
        requestAnimationFrame(frame)
      }),
    durationMs,
  )
}
