/**
 * Claim: a node starts within 500 ms from a snapshot and the 2,000 events behind it, of 100,000 in all, and within 5 s from all
 * of them without a snapshot. The log is a provider's: a real job's events, and its chain of receipts drawn out. The time is what
 * the node itself tells of its start: reading, folding, and the network's first steps.
 */
import type { Page } from 'playwright'
import { bundle } from './bundle.ts'
import { figureRow, note, pairsAsked, repeated, tell } from './measure.ts'
import { donate, meet, openStage } from './stage.ts'

const all = 100_000
const behind = 2_000
const slot = 0

const stage = await openStage()
try {
  const context = await stage.openContext()
  const donor = await stage.openTab(context)
  const buyer = await stage.openTab()
  await meet([donor, buyer])
  await donate(donor)
  await buyer.evaluate(keepOpen, '/jobs/bench-empty.wasm')
  await donor.close()
  await buyer.close()

  const script = await bundle('log.page.ts')
  const page = await stage.openBlank(context)
  await page.evaluate(script)
  const fill = (entries: number) =>
    page.evaluate(([at, count]) => globalThis.logPage?.fill(at, count), [slot, entries] as const)

  await fill(all - behind)
  await page.evaluate((at) => globalThis.logPage?.forgetSnapshot(at), slot)
  const first = await stage.openTab(context)
  await first.evaluate(() => window.tabmesh?.stop()) // which writes a snapshot of all so far
  await first.close()
  await fill(all)
  const { entries, snapshotAt } = (await page.evaluate((at) => globalThis.logPage?.count(at), slot)) ?? {}
  note(`${entries} entries, snapshot at ${snapshotAt}`)

  const warm = await repeated(pairsAsked(), startMs)
  note(`from the snapshot: ${warm.join(' ')} ms`)
  const cold = await repeated(pairsAsked(), async () => {
    await page.evaluate((at) => globalThis.logPage?.forgetSnapshot(at), slot)
    return startMs()
  })
  note(`from the first event: ${cold.join(' ')} ms`)
  tell(
    figureRow('start from a snapshot and 2,000 of 100,000 events', warm, { unit: 'ms', atMost: 500 }),
    figureRow('start from 100,000 events without a snapshot', cold, { unit: 'ms', atMost: 5_000 }),
  )

  /** The page is closed and not stopped, so that it leaves no newer snapshot. */
  async function startMs(): Promise<number> {
    const tab: Page = await stage.openTab(context)
    const { startMs, events } = await tab.evaluate(() => window.tabmesh?.metrics() ?? { startMs: 0, events: 0 })
    await tab.close()
    if (events < all) throw new Error(`the node started with ${events} events of ${all}`)
    return startMs
  }
} finally {
  await stage.close()
}

/** Runs in the buyer: one task is done, and the source waits with the next, so that the provider's chain of receipts stays open. */
async function keepOpen(module: string): Promise<void> {
  async function* tasks() {
    yield {}
    await new Promise(() => {})
  }
  const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
  const job = window.tabmesh?.submit({ module: bytes, tasks: tasks(), policy: { redundancy: 'once' } })
  if (job) for await (const _first of job.results()) return
}
