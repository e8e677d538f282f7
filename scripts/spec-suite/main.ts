/**
 * Plays the suite of the WebAssembly specification in three worlds: without the meter, with it, and with the profile of determinism.
 * Results, traps, memories, tables and globals have to be the same: npx tsx scripts/spec-suite/main.ts [file…]
 */
import { basename } from 'node:path'
import { obtainSuite, textOf } from './obtain.ts'
import { newCount, replay } from './replay.ts'

/** Differences that are shown: forty tell the pattern. */
const mostShown = 40

async function play(files: readonly string[]): Promise<void> {
  const count = newCount()
  for (const path of files) await replay(textOf(path), basename(path), count)
  const { modules, alike, differences, leftOut, notModules } = count
  const refused = [...count.refused].map(([why, times]) => `${times} ${why}`).join('; ')
  process.stdout.write(
    `${modules} modules, ${alike} assertions alike, ${differences.length} different; ${leftOut} left out, of modules that are not run; ${notModules} that are no modules; refused: ${refused}\n`,
  )
  for (const difference of differences.slice(0, mostShown)) process.stdout.write(`  ${difference}\n`)
  if (differences.length > 0 || alike === 0) process.exitCode = 1
}

const only = process.argv.slice(2)
const suite = obtainSuite(process.env['TABMESH_SPEC_SUITE'])
if ('missing' in suite) {
  process.stdout.write(`spec suite: cannot be had, ${suite.missing}\n`)
  process.exitCode = 1
} else await play(suite.files.filter((path) => only.length === 0 || only.some((part) => basename(path).includes(part))))
