/**
 * Programs and inputs that no one here wrote. They are too large for the repository and come from node_modules when the
 * page is built or served; each package's own licence goes with its files.
 */
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules')

/** Each file below /jobs as jobs.json names it, and where it lies. */
export const thirdPartyJobs = [
  { file: 'esbuild.wasm', from: join(modules, '@esbuild', 'wasi-preview1', 'esbuild.wasm') }, // MIT
  { file: 'minify/react.js', from: join(modules, 'react', 'cjs', 'react.development.js') }, // MIT, said in its head
  { file: 'minify/react-dom.js', from: join(modules, 'react-dom', 'cjs', 'react-dom-client.development.js') }, // MIT
  { file: 'minify/valibot.mjs', from: join(modules, 'valibot', 'dist', 'index.mjs') }, // MIT
]

/**
 * Copies them into `outDir` (the folder that is served as /jobs), but for those that lie there already, no older and of
 * the same size.
 * @returns the paths written or found; throws where a package is not installed
 */
export function copyThirdPartyJobs(outDir) {
  return thirdPartyJobs.map(({ file, from }) => {
    if (!existsSync(from)) throw new Error(`${file} is missing: run npm install (looked for ${from})`)
    const to = join(outDir, file)
    mkdirSync(dirname(to), { recursive: true })
    if (!isFresh(from, to)) copyFileSync(from, to)
    return to
  })
}

function isFresh(from, to) {
  if (!existsSync(to)) return false
  const source = statSync(from)
  const copy = statSync(to)
  return copy.size === source.size && copy.mtimeMs >= source.mtimeMs
}
