import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { say } from './install.mjs'

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** A Chromium for the tests: one that is here, else Playwright's own download, else the distribution's package. */
export async function findBrowser() {
  const found =
    process.env.TABMESH_BROWSER ?? places.find((path) => existsSync(path)) ?? (await downloaded()) ?? packaged()
  if (found) return found
  throw new Error('no browser for the tests: install Chromium or Chrome, or set TABMESH_BROWSER to the path of one')
}

async function downloaded() {
  const { chromium } = await import('playwright')
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  say('no browser found: trying the download')
  const done = spawnSync(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium'], {
    stdio: 'ignore',
    timeout: 300_000,
  })
  return done.status === 0 && existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined
}

function packaged() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  say("the download failed: trying the distribution's package")
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', timeout: 120_000 })
  spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'ignore', timeout: 600_000 })
  return places.find((path) => existsSync(path))
}
