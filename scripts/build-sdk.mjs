/**
 * `npm run build:sdk`: dist-sdk/, what a developer imports, once for pages and once for Node, with its types. Everything is in
 * it, the patched WebRTC transport too, but for node-datachannel, whose binary is another one on each platform.
 *   --out folder    instead of dist-sdk
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { register } from 'tsx/esm/api'
import { build } from 'vite'
import { copyThirdPartyJobs } from '../examples/third-party.mjs'
import { writeDeclarations } from './sdk-types.mjs'

register()
const { leanDependencies } = await import('./lean-plugin.ts')
const { readyMadeModules } = await import('./ready-made-plugin.ts')
const { selfContainedWorker } = await import('./worker-plugin.ts')

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist-sdk' } } })
const out = resolve(root, values.out)
const entry = (path) => fileURLToPath(new URL(path, import.meta.url))

// Their names are in the build: the programs of others must lie beside our own.
copyThirdPartyJobs(entry('../public/jobs'))

const common = {
  configFile: false,
  root,
  logLevel: 'warn',
  mode: 'production',
  publicDir: false,
}

/** Modules of its own, as a bundler or a page's `<script type="module">` takes them; what the first task can wait for loads later. */
await build({
  ...common,
  base: './', // what lies beside a module is asked for beside it, wherever that is served
  plugins: [selfContainedWorker(), readyMadeModules(), leanDependencies()],
  build: {
    outDir: join(out, 'browser'),
    emptyOutDir: true,
    license: { fileName: 'LICENSES.md' },
    target: 'es2022',
    modulePreload: false,
    minify: 'oxc',
    chunkSizeWarningLimit: 1_000, // kB before compression: all of the network
    rolldownOptions: {
      input: { index: entry('../src/sdk/index.ts') },
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})

/** One module. */
await build({
  ...common,
  plugins: [selfContainedWorker(), readyMadeModules()],
  ssr: { noExternal: true, external: ['node-datachannel'], target: 'node' },
  build: {
    ssr: entry('../src/sdk/node-index.ts'),
    outDir: join(out, 'node'),
    ssrEmitAssets: true,
    emptyOutDir: true,
    license: { fileName: 'LICENSES.md' },
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: { format: 'es', entryFileNames: 'index.js', codeSplitting: false },
    },
  },
})

await writeDeclarations({ root, entry: 'src/sdk/index.ts', out: join(out, 'types') })
