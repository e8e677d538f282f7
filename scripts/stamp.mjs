import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const at = (path) => new URL(`../${path}`, import.meta.url)
const stamp = at('node_modules/.tabmesh-stamp')

/** What an installation follows from: the lock file, the patches, and the kind of machine, whose binaries were chosen. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  const patches = existsSync(at('patches')) ? readdirSync(at('patches')).toSorted() : []
  for (const path of ['package-lock.json', ...patches.map((name) => `patches/${name}`)])
    hash.update(readFileSync(at(path)))
  return hash.digest('hex')
}

/** Whether what is installed is what the checkout asks for, the tools of the tests included. */
export const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()

/** Remembers a whole installation. One without the tools of the tests is not whole. */
export function markInstalled() {
  if (existsSync(at('package-lock.json')) && existsSync(at('node_modules/vitest'))) writeFileSync(stamp, wanted())
}
