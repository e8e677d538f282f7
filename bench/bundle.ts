import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A page script of this folder with what it imports, as one text. */
export async function bundle(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(name, import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'bench' } },
  })
  const outputs = Array.isArray(built) ? built : 'output' in built ? [built] : []
  const chunk = outputs.flatMap(({ output }) => output).find((part) => part.type === 'chunk')
  if (chunk?.type !== 'chunk') throw new Error(`${name} gave no script`)
  return chunk.code
}
