import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { copyThirdPartyJobs } from './examples/third-party.mjs'
import { leanDependencies } from './scripts/lean-plugin.ts'
import { readyMadeModules } from './scripts/ready-made-plugin.ts'
import { selfContainedWorker } from './scripts/worker-plugin.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const { version } = JSON.parse(readFileSync(here('./package.json'), 'utf8')) as { version: string }

/** What the built page may load and reach: itself, relays, what programs may fetch from, its sandbox frame and its own workers. */
const policyWith = (inlineScripts: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${inlineScripts.join(' ')}`,
    "style-src 'self'",
    "img-src 'self' data: blob:",
    // Relays anywhere, and whatever programs may fetch from: a list that a person types, which no policy of a file can know.
    "connect-src 'self' ws: wss: https:",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/** In the built page only: the development server's own scripts stand inline. */
const contentPolicy = (): Plugin => ({
  name: 'content-policy',
  apply: 'build',
  transformIndexHtml: (html) => {
    const inline = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => sourceHash(script))
    const attrs = { 'http-equiv': 'Content-Security-Policy', content: policyWith(inline) }
    return [{ tag: 'meta', attrs, injectTo: 'head-prepend' }]
  },
})

const sourceHash = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`

const thirdPartyJobs = (): Plugin => {
  const copy = (): void => void copyThirdPartyJobs(here('./public/jobs'))
  return { name: 'third-party-jobs', buildStart: copy, configureServer: copy }
}

// Vite finds its configuration by this export and by no other.
// biome-ignore lint/style/noDefaultExport: see above
export default defineConfig({
  plugins: [react(), selfContainedWorker(), thirdPartyJobs(), readyMadeModules(), leanDependencies(), contentPolicy()],
  define: { __TABMESH_VERSION__: JSON.stringify(version) },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000, // kB before compression: the network's own chunk, loaded after the first paint
    assetsInlineLimit: 0, // data: scripts and fonts are not admitted by the policy
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /node_modules\/multiformats\//, sideEffects: false }] },
      optimization: { inlineConst: true }, // a bound from another file is a number where it stands, and no name
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|wouter|regexparam)\// },
            // Every tab loads what is painted first and then its node: each with all it needs in one file, not in twenty that other pages share.
            { name: 'first', tags: ['$initial'] },
            { name: 'node', test: /\/src\/sdk\/connect\.ts$/ },
          ],
        },
      },
    },
  },
})
