import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright'
import { findBrowser } from '../scripts/browser.mjs'
import { bundleJobWorker } from '../scripts/worker-plugin.ts'

/** Relay, page and browser of one benchmark: the built page over localhost, as `npm start` gives it. */
export type Stage = {
  readonly url: string
  readonly context: BrowserContext
  /** A tab with a running node: resolves once `window.tabmesh` is there. In the stage's own context where none is given. */
  openTab(context?: BrowserContext): Promise<Page>
  /** A tab of the same origin without a node, for what ours is compared with. */
  openBlank(context?: BrowserContext): Promise<Page>
  /** Another person's browser: nothing that one context stores is known in another. */
  openContext(): Promise<BrowserContext>
  /** The script that our own workers run, for a bare pool of them. */
  workerScript(): Promise<string>
  close(): Promise<void>
}

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection', // a machine without a network has no other candidate
]
const startMs = 60_000
const blankPath = '/blank-for-benchmarks'
const blank = { contentType: 'text/html', body: '<!doctype html><title>blank</title>' }
/** Functions sent to the page may carry this call of the compiler's. */
const compilerHelper = 'globalThis.__name ??= (given) => given'

/** Starts the page as last built, its relay, and a browser. @throws where there is no build or no browser */
export async function openStage(): Promise<Stage> {
  const server = await startServer()
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: flags })

  async function openContext(): Promise<BrowserContext> {
    const context = await browser.newContext()
    await context.grantPermissions(['microphone'], { origin: new URL(server.url).origin })
    await context.addInitScript(compilerHelper)
    return context
  }

  const context = await openContext()
  return {
    url: server.url,
    context,
    async openTab(within = context) {
      const page = await within.newPage()
      page.on('pageerror', (error) => process.stderr.write(`  page: ${error.message}\n`))
      await page.goto(server.url)
      await page.waitForFunction(() => window.tabmesh !== undefined, null, { timeout: startMs })
      return page
    },
    async openBlank(within = context) {
      const page = await within.newPage()
      // Of this tab alone, for whoever routes has no cache of what it loaded before.
      await page.route(`**${blankPath}`, (route) => route.fulfill(blank))
      await page.goto(new URL(blankPath, server.url).href)
      return page
    },
    openContext,
    workerScript: async () => (await bundleJobWorker()).script,
    async close() {
      await browser.close()
      await server.stop()
    },
  }
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const script = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url))
  const process_ = spawn(process.execPath, [script, '--port', '0', '--no-build'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => process_.once('exit', () => resolve()))
  const said: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [process_.stdout, process_.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line)
        const found = /page\s+(https?:\S+)/.exec(line)?.[1]
        if (found) resolve(found)
      })
    void ended.then(() => reject(new Error(`the page did not start:\n${said.join('\n')}`)))
  })
  return {
    url,
    stop: async () => {
      process_.kill('SIGTERM')
      await ended
    },
  }
}

/** Waits until each of the tabs has a direct connection to each of the others. */
export async function meet(tabs: readonly Page[]): Promise<void> {
  const peers = tabs.length - 1
  await Promise.all(tabs.map((tab) => tab.evaluate((wanted) => window.tabmesh?.ready({ peers: wanted }), peers)))
}

/** One worker of this tab, at full speed. */
export const donate = (tab: Page): Promise<void> =>
  tab.evaluate(async () => {
    await window.tabmesh?.provide({ cpuShare: 1 / navigator.hardwareConcurrency })
  })
