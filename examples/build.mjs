/**
 * Builds the ready-made jobs from C into public/jobs, the same bytes on every machine with the same compiler.
 * `node examples/build.mjs` builds; `--check` builds aside and says which committed binaries differ.
 * Needs clang with wasm-ld, wasi-libc and the compiler's runtime for wasm32; everybody else uses the committed binaries.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const jobsDir = join(here, '..', 'public', 'jobs')
const sumsFile = join(jobsDir, 'SHA256SUMS')

/** 60 KB: a module travels to every provider before its first task. */
const mostBytes = 60_000
/** One component is as large as the claim about components says. */
const mostComponentBytes = 160_000

/** With QuickJS in it: a twentieth of what esbuild takes. */
const mostLinkedBytes = 650_000

const modules = [
  { name: 'picture', source: 'picture/picture.c' },
  { name: 'search', source: 'search.c' },
  { name: 'words', source: 'words.c' },
  { name: 'merge', source: 'merge.c' },
  { name: 'guess', source: 'guess.c' },
  { name: 'lines', source: 'lines.c' },
  { name: 'bench-spin', source: 'guest-spin.c' },
  { name: 'bench-empty', source: 'guest-empty.c', bare: true },
  { name: 'bench-document', source: 'guest-document.c', component: true },
  { name: 'javascript', source: 'javascript.c', linked: { name: 'quickjs', file: 'quickjs-wasi/quickjs.wasm' } },
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

const jco = 'node_modules/@bytecodealliance/jco/src/jco.js'
/** Another module's memory is its memory, and nothing of it lies there. */
const linkedFlags = (name) => [
  ...['--target=wasm32', '-Os', '-nostdlib', '-fno-builtin', '-Wl,--no-entry', '-Xlinker'],
  `--import-memory=${name},memory`,
]
const tools = join(here, '..', 'node_modules', 'binaryen', 'bin')
const features = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'multivalue', 'simd']
/** What a command exports; whatever nothing of that reaches is left out. */
const commandGraph = [
  { name: 'outside', reaches: ['start', 'memory'], root: true },
  { name: 'start', export: '_start' },
  { name: 'memory', export: 'memory' },
]

/** npm puts its packages' commands in front, and clang lets a wasm-opt that it finds there change what it built. */
const path = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  .join(delimiter)
const run = (command, args) => spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, PATH: path } })

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
  const more = module.linked ? linkedFlags(module.linked.name) : module.bare ? bareFlags : []
  const built = run(clang, [...flags, ...more, '-o', out, join(here, module.source)])
  if (built.status !== 0) fail(`${module.source} does not compile`, built.stderr)
  const bytes = stripped(wholeOf(module, out, dir))
  const most = module.linked ? mostLinkedBytes : module.component ? mostComponentBytes : mostBytes
  if (bytes.length > most) fail(`${module.name}.wasm has ${bytes.length} bytes`, `the bound is ${most}`)
  return bytes
}

/** What runs, with whatever it is made into once it is compiled. */
function wholeOf(module, out, dir) {
  if (module.component) return componentOf(out)
  return readFileSync(module.linked ? link(module, out, dir) : out)
}

/** The module with jco's adapter from WASI preview 1 to 2 around it. */
function componentOf(file) {
  const out = `${file}.component`
  const made = run(process.execPath, [join(here, '..', jco), 'new', '--wasi-command', file, '-o', out])
  if (made.status !== 0) fail('no component could be made', made.stderr)
  return readFileSync(out)
}

/** Joins our module and another's into one: each imports what the other exports. @returns where it lies */
function link({ name, linked }, ours, dir) {
  const [merged, graph, out] = ['merged.wasm', 'graph.json', `${name}-linked.wasm`].map((file) => join(dir, file))
  if (sectionsOf(readFileSync(ours)).some(({ id }) => id === 11))
    fail(`${name} has constants in memory`, 'its memory is laid out for the other module alone')
  const theirs = join(here, '..', 'node_modules', linked.file)
  const tool = (which, args) => {
    const enabled = features.map((feature) => `--enable-${feature}`)
    const done = run(process.execPath, [join(tools, which), ...args, ...enabled])
    if (done.status !== 0) fail(`${which} of binaryen does not link ${name}`, done.stderr)
  }
  writeFileSync(graph, JSON.stringify(commandGraph))
  tool('wasm-merge', [ours, 'env', theirs, linked.name, '-o', merged])
  tool('wasm-metadce', [merged, '-f', graph, '-o', out])
  return out
}

/** Drops every custom section (id 0): names, producers, target features; of core modules (id 1) in a component too. What is left is what runs. */
function stripped(wasm) {
  const isComponent = wasm[6] === 1
  const kept = sectionsOf(wasm).flatMap(({ id, bytes, content }) => {
    if (id === 0) return []
    return [isComponent && id === 1 ? section(1, stripped(content)) : bytes]
  })
  return Buffer.concat([wasm.subarray(0, 8), ...kept])
}

function sectionsOf(wasm) {
  const found = []
  for (let at = 8; at < wasm.length; ) {
    let length = 0
    let next = at + 1
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[next++]
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    const end = next + length
    found.push({ id: wasm[at], bytes: wasm.subarray(at, end), content: wasm.subarray(next, end) })
    at = end
  }
  return found
}

function section(id, content) {
  const head = [id]
  for (let rest = content.length; ; rest >>>= 7) {
    head.push(rest < 128 ? rest : (rest & 127) | 128)
    if (rest < 128) return Buffer.concat([Buffer.from(head), content])
  }
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
