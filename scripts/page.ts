import { existsSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { build, createServer } from 'vite'
import { say } from './install.mjs'
import type { Listening } from './listen.ts'

/** What answers all that is no setting of the network: files of the page. */
export type Page = { readonly answer: RequestListener; close(): Promise<void> }

const root = fileURLToPath(new URL('..', import.meta.url))

export async function buildPage(): Promise<void> {
  say('building the page')
  try {
    await build({ root, logLevel: 'error' })
  } catch (cause) {
    throw new Error(`the page could not be built: ${(cause as Error).message}`, { cause })
  }
}

/** The page as it was built into `folder`. Throws where there is none. */
export function builtPage(folder: string): Page {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`there is no built page in ${folder}: leave --no-build out once`)
  return { answer: sirv(folder, { single: true, etag: true }), close: async () => {} }
}

/** The page from its sources, reloading through the same port as they change. */
export async function sourcePage(server: Listening['server']): Promise<Page> {
  const vite = await createServer({ root, server: { middlewareMode: true, hmr: { server } }, appType: 'spa' })
  return { answer: vite.middlewares, close: () => vite.close() }
}
