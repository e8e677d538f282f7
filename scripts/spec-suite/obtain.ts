import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The suite of WebAssembly 3.0 as its own repository had it in November 2026. It is fetched and never kept in this repository. */
const commit = '193e551ff22663995b1ac95dc62344133669e14b'
const home = 'https://github.com/WebAssembly/testsuite'
const folder = fileURLToPath(new URL(`../../node_modules/.cache/webassembly-testsuite/${commit}`, import.meta.url))
/** The suite is 2 MB; who cannot have it in this time goes on without it. */
const fetchMs = 60_000

/** @param from another clone to fetch it from, such as one on this disk; a commit is the same wherever it comes from */
export function obtainSuite(from = home): { readonly files: readonly string[] } | { readonly missing: string } {
  if (!existsSync(folder)) {
    const missing = fetchInto(`${folder}.part`, from)
    if (missing) return { missing }
    renameSync(`${folder}.part`, folder)
  }
  const files = readdirSync(folder).filter((file) => file.endsWith('.wast'))
  return { files: files.toSorted().map((file) => join(folder, file)) }
}

export const textOf = (path: string): string => readFileSync(path, 'utf8')

/** @returns why it could not be had */
function fetchInto(into: string, from: string): string | undefined {
  rmSync(into, { recursive: true, force: true })
  mkdirSync(into, { recursive: true })
  const git = (...args: string[]) =>
    spawnSync('git', ['-C', into, ...args], {
      timeout: fetchMs,
      encoding: 'utf8',
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
    })
  for (const args of [
    ['init', '--quiet'],
    ['fetch', '--quiet', '--depth=1', from, commit],
    ['checkout', '--quiet', commit],
  ]) {
    const { status, stderr, error } = git(...args)
    if (status === 0) continue
    rmSync(into, { recursive: true, force: true })
    return `git ${args[0]} of ${from}: ${(error?.message ?? stderr.trim().split('\n').at(-1)) || 'no answer'}`
  }
  return undefined
}
