/**
 * What a developer's page does with the packed package, in a real browser: npx tsx scripts/package.browser-check.ts
 * Packs it anew, serves it with a bare page, and lets one tab compute for another. Prints a line a promise.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright'
import sirv from 'sirv'
import { readConfig } from '../relay-server/config.ts'
import { createLog } from '../relay-server/log.ts'
import { createRelay } from '../relay-server/relay.ts'
import type { Mesh } from '../src/sdk/api.ts'
import type { ConnectOptions } from '../src/sdk/connect-options.ts'
import { findBrowser } from './browser.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const args = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync']
/** Where a machine has no network but loopback. */
const network = '--allow-loopback-in-peer-connection'
const waitMs = 60_000

const report = (isKept: boolean, sentence: string): void => {
  if (!isKept) process.exitCode = 1
  process.stdout.write(`${isKept ? 'kept  ' : 'BROKEN'} ${sentence}\n`)
}

/** Packs the package and unpacks it into `folder`, as installing does. */
function install(folder: string): void {
  const windows = { shell: process.platform === 'win32' }
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, ...windows })
  if (packed.status !== 0) throw new Error(`npm pack: ${packed.stderr}`)
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  mkdirSync(join(folder, 'tabmesh'))
  spawnSync('tar', ['-xzf', join(folder, tarball), '-C', join(folder, 'tabmesh'), '--strip-components=1'])
}

/** The package's files, and a page with nothing in it. */
async function serve(folder: string) {
  const files = sirv(folder)
  const server = createServer((request, response) => {
    if (request.url !== '/') return files(request, response, () => void response.writeHead(404).end())
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page of somebody else</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() }
}

async function startRelay() {
  const config = readConfig({ args: ['--host', '127.0.0.1', '--port', '0', '--http-port', '0'], file: ownKey })
  if (!config.ok) throw new Error(String(config.facts['problems']))
  return createRelay(
    config.value,
    createLog('warn', (line) => process.stderr.write(`${line}\n`)),
  )
}
const ownKey = JSON.stringify({ identityFile: '' })

/** Runs in the page: what the package's README has a developer write. @returns its identity, or the code of the refusal */
async function joinMesh({ relay, slot }: { relay: string; slot?: number | undefined }): Promise<string> {
  const path = '/tabmesh/dist-sdk/browser/index.js'
  const { connect } = (await import(path)) as { connect: (options: ConnectOptions) => Promise<Mesh> }
  const identity = slot === undefined ? {} : { slot }
  try {
    const sandboxUrl = '/tabmesh/public/sandbox.html'
    const mesh = await connect({ relays: [relay], iceServers: [], sandboxUrl, identity })
    Object.assign(globalThis, { mesh })
    return mesh.did
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

/** Runs in the page. */
async function countWords(module: readonly number[]) {
  const { mesh } = globalThis as unknown as { mesh: Mesh }
  await mesh.ready({ peers: 1 })
  const tasks = ['one two two', 'three three three'].map((stdin) => ({ args: ['words'], stdin }))
  const job = mesh.submit({ module: new Uint8Array(module), tasks })
  const counted: string[] = []
  for await (const { stdout } of job.results()) counted.push(new TextDecoder().decode(stdout))
  const { status, providers, receipts } = await job.done
  return { status, counted: counted.join(), providers: providers as readonly string[], receipts: receipts.length }
}

const folder = mkdtempSync(join(tmpdir(), 'tabmesh-package-'))
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })]
try {
  install(folder)
  const site = await serve(folder)
  stops.unshift(site.stop)
  const relay = await startRelay()
  stops.unshift(() => relay.stop())
  const [address = ''] = relay.addresses()
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...args, network] })
  stops.unshift(() => browser.close())
  const context = await browser.newContext()
  await context.grantPermissions(['microphone'], { origin: site.origin }) // with which loopback shows itself to WebRTC
  const open = async (): Promise<Page> => {
    const page = await context.newPage()
    page.setDefaultTimeout(waitMs)
    page.on('pageerror', ({ message }) => report(false, `the page threw ${message}`))
    await page.goto(`${site.origin}/`)
    return page
  }
  const [provider, buyer, third] = [await open(), await open(), await open()]
  const did = await provider.evaluate(joinMesh, { relay: address })
  report(did.startsWith('did:key:'), 'a bare page connects with the packed package')
  await buyer.evaluate(joinMesh, { relay: address })
  await provider.evaluate(async () => {
    await (globalThis as unknown as { mesh: Mesh }).mesh.provide({ cpuShare: 1 })
  })
  const words = await readFile(join(root, 'public/jobs/words.wasm'))
  const { status, counted, providers, receipts } = await buyer.evaluate(countWords, [...words])
  report(status === 'Completed' && /two\t2/.test(counted) && /three\t3/.test(counted), `its job is ${status}`)
  report(providers.join() === did && receipts === 1, 'another tab computed it, in the sandbox, and signed a receipt')
  const refused = await third.evaluate(joinMesh, { relay: address, slot: 0 })
  report(refused === 'slot-taken', `asking for the identity of another tab is refused: ${refused}`)
  await provider.close()
  const heir = await third.evaluate(joinMesh, { relay: address, slot: 0 })
  report(heir === did, 'once that tab is closed, it is given')
} catch (error) {
  report(false, String(error))
} finally {
  for (const stop of stops) await stop()
}
