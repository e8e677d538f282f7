import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'vite'

const entry = fileURLToPath(new URL('../workers/job.worker.ts', import.meta.url))
const virtualId = 'virtual:job-worker'

/**
 * The job worker as one script without imports: a sandbox without network, a Blob and a Node thread can all start it.
 * @returns the script and the files it was made of
 */
export async function bundleJobWorker(): Promise<{ script: string; files: string[] }> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry, formats: ['iife'], name: 'jobWorker' },
    },
  })
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : []
  const chunks = outputs.flatMap(({ output }) => output).filter((part) => part.type === 'chunk')
  const chunk = chunks[0]
  if (!chunk || chunks.length !== 1) throw new Error(`the job worker must be one script, not ${chunks.length}`)
  return { script: chunk.code, files: Object.keys(chunk.modules).filter((file) => file.startsWith('/')) }
}

/** Serves `import { script } from 'virtual:job-worker'` in dev, in build and in tests, always as the bundled text. */
export function selfContainedWorker(): Plugin {
  let bundled: Promise<{ script: string; files: string[] }> | undefined
  return {
    name: 'self-contained-worker',
    resolveId: (id) => (id === virtualId ? `\0${virtualId}` : undefined),
    async load(id) {
      if (id !== `\0${virtualId}`) return undefined
      bundled ??= bundleJobWorker()
      const { script, files } = await bundled
      for (const file of files) this.addWatchFile(file)
      return `export const script = ${JSON.stringify(script)}`
    },
    watchChange(file) {
      if (/\/(workers|activity|kernel)\//.test(file)) bundled = undefined
    },
  }
}
