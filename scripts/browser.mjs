import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { say } from './install.mjs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
const isRoot = process.platform === 'linux' && process.getuid?.() === 0

/** A Chromium for the tests: one that is here, else Playwright's own download, else the distribution's package. */
export async function findBrowser() {
  const named = process.env.TABMESH_BROWSER
  if (named && !existsSync(named)) throw new Error(`TABMESH_BROWSER names ${named}, and nothing is there`)
  const found = named ?? places.find((path) => existsSync(path)) ?? (await downloaded()) ?? packaged()
  if (found) return found
  throw new Error(
    'no browser for the tests: install Chromium or Chrome (Debian: sudo apt-get install chromium), or set TABMESH_BROWSER to the path of one',
  )
}

async function downloaded() {
  const { chromium } = await import('playwright')
  const starts = () => existsSync(chromium.executablePath()) && runs(chromium.executablePath())
  if (starts()) return chromium.executablePath()
  say('no browser found: downloading one, some minutes')
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url))
  const args = ['install', ...(isRoot ? ['--with-deps'] : []), 'chromium'] // its libraries come from the system
  spawnSync(process.execPath, [cli, ...args], { stdio: 'ignore', timeout: 300_000 })
  return starts() ? chromium.executablePath() : undefined
}

/** A download without the system's libraries is there and does not start. Windows would open a window to answer. */
const runs = (path) => process.platform === 'win32' || spawnSync(path, ['--version', '--no-sandbox']).status === 0

function packaged() {
  if (!isRoot) return undefined
  say("the download failed: trying the distribution's package")
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', timeout: 120_000 })
  spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'ignore', timeout: 600_000 })
  return places.find((path) => existsSync(path))
}
