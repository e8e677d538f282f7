import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { build, createServer, type Plugin, preview } from 'vite'
import { findBrowser } from '../../../scripts/browser.mjs'
import { selfContainedWorker } from '../../../scripts/worker-plugin.ts'

/**
 * The contract of runtimes in a real Chromium, and what the sandbox denies there:
 * `npx tsx src/adapters/workers/browser.check.ts` against the dev server, with `--build` against a build.
 * Prints a line a promise; exits with 1 where one is broken.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const pageScript = '/src/adapters/workers/browser.check.page.ts'
const fixtures = ['probe.wasm', 'world.wasm', 'talker.wasm']
const html = (script: string) =>
  `<!doctype html><title>check</title><body><script type="module" src="${script}"></script>`

let broken = 0
const report = (isKept: boolean, sentence: string): void => {
  if (!isKept) broken++
  process.stdout.write(`${isKept ? 'kept  ' : 'BROKEN'} ${sentence}\n`)
}

/** Origin and policy: what a worker that was never disarmed is denied. */
async function firstWall(page: Page): Promise<void> {
  const { origin = 'unknown', WebAssembly = 'unknown', ...doors } = await page.evaluate(() => check.tryAll())
  report(origin === 'null', `origin ${origin}`)
  report(WebAssembly === 'works', `WebAssembly ${WebAssembly}`)
  for (const [name, answer] of Object.entries(doors)) report(answer.startsWith('denied'), `${name} ${answer}`)
}

/** Disarming: what is no longer there in a job worker. */
async function secondWall(page: Page): Promise<void> {
  const left = new Set(await page.evaluate(() => check.leftOver()))
  const gone = `fetch XMLHttpRequest WebSocket EventSource WebTransport RTCPeerConnection importScripts indexedDB caches
    BroadcastChannel Worker SharedWorker navigator MessageChannel postMessage Blob URL FileReaderSync crypto
    setTimeout SharedArrayBuffer`.split(/\s+/)
  const there = gone.filter((name) => left.has(name))
  report(
    there.length === 0,
    `gone from a job worker: ${there.length === 0 ? gone.join(' ') : `all but ${there.join(' ')}`}`,
  )
  process.stdout.write(`       left in a job worker: ${[...left].join(' ')}\n`)
}

/** A worker that hangs is really gone within 3 s of stopping: the machine's processor says so. */
async function workersEnd(browser: Browser, page: Page): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  const cpuSeconds = async (): Promise<number> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
  }
  await page.evaluate(() => check.hangAndStop())
  await page.waitForTimeout(3_000)
  const before = await cpuSeconds()
  await page.waitForTimeout(2_000)
  const used = (await cpuSeconds()) - before
  report(used < 0.5, `3 s after stopping two hung workers the browser uses ${(used / 2).toFixed(2)} cores`)
}

type Site = { readonly url: string; close(): Promise<void> }

async function serveDev(): Promise<Site> {
  const server = await createServer({
    ...common(),
    server: { port: 0 },
    plugins: [selfContainedWorker(), pages(pageScript)],
  })
  await server.listen()
  return { url: addressOf(server.resolvedUrls), close: () => server.close() }
}

async function serveBuild(): Promise<Site> {
  const outDir = await mkdtemp(join(tmpdir(), 'tabmesh-check-'))
  await build({
    ...common(),
    plugins: [selfContainedWorker()],
    build: { outDir, rolldownOptions: { input: join(root, pageScript), output: { entryFileNames: 'check.js' } } },
  })
  await writeFile(join(outDir, 'check.html'), html('/check.js'))
  const server = await preview({ ...common(), build: { outDir }, preview: { port: 0 }, plugins: [pages()] })
  const close = async () => {
    await server.close()
    await rm(outDir, { recursive: true })
  }
  return { url: addressOf(server.resolvedUrls), close }
}

function common() {
  return {
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    cacheDir: join(tmpdir(), 'tabmesh-check-cache'),
  } as const
}

/** Serves the fixture, and in dev the page itself. */
function pages(script?: string): Plugin {
  type Answer = { setHeader(name: string, value: string): void; end(body: string | Buffer): void }
  const serve = async (url: string | undefined, answer: Answer, next: () => void): Promise<void> => {
    const { readFile } = await import('node:fs/promises')
    const fixture = fixtures.find((name) => url === `/${name}`)
    if (fixture) {
      answer.setHeader('content-type', 'application/wasm')
      answer.end(await readFile(new URL(`./fixtures/${fixture}`, import.meta.url)))
    } else if (script && url === '/check.html') {
      answer.setHeader('content-type', 'text/html')
      answer.end(html(script))
    } else next()
  }
  return {
    name: 'check-pages',
    configureServer: ({ middlewares }) =>
      void middlewares.use((ask, answer, next) => void serve(ask.url, answer, next)),
    configurePreviewServer: ({ middlewares }) =>
      void middlewares.use((ask, answer, next) => void serve(ask.url, answer, next)),
  }
}

const addressOf = (urls: { local: string[] } | null): string => (urls?.local[0] ?? '').replace(/\/$/, '')

async function launch(): Promise<Browser> {
  const executablePath = await findBrowser()
  const args = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking']
  return chromium.launch({
    args: [...args, '--disable-component-update', '--disable-sync'],
    executablePath,
  })
}

const site = process.argv.includes('--build') ? await serveBuild() : await serveDev()
const browser = await launch()
try {
  const page = await browser.newPage()
  page.on('pageerror', (error) => report(false, `the page threw ${error.message}`))
  await page.goto(`${site.url}/check.html`)
  await page.waitForFunction(() => 'check' in globalThis)
  report((await page.locator('iframe').count()) === 0, 'no frame before the first use')
  for (const name of await page.evaluate(() => check.names)) {
    const wrong = await page.evaluate((chosen) => check.tell(chosen), name)
    report(wrong === undefined, wrong === undefined ? name : `${name}: ${wrong}`)
  }
  await firstWall(page)
  await secondWall(page)
  await workersEnd(browser, page)
  process.stdout.write(`${JSON.stringify(await page.evaluate(() => check.measure()))}\n`)
} finally {
  await browser.close()
  await site.close()
}
process.exitCode = broken === 0 ? 0 : 1
