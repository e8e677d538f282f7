import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { expect, test } from 'vitest'
import { findBrowser } from '../scripts/browser.mjs'
import type { Mesh } from '../src/sdk/api.ts'
import { type Product, type ProductOptions, type Relay, startProduct, startRelay } from './server.ts'

/** A browser on a machine of its own: nothing stored there is seen by another. */
export type Machine = {
  /** Opens the page and waits until its node has an identity. */
  open(name: string, options?: OpenOptions): Promise<Tab>
}

type OpenOptions = {
  readonly path?: string
  readonly relays?: readonly Relay[]
  /** Runs in the page before any script of its own, after each reload too: there it sees nothing of this file. */
  readonly before?: () => void
  /** Is given all that goes over the page's WebSockets, both ways. */
  readonly tapped?: (bytes: Buffer) => void
}

/** One tab and the node in it. */
export type Tab = {
  readonly name: string
  readonly page: Page
  /** Runs `ask` in the page, on its node: there it sees nothing of this file but its argument. */
  mesh<T, A = undefined>(ask: (mesh: Mesh, given: A) => T | Promise<T>, given?: A): Promise<T>
  /** Resolves once `holds` does, looked at ten times a second in the page. */
  until<A = undefined>(holds: (mesh: Mesh, given: A) => boolean, given?: A): Promise<void>
  did(): Promise<string>
  reload(): Promise<void>
  close(): Promise<void>
  /** As the browser's own "duplicate": another tab with a copy of what this one's session remembers. */
  duplicate(name: string): Promise<Tab>
  /** From now on a console error with these words is part of the story. */
  expect(words: RegExp): void
}

export type World = {
  readonly product: Product
  machine(): Promise<Machine>
  relay(): Promise<Relay>
  /** What the product's own relay counts under this name. */
  counted(name: string): Promise<number>
  /** All that the product's own relay has decrypted, where it was started so that this is kept. */
  relayRead(): Promise<Buffer>
}

/** What Chromium needs to be quiet, and to find itself over loopback where a machine has no other interface. */
const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
]
/** A page and its node's identity: half a second alone, some seconds on a machine that others load. */
const openMs = 30_000
/** Longer than any wait of the node itself that a journey passes through, shorter than a journey. */
const waitMs = 45_000

/** A journey has the product, a relay and a browser of its own; `flags` are the browser's further ones. */
export const journeys = (flags: readonly string[] = [], options: ProductOptions = {}) =>
  test.extend<{ world: World }>({
    world: async ({ task }, use) => {
      const opened = await openWorld(flags, options)
      try {
        await use(opened.world)
        const surprises = opened.surprises()
        if (task.result?.state === 'fail' || surprises.length > 0) await opened.tell()
        expect(surprises, 'errors that no journey expects').toEqual([])
      } finally {
        await opened.close()
      }
    },
  })

type Kept = { readonly tab: Tab; readonly said: string[]; readonly errors: string[]; readonly expected: RegExp[] }

async function openWorld(flags: readonly string[], options: ProductOptions) {
  const product = await startProduct(options)
  const relays: Relay[] = []
  const tabs: Kept[] = []
  const browser = await launch([...quiet, ...flags]).catch(async (cause) => {
    await product.stop()
    throw cause
  })

  const world: World = {
    product,
    async machine() {
      const context = await browser.newContext()
      await context.grantPermissions(['microphone'], { origin: new URL(product.url).origin })
      return {
        open: async (name, options = {}) => {
          const { tab } = keep(await context.newPage(), name, tabs)
          const url = new URL(options.path ?? '/', product.url)
          for (const { address } of options.relays ?? []) url.searchParams.append('relay', address)
          if (options.before) await tab.page.addInitScript(options.before)
          if (options.tapped) tap(tab.page, options.tapped)
          await tab.page.goto(url.href)
          await ready(tab.page)
          return tab
        },
      }
    },
    async relay() {
      const relay = await startRelay()
      relays.push(relay)
      return relay
    },
    async counted(name) {
      const text = await (await fetch(`${product.statusUrl}/metrics`)).text()
      const line = text.split('\n').find((one) => one.startsWith(`${name} `))
      return Number(line?.split(' ')[1])
    },
    relayRead: () => product.relayRead(),
  }
  return {
    world,
    surprises: () =>
      tabs.flatMap(({ tab, errors, expected }) =>
        errors.filter((text) => !expected.some((words) => words.test(text))).map((text) => `${tab.name}: ${text}`),
      ),
    tell: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tabmesh-failed-'))
      for (const kept of tabs) await describe(kept, folder)
      print('product', product.said)
      for (const relay of relays) print('relay', relay.said)
    },
    close: async () => {
      await browser.close()
      await Promise.all([product.stop(), ...relays.map((relay) => relay.stop())])
    },
  }
}

const launch = async (args: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: await findBrowser(), args })

function keep(page: Page, name: string, tabs: Kept[]): Kept {
  page.setDefaultTimeout(waitMs)
  const [said, errors, expected]: [string[], string[], RegExp[]] = [[], [], []]
  page.on('console', (message) => {
    const text = `${message.type()}: ${message.text()} (${message.location().url})`
    said.push(text)
    if (message.type() === 'error') errors.push(text)
  })
  page.on('pageerror', (error) => errors.push(`page error: ${error.stack ?? error.message}`))
  page.on('crash', () => errors.push('the page crashed'))
  const tab: Tab = {
    name,
    page,
    mesh: async (ask, given) => {
      const node = await page.evaluateHandle(() => window.tabmesh!)
      try {
        return await node.evaluate(ask as never, given as never)
      } finally {
        await node.dispose().catch(() => {}) // a page that was closed or reloaded took it along
      }
    },
    until: (holds, given) =>
      expect
        .poll(() => tab.mesh(holds, given), { interval: 100, timeout: waitMs, message: `${name}: ${holds}` })
        .toBe(true),
    did: () => tab.mesh((mesh) => mesh.did),
    reload: async () => {
      await page.reload()
      await ready(page)
    },
    close: () => page.close(),
    duplicate: async (name) => {
      const [opened] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => void open(location.href))])
      const { tab } = keep(opened, name, tabs)
      await ready(opened)
      return tab
    },
    expect: (words) => void expected.push(words),
  }
  const kept = { tab, said, errors, expected }
  tabs.push(kept)
  return kept
}

function tap(page: Page, tapped: (bytes: Buffer) => void): void {
  const take = ({ payload }: { payload: string | Buffer }): void => tapped(Buffer.from(payload as Buffer))
  page.on('websocket', (socket) => void socket.on('framereceived', take).on('framesent', take))
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => window.tabmesh?.did !== undefined, undefined, { polling: 50, timeout: openMs })
}

/** Everything about a tab that a reader of a failure asks first. */
async function describe({ tab, said, errors }: Kept, folder: string): Promise<void> {
  print(`${tab.name}, console`, said)
  print(`${tab.name}, errors`, errors)
  if (tab.page.isClosed()) return
  const path = join(folder, `${tab.name}.png`)
  await tab.page.screenshot({ path, timeout: 10_000 }).catch(() => {})
  const facts = await tab
    .mesh((mesh) =>
      JSON.stringify(
        {
          did: mesh.did,
          network: mesh.network(),
          peers: mesh.peers(),
          provider: { ...mesh.provider(), recent: mesh.provider().recent.length },
          jobs: mesh.jobs(),
          offers: mesh.market.offers().length,
          documents: mesh.payments.documents(),
          balance: mesh.payments.balance(),
          metrics: mesh.metrics(),
          faults: mesh.faults(),
        },
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
        1,
      ),
    )
    .catch((error: Error) => error.message)
  print(`${tab.name}, node (${path})`, [facts])
}

const print = (title: string, lines: readonly string[]): void =>
  void process.stderr.write(`── ${title}\n${lines.slice(-60).join('\n')}\n`)
