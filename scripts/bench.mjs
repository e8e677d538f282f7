/**
 * `npm run bench`: one table of all claims; `npm run bench -- efficiency start` of some.
 *   --write      puts the table and the machine into docs/benchmarks.md; of some, their rows beside those that are there
 *   --pairs 3    fewer repetitions than seven, while something is being written
 *   --no-build   takes the page as it was last built
 * Whatever else a benchmark is given stands behind its name: `efficiency 10ms`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.mjs'
import { install, say } from './install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = `${root}docs/benchmarks.md`
const mark = '<!-- written by npm run bench -- --write -->'
const args = process.argv.slice(2)
const all = readdirSync(`${root}bench`)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''))
const asked = args.filter((arg) => all.includes(arg))
const rest = args.filter((arg) => !all.includes(arg) && arg !== '--write' && arg !== '--no-build')

try {
  install()
  if (!args.includes('--no-build')) {
    say('building the page')
    await run(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'])
  }
  const rows = []
  for (const name of asked.length > 0 ? asked : all) {
    say(name)
    const lines = await run([
      '--import',
      './scripts/polyfill.mjs',
      '--import',
      'tsx',
      `bench/${name}.bench.ts`,
      ...rest,
    ])
    rows.push(...lines.map(rowOf))
  }
  const cells = rows.map(cellsOf)
  process.stdout.write(`${tableOf(cells)}\n`)
  if (args.includes('--write')) write(tableOf(asked.length > 0 ? besideKept(cells) : cells), await machine())
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

/** Runs Node on a script and gives what it said, line by line. Rejects where it fails. */
async function run(argv) {
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${argv.at(-1)} ended with ${code}`)
  return text.split('\n').filter((line) => line.startsWith('{'))
}

/** A benchmark that speaks in figures of its own has them all in one cell. */
function rowOf(line) {
  const { claim, figure, spread, ratio, bound, holds, ...figures } = JSON.parse(line)
  const told = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
  return { claim, figure: figure ?? told.join(', '), spread, ratio, bound, holds }
}

function cellsOf({ claim, figure, spread, ratio, bound, holds }) {
  const verdict = holds === undefined ? undefined : holds ? 'yes' : '**no**'
  return [claim, figure, spread, ratio, bound, verdict].map((cell) => cell ?? '')
}

/** Where only some were measured, the others' rows stay as they are; what was measured again stands in its old place. */
function besideKept(cells) {
  const [, below = ''] = readFileSync(page, 'utf8').split(mark)
  const [, , ...lines] = below.split('\n').filter((line) => line.startsWith('| '))
  const kept = new Map(
    lines
      .map((line) =>
        line
          .slice(2, -2)
          .split(' | ')
          .map((cell) => cell.trim()),
      )
      .map((row) => [row[0], row]),
  )
  for (const row of cells) kept.set(row[0], row)
  return [...kept.values()]
}

function tableOf(cells) {
  const heads = ['Claim', 'Figure', 'Spread', 'Ratio', 'Bound', 'Holds']
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i].length)))
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')
}

/** Keeps what stands above the mark, and puts machine and table below it. */
function write(table, measuredOn) {
  const [words] = readFileSync(page, 'utf8').split(mark)
  writeFileSync(page, `${words}${mark}\n\n${measuredOn}\n\n${table}\n`)
  say('written into docs/benchmarks.md')
}

async function machine() {
  const [first] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const asked = spawnSync(await findBrowser(), ['--version', '--no-sandbox'], { encoding: 'utf8' })
  const browser = asked.stdout?.trim() || 'a browser that does not tell its version'
  const model = first?.model.trim() || 'unknown processor'
  return `Measured on ${cpus().length} × ${model}, ${memory}, ${type()} ${release()}, Node ${process.version}, ${browser}.`
}
