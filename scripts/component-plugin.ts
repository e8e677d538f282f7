import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { limits, listOf } from '../src/activity/module.ts'
import { memorySection, replaceSections } from '../src/activity/module-limit.ts'
import { sections } from '../src/activity/module-reader.ts'

const world = fileURLToPath(new URL('../workers/generator-world.ts', import.meta.url))

/** Components of 16 MiB take a quarter of it; a hostile one ends the generator there instead of the tab. */
const generatorPages = 8_192

const file = /fetchCompile\(new URL\('\.\/([\w.-]+\.wasm)', import\.meta\.url\)\)/g
const inline = /base64Compile\('([A-Za-z0-9+/=]+)'\)/g

/** What the generator calls of its world, and those calls that need a file or an input: it is given neither. */
const trampoline = /^function (trampoline\d+)\(.*\) \{\n[\s\S]*?^\}\n/gm
const needless = /Object\.create\((Descriptor|DirectoryEntryStream|InputStream)\.prototype\)/

/**
 * The generator for a worker that has no network: its core modules come with its script, in the order in which the script names them.
 * @returns the plugin for its build, and the modules once that is done
 */
export function generatorForWorkers(): { plugin: Plugin; modules: Uint8Array<ArrayBuffer>[] } {
  const modules: Uint8Array<ArrayBuffer>[] = []
  const given = (bytes: Uint8Array): string =>
    `WebAssembly.compile(self['tabmesh:given'][${modules.push(bounded(bytes)) - 1}])`
  const plugin: Plugin = {
    name: 'generator-for-workers',
    enforce: 'pre',
    resolveId: (id) => (id.startsWith('@bytecodealliance/preview2-shim/') ? world : undefined),
    transform(code, id) {
      if (!id.endsWith('/js-component-bindgen-component.js')) return undefined
      const changed = code
        .replace(file, (_, name: string) => given(readFileSync(join(dirname(id), name))))
        .replace(inline, (_, text: string) => given(Buffer.from(text, 'base64')))
        .replace(/\(url\) \{\s*if \(isNode\)[\s\S]*?\n\}\n/, '() {}\n')
        .replace(trampoline, (whole, name: string) =>
          needless.test(whole) ? `function ${name}() { absent() }\n` : whole,
        )
        .replaceAll('const offset = ctx.params[0];', 'let offset = ctx.params[0];') // it is assigned to, which a bundler refuses
      if (modules.length !== 4 || /fetch\(|import\(/.test(changed))
        throw new Error('the generator is not the one that is known')
      return { code: `${changed}\nfunction absent() { throw new Error('there are no files here') }`, map: null }
    },
  }
  return { plugin, modules }
}

/** Where the generator itself may grow to. */
function bounded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts = sections(bytes) ?? []
  const memories = listOf(bytes, parts, 5, limits)
  return replaceSections(bytes, parts, memories.length > 0 ? { 5: memorySection(memories, generatorPages) } : {})
}
