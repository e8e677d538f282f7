import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.mjs'
import { say } from './install.mjs'
import { runCommand } from './run-command.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const module = (path) => join(root, 'node_modules', path)
const vitest = (...args) => [module('vitest/vitest.mjs'), 'run', ...args, '--reporter=default', '--reporter=json']
const tsx = (script) => ['--import', 'tsx', script]

/**
 * In order of how soon they fail, the browser's after the build. Each runs Node on `args`; what writes a report counts the tests
 * in it, what does not counts as one. `skips` finds in the output why it could not be run here, which is no failure.
 */
const checks = [
  { name: 'types', args: ['scripts/types.mjs'] },
  { name: 'lint', args: [module('@biomejs/biome/bin/biome'), 'check', '.'] },
  { name: 'jobs', args: ['examples/build.mjs', '--check'], skips: otherCompiler },
  { name: 'unit', args: vitest(), hasReport: true },
  { name: 'suite', args: tsx('scripts/spec-suite/main.ts'), skips: noSuite },
  { name: 'build', args: [module('vite/bin/vite.js'), 'build', '--logLevel', 'error'] },
  { name: 'vectors', args: tsx('scripts/vectors.browser-check.ts'), needsBrowser: true },
  { name: 'storage', args: tsx('src/adapters/idb/storage.browser-check.ts'), needsBrowser: true },
  { name: 'identity', args: tsx('src/adapters/identity/identity.browser-check.ts'), needsBrowser: true },
  { name: 'runtime', args: tsx('src/adapters/workers/browser.check.ts'), needsBrowser: true },
  { name: 'start', args: tsx('scripts/start.browser-check.ts'), needsBrowser: true },
  { name: 'package', args: tsx('scripts/package.browser-check.ts'), needsBrowser: true },
  { name: 'e2e', args: vitest('--config', 'e2e/vitest.config.ts'), hasReport: true, needsBrowser: true },
]

/** Runs all, or those named; those that need no browser run without one. @returns whether nothing failed */
export async function runChecks(names) {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0)
    throw new Error(`no check is called ${unknown.join(', ')}: there are ${checks.map(({ name }) => name).join(', ')}`)
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-test-'))
  const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name))
  const results = []
  try {
    for (const check of chosen) results.push(await runCheck(check, folder))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const sum = (field) => results.reduce((total, result) => total + result[field], 0)
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`)
  return sum('failed') === 0
}

async function runCheck(check, folder) {
  const startedAt = Date.now()
  say(check.name)
  const counts = await countsOf(check, join(folder, `${check.name}.json`)).catch((error) => {
    say(error.message)
    return { passed: 0, failed: 1 }
  })
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  say(
    counts.skipped
      ? `${check.name}: skipped, ${counts.skipped}`
      : `${check.name}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`,
  )
  return counts
}

async function countsOf({ args, hasReport, needsBrowser, skips }, report) {
  const browser = needsBrowser ? { TABMESH_BROWSER: await findBrowser() } : {}
  const { status, text } = await runCommand(hasReport ? [...args, `--outputFile=${report}`] : args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: withPolyfill(process.env.NODE_OPTIONS), ...browser },
    isCaught: skips !== undefined,
  })
  if (status !== 0 && skips?.(text)) return { passed: 0, failed: 0, skipped: skips(text) }
  const { passed, failed } = hasReport ? await countsIn(report) : { passed: status === 0 ? 1 : 0, failed: 0 }
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed }
}

/** What somebody set stays; an address has no space, whatever the path of this folder has. */
const withPolyfill = (options) =>
  [options, `--import=${new URL('./polyfill.mjs', import.meta.url).href}`].filter(Boolean).join(' ')

async function countsIn(path) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(path, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 1 } // it ended before it could count
  }
}

/** It is not part of this repository; what the meter is held against besides lies beside it. */
function noSuite(text) {
  return /^spec suite: (cannot be had, .*)/m.exec(text)?.[1]
}

/** Only the compiler that the committed binaries were built with gives their bytes. */
function otherCompiler(text) {
  const [, missing] = /^build jobs: (no clang found|.* missing)/m.exec(text) ?? []
  if (missing) return `${missing}: the committed binaries are not built anew here`
  const [, version] = /^built with .*clang version (\d+)/m.exec(text) ?? []
  const isDamaged = text.includes('is not what SHA256SUMS says')
  return version && version !== '19' && !isDamaged ? `clang ${version} gives other bytes than clang 19` : undefined
}
