import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'
import { generatorForWorkers } from './component-plugin.ts'

/** Scripts for workers, by the module that serves each as text. */
const entries = {
  'virtual:job-worker': 'job.worker.ts',
  'virtual:component-host': 'component-host.worker.ts',
  'virtual:component-generator': 'component-generator.worker.ts',
} as const
type ScriptId = keyof typeof entries
const generatorId = 'virtual:component-generator'

type Bundle = {
  readonly script: string
  /** What it was made of. */
  readonly files: string[]
  /** What it is given beside itself. */
  readonly modules: Uint8Array<ArrayBuffer>[]
}

/** The job worker as one script without imports: a sandbox without network, a Blob and a Node thread can all start it. */
export const bundleJobWorker = (): Promise<Bundle> => bundle('virtual:job-worker')

/** What runs components in a worker, and what prepares them. */
export async function bundleComponentKits() {
  const [host, generator] = await Promise.all([bundle('virtual:component-host'), bundle(generatorId)])
  return { host, generator }
}

async function bundle(id: ScriptId): Promise<Bundle> {
  const { plugin, modules } = generatorForWorkers()
  const entry = fileURLToPath(new URL(`../workers/${entries[id]}`, import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    publicDir: false,
    plugins: id === generatorId ? [plugin] : [],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      // Alphabets that nobody writes with are made by calls all the same.
      rolldownOptions: {
        treeshake: { moduleSideEffects: [{ test: /node_modules\/multiformats\//, sideEffects: false }] },
      },
      lib: { entry, formats: ['iife'], name: 'worker' },
    },
  })
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : []
  const chunks = outputs.flatMap(({ output }) => output).filter((part) => part.type === 'chunk')
  const chunk = chunks[0]
  if (!chunk || chunks.length !== 1) throw new Error(`a worker must be one script, not ${chunks.length}`)
  return { script: chunk.code, files: Object.keys(chunk.modules).filter((file) => file.startsWith('/')), modules }
}

/** One word for all of it. */
function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 16)
}

/** The modules of the generator in one file: how many, how long each is, in four bytes each, and all of them. */
function packed(modules: readonly Uint8Array[]): Uint8Array {
  const head = new Uint32Array([modules.length, ...modules.map(({ length }) => length)])
  return Buffer.concat([new Uint8Array(head.buffer), ...modules])
}

const generatorFile = 'component-generator.bin'
/** Where the development server has the generator's modules. */
const devAddress = `/@${generatorFile}`

/**
 * Serves `import { script } from 'virtual:job-worker'`, and the like for components, in dev, in build and in tests, always as
 * the bundled text. The generator's modules are an asset, at the `address` that its module exports.
 */
export function selfContainedWorker(): Plugin {
  const bundles = new Map<ScriptId, Promise<Bundle>>()
  const bundled = (id: ScriptId): Promise<Bundle> => {
    const known = bundles.get(id) ?? bundle(id)
    bundles.set(id, known)
    return known
  }
  let isBuild = false
  return {
    name: 'self-contained-worker',
    configResolved({ command }) {
      isBuild = command === 'build'
    },
    resolveId: (id) => (id in entries ? `\0${id}` : undefined),
    async load(id, options) {
      const known = id.slice(1) as ScriptId
      if (!id.startsWith('\0') || !(known in entries)) return undefined
      const { script, files, modules } = await bundled(known)
      for (const path of files) this.addWatchFile(path)
      if (known === 'virtual:component-host') {
        const { script: generator, modules: parts } = await bundled(generatorId)
        const version = hashOf(script, generator, packed(parts))
        return `export const script = ${JSON.stringify(script)}\nexport const version = ${JSON.stringify(version)}`
      }
      const text = `export const script = ${JSON.stringify(script)}\n`
      if (modules.length === 0) return text
      if (!isBuild) return `${text}export const address = ${JSON.stringify(devAddress)}`
      if (options?.ssr) {
        this.emitFile({ type: 'asset', fileName: generatorFile, source: packed(modules) })
        return `${text}const name = ${JSON.stringify(generatorFile)}\nexport const address = new URL(name, import.meta.url).href`
      }
      const asset = this.emitFile({ type: 'asset', name: generatorFile, source: packed(modules) })
      return `${text}export const address = import.meta.ROLLUP_FILE_URL_${asset}`
    },
    configureServer({ middlewares }) {
      middlewares.use(devAddress, (_, answer) => {
        void bundled(generatorId).then(({ modules }) => answer.end(packed(modules)))
      })
    },
    watchChange(path) {
      if (/\/(workers|activity|kernel)\//.test(path)) bundles.clear()
    },
  }
}
