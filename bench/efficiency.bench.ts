/**
 * Claim: CPU-bound tasks over two donating tabs, one worker each, run nearly as fast as on a bare pool of two workers: the
 * same worker script in the same sandbox, the same module, a fresh instance for each task, two tasks queued in each worker,
 * no network. Tasks a second while the clock runs, after a warm-up and before the last tasks, so that both are full.
 */
import { interleaved, note, pairsAsked, ratioRow, tell } from './measure.ts'
import { type Load, meshRate, openBarePool } from './pool.page.ts'
import { donate, meet, openStage } from './stage.ts'

const module = '/jobs/bench-spin.wasm'
/** Counts are even: two workers end tasks in pairs. Each measurement takes two to four seconds after its warm-up. */
const sizes = [
  { taskMs: 1_000, atLeast: 0.97, warm: 4, counted: 8, tail: 4 },
  { taskMs: 100, atLeast: 0.96, warm: 16, counted: 60, tail: 12 },
  { taskMs: 10, atLeast: 0.87, warm: 200, counted: 600, tail: 100 },
  { taskMs: 2, atLeast: 0.62, warm: 1_000, counted: 3_000, tail: 500 },
]
const asked = process.argv.filter((arg) => /^\d+ms$/.test(arg)).map((arg) => Number.parseInt(arg, 10))

const stage = await openStage()
try {
  const bare = await stage.openBlank()
  await bare.evaluate(openBarePool, { script: await stage.workerScript(), workers: 2 })
  const buyer = await stage.openTab()
  const donors = [await stage.openTab(), await stage.openTab()]
  await meet([buyer, ...donors])
  await Promise.all(donors.map(donate))

  const probe: Load = { module, args: ['1000000'], warm: 2, counted: 20, tail: 2 }
  const probeUs = await bare.evaluate((load) => globalThis.barePool?.taskUs(load) ?? 0, probe)
  const roundsPerMs = 1_000_000 / (probeUs / 1_000)
  note(`a million rounds take ${Math.round(probeUs)} µs with both workers busy`)

  for (const { taskMs, atLeast, ...counts } of sizes) {
    if (asked.length > 0 && !asked.includes(taskMs)) continue
    const load: Load = { module, args: [String(Math.round(roundsPerMs * taskMs))], ...counts }
    const pairs = await interleaved(
      pairsAsked(),
      () => buyer.evaluate(meshRate, load),
      () => bare.evaluate((one) => globalThis.barePool?.rate(one) ?? 0, load),
    )
    note(`${taskMs} ms: ${pairs.ratios.map((ratio) => ratio.toFixed(3)).join(' ')}`)
    tell(ratioRow(`${taskMs} ms tasks over two tabs : bare pool of two workers`, pairs, { unit: 'tasks/s', atLeast }))
  }
} finally {
  await stage.close()
}
