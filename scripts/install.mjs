import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isInstalled } from './stamp.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const isWindows = process.platform === 'win32'
/** What was fetched before needs no network; a network that is not there is reported in half a minute instead of two. */
const hurry = ['--prefer-offline', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

/**
 * Installs exactly what the lock file says, unless that was done before. Needs only Node and npm.
 * Throws an Error whose message is meant for people: Node too old, no npm, no network, or npm's own trouble.
 */
export function install() {
  const trouble = nodeTrouble(process.versions.node)
  if (trouble) throw new Error(trouble)
  if (isInstalled()) return
  say('installing dependencies, about a minute the first time')
  const done = spawnSync(isWindows ? 'npm.cmd' : 'npm', ['ci', '--include=dev', '--loglevel=error', ...hurry], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
    shell: isWindows,
  })
  process.stderr.write(done.stderr ?? '')
  if (done.status !== 0) throw new Error(installTrouble(done))
  if (isInstalled()) return
  // Where npm is told to ignore scripts, it has not patched.
  const patched = spawnSync(process.execPath, ['scripts/patch.mjs'], { cwd: root, stdio: 'inherit' })
  if (patched.status !== 0)
    throw new Error('the patches in patches/ do not fit what was installed: the words above say which')
}

/** @returns what is wrong with a Node of this version, such as `18.20.4`, in words; undefined where it serves */
export function nodeTrouble(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const serves = (major === 20 && minor >= 20) || (major === 22 && minor >= 12) || major >= 24 // what the tools ask for
  if (serves) return undefined
  return `this is Node ${version}: it takes 20.20 or newer of 20, 22.12 or newer of 22, or any from 24 on; https://nodejs.org has them`
}

/** @returns why an installation failed, and what to do, from what npm left behind */
export function installTrouble({ error, stderr }) {
  if (error?.code === 'ENOENT') return 'npm was not found: it comes with Node, https://nodejs.org'
  const text = stderr ?? ''
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/.test(text))
    return 'the packages could not be fetched: the network or the registry does not answer. Connect and run this again'
  if (/ENOSPC/.test(text)) return 'the disk is full: about 400 MB are needed'
  if (/EACCES|EPERM/.test(text)) return `npm may not write here: is ${root} yours?`
  return 'npm ci failed: its own words stand above'
}

export const say = (text) => process.stdout.write(`tabmesh  ${text}\n`)
