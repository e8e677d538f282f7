/**
 * Claim: a component of 150 KB has its first task done 0.6 s after nothing was there, neither sandbox nor generator, and within
 * 0.1 s in a worker that is given it prepared. Each repetition in a browser context of its own, on localhost.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bundleComponentKits } from '../scripts/worker-plugin.ts'
import { type ComponentLoad, firstTasks } from './component.page.ts'
import { figureRow, note, pairsAsked, repeated, tell } from './measure.ts'
import { openStage } from './stage.ts'

const assets = fileURLToPath(new URL('../dist/assets/', import.meta.url))
const stage = await openStage()
try {
  const { host, generator } = await bundleComponentKits()
  const load: ComponentLoad = {
    scripts: { worker: await stage.workerScript(), host: host.script, generator: generator.script },
    component: '/jobs/bench-document.wasm',
    modules: `/assets/${readdirSync(assets).find((name) => name.startsWith('component-generator-') && name.endsWith('.bin'))}`,
    stdin: 'three 3\nfour 4.5\n',
  }
  const all = await repeated(pairsAsked(), async () => {
    const context = await stage.openContext()
    const page = await stage.openBlank(context)
    const measured = await page.evaluate(firstTasks, load)
    await context.close()
    return measured
  })
  note(`fuel ${[...new Set(all.flatMap(({ fuel }) => fuel))].join(' ')}`)
  const seconds = (of: (one: (typeof all)[number]) => number) => all.map((one) => of(one) / 1_000)
  tell(
    figureRow(
      'component of 150 KB, nothing there: first task',
      seconds(({ coldMs }) => coldMs),
      { unit: 's', atMost: 0.6 },
    ),
    figureRow(
      'component of 150 KB, prepared: first task',
      seconds(({ cachedMs }) => cachedMs),
      { unit: 's', atMost: 0.1 },
    ),
    figureRow(
      'component of 150 KB: next task',
      seconds(({ againMs }) => againMs),
      { unit: 's', atMost: 0.02 },
    ),
  )
} finally {
  await stage.close()
}
