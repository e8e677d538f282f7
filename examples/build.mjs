/**
 * Builds the ready-made jobs from C into public/jobs, the same bytes on every machine with the same compiler.
 * `node examples/build.mjs` builds; `--check` builds aside and says which committed binaries differ.
 * Needs clang with wasm-ld, wasi-libc and the compiler's runtime for wasm32; everybody else uses the committed binaries.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const jobsDir = join(here, '..', 'public', 'jobs')
const sumsFile = join(jobsDir, 'SHA256SUMS')

/** 60 KB: a module travels to every provider before its first task. */
const mostBytes = 60_000

const modules = [
  { name: 'picture', source: 'picture/picture.c' },
  { name: 'search', source: 'search.c' },
  { name: 'words', source: 'words.c' },
  { name: 'merge', source: 'merge.c' },
  { name: 'bench-spin', source: 'guest-spin.c' },
  { name: 'bench-empty', source: 'guest-empty.c', bare: true },
]

const flags = [
  '--target=wasm32-wasi',
  '-std=c17',
  '-O3',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-ffp-contract=off', // one rounding for each operation, on every compiler
  '-fno-math-errno', // sqrt is the one instruction
  '-mbulk-memory',
  '-mno-nontrapping-fptoint',
  '-Wl,--strip-all',
  '-Wl,-z,stack-size=65536',
]
/** No crt and no libc: the smallest module that is a command. */
const bareFlags = ['-nostdlib', '-nostartfiles', '-Wl,--no-entry', '-Wl,-z,stack-size=1024']

const run = (command, args) => spawnSync(command, args, { encoding: 'utf8' })

function findClang() {
  const named = process.env.CLANG
  const names = named ? [named] : ['clang-19', 'clang', 'clang-20', 'clang-18', 'clang-17', 'clang-16']
  const found = names.find((name) => run(name, ['--version']).status === 0)
  if (!found) {
    const remedy = 'install clang 16 or newer with lld, or name it in the environment: CLANG=/path/to/clang'
    fail(`no clang found (looked for ${names.join(', ')})`, remedy)
  }
  return found
}

/** Builds the smallest program that needs each part, so that what is missing is named before a job fails. */
function requireParts(clang, dir) {
  const probe = join(dir, 'probe.c')
  const out = join(dir, 'probe.wasm')
  const attempt = (text, extra = []) => {
    writeFileSync(probe, text)
    return run(clang, ['--target=wasm32-wasi', '-O1', ...extra, '-o', out, probe])
  }
  const nothing = attempt('void _start(void) {}', ['-nostdlib', '-Wl,--no-entry'])
  if (nothing.status !== 0)
    fail('wasm-ld is missing', `install lld of the same version (Debian: lld-19)\n${nothing.stderr}`)
  const library = attempt('#include <stdlib.h>\nint main(void) { return !malloc(1); }')
  if (library.status !== 0)
    fail(
      'wasi-libc or the runtime for wasm32 is missing',
      `install them (Debian: wasi-libc libclang-rt-19-dev-wasm32)\n${library.stderr}`,
    )
}

/** What is missing or wrong on this machine, and its remedy. */
class BuildProblem extends Error {}

function fail(what, remedy) {
  throw new BuildProblem(`build jobs: ${what}\n${remedy}\n`)
}

function compile(clang, module, dir) {
  const out = join(dir, `${module.name}.wasm`)
  const built = run(clang, [...flags, ...(module.bare ? bareFlags : []), '-o', out, join(here, module.source)])
  if (built.status !== 0) fail(`${module.source} does not compile`, built.stderr)
  const bytes = stripped(readFileSync(out))
  if (bytes.length > mostBytes) fail(`${module.name}.wasm has ${bytes.length} bytes`, `the bound is ${mostBytes}`)
  return bytes
}

/** Drops every custom section (id 0): names, producers, target features. What is left is what runs. */
function stripped(wasm) {
  const kept = [wasm.subarray(0, 8)]
  for (let at = 8; at < wasm.length; ) {
    let length = 0
    let next = at + 1
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[next++]
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    const end = next + length
    if (wasm[at] !== 0) kept.push(wasm.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}

const sumOf = (bytes) => createHash('sha256').update(bytes).digest('hex')

function committedSums() {
  if (!existsSync(sumsFile)) return new Map()
  const lines = readFileSync(sumsFile, 'utf8').trim().split('\n')
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
}

function main() {
  const dir = mkdtempSync(join(tmpdir(), 'tabmesh-jobs-'))
  try {
    const clang = findClang()
    requireParts(clang, dir)
    const built = modules.map((module) => ({ file: `${module.name}.wasm`, bytes: compile(clang, module, dir) }))
    if (process.argv.includes('--check')) check(clang, built)
    else write(built)
  } catch (problem) {
    if (!(problem instanceof BuildProblem)) throw problem
    process.stderr.write(problem.message)
    process.exitCode = 1
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function write(built) {
  mkdirSync(jobsDir, { recursive: true })
  for (const { file, bytes } of built) {
    writeFileSync(join(jobsDir, file), bytes)
    process.stdout.write(`${file.padEnd(18)} ${String(bytes.length).padStart(6)} bytes\n`)
  }
  writeFileSync(sumsFile, built.map(({ file, bytes }) => `${sumOf(bytes)}  ${file}\n`).join(''))
}

function check(clang, built) {
  const sums = committedSums()
  const different = built.filter(({ file, bytes }) => sums.get(file) !== sumOf(bytes))
  const damaged = built.filter(({ file }) => {
    const path = join(jobsDir, file)
    return !existsSync(path) || !statSync(path).isFile() || sumOf(readFileSync(path)) !== sums.get(file)
  })
  for (const { file } of different) process.stderr.write(`${file}: the sources built here give other bytes\n`)
  for (const { file } of damaged) process.stderr.write(`${file}: is not what SHA256SUMS says\n`)
  if (different.length > 0) process.stderr.write(`built with ${run(clang, ['--version']).stdout.split('\n')[0]}\n`)
  if (different.length + damaged.length > 0) process.exitCode = 1
  else process.stdout.write(`${built.length} jobs are what their sources give\n`)
}

main()
