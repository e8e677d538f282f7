/**
 * Claim: a first visit has its first task done 3 s after the page was opened, where a donor is there already; it has its
 * first direct WebRTC connection after 1.5 s by the median, and after a reload of the tab within 0.5 s. All counted from the
 * start of the navigation, on localhost.
 */
import type { Page } from 'playwright'
import { figureRow, note, pairsAsked, tell } from './measure.ts'
import { donate, openStage } from './stage.ts'

const stage = await openStage()
try {
  const donor = await stage.openTab(await stage.openContext())
  await donate(donor)
  const direct: number[] = []
  const task: number[] = []
  const again: number[] = []
  for (let i = 0; i < pairsAsked(); i++) {
    const context = await stage.openContext()
    const page = await context.newPage()
    await page.goto(stage.url)
    const first = await untilFirstTask(page)
    direct.push(first.directMs)
    task.push(first.taskMs)
    await page.reload()
    again.push(await untilDirect(page))
    await context.close()
    await donor.waitForFunction(() => window.tabmesh?.peers().length === 0, null, { timeout: 60_000 })
  }
  note(`direct ${shown(direct)}, after a reload ${shown(again)}, task ${shown(task)} ms`)
  const seconds = (values: readonly number[]) => values.map((ms) => ms / 1_000)
  tell(
    figureRow('open to first task done', seconds(task), { unit: 's', atMost: 3 }),
    figureRow('open to first direct connection', seconds(direct), { unit: 's', atMost: 1.5 }),
    figureRow('reload to direct connection', seconds(again), { unit: 's', atMost: 0.5 }),
  )
} finally {
  await stage.close()
}

function shown(values: readonly number[]): string {
  return values.map((ms) => Math.round(ms)).join(' ')
}

async function untilDirect(page: Page): Promise<number> {
  await page.waitForFunction(() => window.tabmesh, null, { polling: 10 })
  return page.evaluate(async () => {
    await window.tabmesh?.ready({ peers: 1 })
    return performance.now()
  })
}

async function untilFirstTask(page: Page): Promise<{ directMs: number; taskMs: number }> {
  await page.waitForFunction(() => window.tabmesh, null, { polling: 10 })
  return page.evaluate(async () => {
    const mesh = window.tabmesh
    if (!mesh) throw new Error('no node in this tab')
    const isDirect = mesh.ready({ peers: 1 }).then(() => performance.now())
    const module = new Uint8Array(await (await fetch('/jobs/bench-empty.wasm')).arrayBuffer())
    for await (const _first of mesh.submit({ module, tasks: [{}] }).results()) break
    const taskMs = performance.now()
    return { directMs: await isDirect, taskMs }
  })
}
