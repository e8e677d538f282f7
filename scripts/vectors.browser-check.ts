/** Makes every vector of the wire in a real browser and holds it against what is pinned: npx tsx scripts/vectors.browser-check.ts */
import { readFileSync } from 'node:fs'
import { withRealBrowser } from '../src/adapters/idb/browser-check.ts'
import type { Vectors } from '../src/node/vectors.examples.ts'

const names = ['events', 'messages', 'frames'] as const
const folder = new URL('../src/wire/vectors/', import.meta.url)
const files = names.map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Vectors)

await withRealBrowser(async ({ context, address }) => {
  const page = await context.newPage()
  await page.goto(address)
  for (const [at, name] of names.entries()) {
    const differences: readonly string[] = await page.evaluate(
      async ({ path, name, file }) => {
        const { vectorDifferences, vectorsNow } = await import(path)
        return vectorDifferences(file, vectorsNow()[name])
      },
      { path: '/src/node/vectors.examples.ts', name, file: files[at] },
    )
    const count = Object.keys(files[at] ?? {}).length
    process.stdout.write(`${name}: ${differences.length === 0 ? `${count} as pinned` : differences.join('\n  ')}\n`)
    if (differences.length > 0 || count === 0) process.exitCode = 1
  }
})
