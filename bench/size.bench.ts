/**
 * Claim: script of the built page, gzip: at most 100 KB before the first paint, 350 KB until the first task can run, 450 KB in
 * all. Counted by what the tabs of a first visit really ask for: one donates, another has it run one task.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright'
import { type Row, tell } from './measure.ts'
import { donate, meet, openStage } from './stage.ts'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const kilobytes = (path: string): number => gzipSync(readFileSync(`${dist}${path}`)).length / 1_000
const sum = (paths: Iterable<string>): number => [...paths].reduce((all, path) => all + kilobytes(path), 0)

const stage = await openStage()
try {
  const donor = await stage.openTab(await stage.openContext())
  const paint = await scriptsBefore(donor, 'first-contentful-paint')
  await donate(donor)
  const buyer = await stage.openTab(await stage.openContext())
  await meet([buyer, donor])
  await buyer.evaluate(async () => {
    const module = new Uint8Array(await (await fetch('/jobs/bench-empty.wasm')).arrayBuffer())
    await window.tabmesh?.submit({ module, tasks: [{}] }).done
  })
  const needed = new Set([...(await scriptsOf(donor)), ...(await scriptsOf(buyer))])
  const all = readdirSync(`${dist}assets`).filter((name) => name.endsWith('.js'))
  tell(
    row('script before the first paint', sum(paint), 100, paint.length),
    row('script until the first task can run', sum(needed), 350, needed.size),
    row('script in all', sum(all.map((name) => `assets/${name}`)), 450, all.length),
  )
} finally {
  await stage.close()
}

function row(claim: string, figure: number, atMost: number, files: number): Row {
  return {
    claim,
    figure: `${figure.toFixed(1)} KB gzip`,
    spread: `${files} files`,
    bound: `≤ ${atMost} KB`,
    holds: figure <= atMost,
  }
}

async function scriptsBefore(page: Page, paint: string): Promise<string[]> {
  const at = await page.evaluate(
    (name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.POSITIVE_INFINITY,
    paint,
  )
  return scriptsOf(page, at)
}

/** Scripts of this origin that were asked for, by their paths in the build. */
function scriptsOf(page: Page, beforeMs = Number.POSITIVE_INFINITY): Promise<string[]> {
  return page.evaluate(
    (before) =>
      performance
        .getEntriesByType('resource')
        .filter(({ name, startTime }) => /\/assets\/[^?]+\.js$/.test(name) && startTime < before)
        .map(({ name }) => new URL(name).pathname.slice(1)),
    beforeMs,
  )
}
