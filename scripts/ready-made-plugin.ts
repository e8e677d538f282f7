import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { nameOfFile } from '../src/content/manifest.ts'

const virtualId = 'virtual:ready-made'
const jobs = (path: string): URL => new URL(`../public/${path}`, import.meta.url)

/** Serves `import { modules } from 'virtual:ready-made'`: the CIDs of the programs that come with the page, by the gallery's path. */
export function readyMadeModules(): Plugin {
  return {
    name: 'ready-made-modules',
    resolveId: (id) => (id === virtualId ? `\0${virtualId}` : undefined),
    load(id) {
      if (id !== `\0${virtualId}`) return undefined
      const gallery = JSON.parse(readFileSync(fileURLToPath(jobs('jobs/jobs.json')), 'utf8')) as {
        jobs: { module: string }[]
      }
      const paths = [...new Set(gallery.jobs.map(({ module }) => module))]
      const modules = Object.fromEntries(paths.map((path) => [path, nameOfFile(readFileSync(jobs(path)))]))
      return `export const modules = ${JSON.stringify(modules)}`
    },
  }
}
