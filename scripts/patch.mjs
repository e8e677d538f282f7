/**
 * Applies patches/ to the installed dependencies, after every install in this checkout. Where the package is installed as
 * somebody's dependency there is nothing to do: neither patch-package nor the folder of patches comes along.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { markInstalled } from './stamp.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tool = join(root, 'node_modules', 'patch-package', 'index.js')

if (existsSync(tool) && existsSync(join(root, 'patches'))) {
  const { status } = spawnSync(process.execPath, [tool, '--error-on-fail'], { cwd: root, stdio: 'inherit' })
  process.exitCode = status ?? 1
  if (status === 0) markInstalled()
}
