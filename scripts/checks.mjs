import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.mjs'
import { say } from './install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const polyfill = `--import ${new URL('./polyfill.mjs', import.meta.url).href}`

/** In order of how soon they fail. Each is one command; those that count tests write a report. */
const checks = (report, browser) => [
  { name: 'types', command: [process.execPath, 'scripts/types.mjs'] },
  { name: 'lint', command: [bin('biome'), 'check', '.'] },
  {
    name: 'unit',
    command: [
      bin('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${join(report, 'unit.json')}`,
    ],
    report: 'unit.json',
  },
  { name: 'build', command: [bin('vite'), 'build', '--logLevel', 'error'] },
  {
    name: 'e2e',
    command: [
      bin('vitest'),
      'run',
      '--config',
      'e2e/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${join(report, 'e2e.json')}`,
    ],
    report: 'e2e.json',
    env: { TABMESH_BROWSER: browser },
  },
]

/** Runs all, or those named. @returns whether nothing failed */
export async function runChecks(names) {
  const browser = await findBrowser()
  const report = await mkdtemp(join(tmpdir(), 'tabmesh-test-'))
  let passed = 0
  let failed = 0
  for (const check of checks(report, browser)) {
    if (names.length > 0 && !names.includes(check.name)) continue
    const startedAt = Date.now()
    say(check.name)
    const status = await run(check)
    const counts = check.report
      ? await countsIn(join(report, check.report))
      : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 }
    passed += counts.passed
    failed += counts.failed + (status !== 0 && counts.failed === 0 ? 1 : 0)
    say(
      `${check.name}: ${counts.passed} passed, ${counts.failed} failed in ${Math.round((Date.now() - startedAt) / 1000)} s`,
    )
  }
  await rm(report, { recursive: true, force: true })
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0
}

function run({ command: [file, ...args], env }) {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, NODE_OPTIONS: polyfill, ...env },
      shell: process.platform === 'win32',
    }
    spawn(file, args, options).on('exit', (code) => resolve(code ?? 1))
  })
}

async function countsIn(path) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(path, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
