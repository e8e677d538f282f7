/** Runs the storage contract and its figures in a real browser: npx tsx src/adapters/idb/storage.browser-check.ts */
import { withRealBrowser } from './browser-check.ts'
import type { Report } from './storage.page.ts'

const pagePath = '/src/adapters/idb/storage.page.ts'

await withRealBrowser(async ({ context, address }) => {
  const page = await context.newPage()
  await page.goto(address)
  const report: Report = await page.evaluate(async (path) => (await import(path)).checkStorage(), pagePath)
  const figures = Object.entries(report.figures).map(([name, figure]) => `${figure.toFixed(2).padStart(10)}  ${name}`)
  process.stdout.write(`${[`${report.passed} passed`, ...report.failures, ...figures].join('\n')}\n`)
  if (report.failures.length > 0) process.exitCode = 1
})
