/**
 * What `npm start -- --host` and `npm run dev` promise, in a real browser, after a build: npx tsx scripts/start.browser-check.ts
 * Prints a line a promise; exits with 1 where one is broken.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { findBrowser } from './browser.mjs'
import { readOptions } from './options.ts'
import { type Running, start } from './start.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const quiet = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync']
/** Where a machine has no network but loopback, and for a name that is neither secure nor localhost. */
const network = ['--allow-loopback-in-peer-connection', '--host-resolver-rules=MAP mesh.test 127.0.0.1']
/** The page's slowest way, from its sources on a machine that others load. */
const waitMs = 60_000

let isBroken = false
const report = (isKept: boolean, sentence: string): void => {
  isBroken ||= !isKept
  process.stdout.write(`${isKept ? 'kept  ' : 'BROKEN'} ${sentence}\n`)
}

/** A tab of a machine of its own, with a node that has met `peers` others. */
async function open(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  await context.grantPermissions(['microphone'], { origin }) // with which loopback shows itself to WebRTC
  const page = await context.newPage()
  page.setDefaultTimeout(waitMs)
  page.on('pageerror', ({ message }) => report(false, `the page threw ${message}`))
  await page.goto(`${origin}/`)
  await page.waitForFunction(() => window.tabmesh?.did !== undefined)
  return page
}

/** One tab lends, another has its words counted: over a direct connection, in the sandbox. */
async function oneComputesForAnother(browser: Browser, { origin }: Running): Promise<void> {
  const [provider, buyer] = [await open(browser, origin), await open(browser, origin)]
  await provider.getByRole('button', { name: 'Start donating' }).click()
  await buyer.waitForFunction(() => window.tabmesh!.market.offers().length === 1)
  await buyer.waitForFunction(() => window.tabmesh!.peers().some(({ direct, via }) => direct && via === 'webrtc'))
  report(true, `${origin}: two tabs are directly connected`)
  const { status, counted, by } = await buyer.evaluate(async () => {
    const mesh = window.tabmesh!
    const module = new Uint8Array(await (await fetch('/jobs/words.wasm')).arrayBuffer())
    const job = mesh.submit({ module, tasks: [{ args: ['words'], stdin: 'one two two' }] })
    const counted: string[] = []
    for await (const { stdout } of job.results()) counted.push(new TextDecoder().decode(stdout))
    const { status, providers } = await job.done
    return { status, counted, by: providers as readonly string[] }
  })
  const did = await provider.evaluate(() => window.tabmesh!.did as string)
  const isRight = status === 'Completed' && by.join() === did && /two\t2/.test(counted.join())
  report(isRight, `${origin}: a job is ${status}, computed by ${by.join() === did ? 'the other tab' : by}`)
  await Promise.all([provider.context().close(), buyer.context().close()])
}

/** A page that has no keys says so, with the way out. */
async function insecure(browser: Browser, { origin }: Running): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`${origin.replace('localhost', 'mesh.test')}/`)
  const words = await page
    .getByText('This address is not secure')
    .waitFor({ timeout: waitMs })
    .then(() => page.locator('main').innerText())
  report(words.includes('npm start -- --host'), 'over plain HTTP under another name the page says what to do instead')
  await page.close()
}

/** Neither the page nor the sandbox stands in a frame of another origin. */
async function framed(browser: Browser, { origin }: Running): Promise<void> {
  const page = await browser.newPage()
  await page.goto(`data:text/html,<iframe src="${origin}/"></iframe><iframe src="${origin}/sandbox.html"></iframe>`)
  const shown = page.frames().filter((frame) => frame.url().startsWith(origin))
  report(shown.length === 0, 'another origin can frame neither the page nor the sandbox')
  await page.close()
}

const kept = await mkdtemp(join(tmpdir(), 'tabmesh-start-'))
const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...quiet, ...network] })
const running: Running[] = []
const started = async (...args: string[]): Promise<Running> => {
  const one = await start(readOptions(['--no-build', '--port', '0', ...args]), { page: join(root, 'dist'), kept })
  running.push(one)
  return one
}
try {
  await oneComputesForAnother(browser, await started('--host'))
  await oneComputesForAnother(browser, await started('--dev'))
  const plain = await started()
  await insecure(browser, plain)
  await framed(browser, plain)
} catch (error) {
  report(false, String(error))
} finally {
  await browser.close()
  const before = performance.now()
  await Promise.all(running.map((one) => one.stop()))
  const tookMs = performance.now() - before
  report(tookMs < 3_000, `all stopped within ${Math.ceil(tookMs / 1_000)} s`)
  await rm(kept, { recursive: true })
}
process.exitCode = isBroken ? 1 : 0
