import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium } from 'playwright'
import { createServer } from 'vite'
import { findBrowser } from '../../../scripts/browser.mjs'

export type RealBrowser = {
  readonly context: BrowserContext
  /** An empty page of an origin of its own, from which modules of src can be imported by path. */
  readonly address: string
}

/** Serves the sources and opens a real browser with a profile on disk, for what a simulated one would not show. */
export async function withRealBrowser(check: (browser: RealBrowser) => Promise<void>): Promise<void> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    server: { port: 0, host: '127.0.0.1' },
    optimizeDeps: {
      noDiscovery: true,
      include: ['idb', '@ipld/dag-cbor', 'valibot', 'multiformats/bases/base32', '@noble/hashes/sha2.js'],
    },
    plugins: [
      {
        name: 'empty-page',
        configureServer: ({ middlewares }) => {
          middlewares.use('/empty.html', (_, response) => {
            response.setHeader('content-type', 'text/html').end('<!doctype html><title>check</title>')
          })
        },
      },
    ],
  })
  const profile = mkdtempSync(join(tmpdir(), 'tabmesh-check-'))
  try {
    await server.listen()
    const executablePath = await findBrowser()
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    })
    try {
      await check({ context, address: `${server.resolvedUrls?.local[0]}empty.html` })
    } finally {
      await context.close()
    }
  } finally {
    await server.close()
    rmSync(profile, { recursive: true, force: true })
  }
}
