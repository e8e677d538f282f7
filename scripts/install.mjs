import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const stamp = new URL('../node_modules/.tabmesh-lock', import.meta.url)

/** Installs exactly what the lock file says, unless that was done before. Needs only Node and npm. */
export function install() {
  const lock = readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('installing dependencies, about a minute the first time')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const done = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) throw new Error('npm ci failed: its own words stand above')
  writeFileSync(stamp, lock)
}

export const say = (text) => process.stdout.write(`tabmesh  ${text}\n`)
