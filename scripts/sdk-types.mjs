import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
/** Specifiers of other modules in a declaration file; not what a comment says. */
const imports = /(^(?:import|export|\})[^'"\n]*?\bfrom\s*|^import\s*|\bimport\()(['"])([^'"]+)\2/gm

/** Our schemas are values of valibot's types: its declarations, one file without imports, come along. */
const schemaTypes = fileURLToPath(new URL('../node_modules/valibot/dist/index.d.mts', import.meta.url))

/**
 * Writes the declarations that `entry` reaches into `out`, with specifiers that every way of resolving modules finds, and none of
 * a package. Throws with the compiler's words.
 * @param root the checkout; `entry` is relative to it
 */
export async function writeDeclarations({ root, entry, out }) {
  const staged = join(out, '.staged')
  await rm(out, { recursive: true, force: true })
  try {
    const made = await compile(root, entry, staged)
    await take(join(made, entry.replace(/^src/, '').replace(/\.ts$/, '.d.ts')), { from: made, out, written: new Set() })
    await cp(schemaTypes, join(out, 'valibot.d.ts'))
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

/** Compiles a copy of the sources. @returns where the declarations lie */
async function compile(root, entry, staged) {
  await cp(join(root, 'src'), join(staged, 'src'), { recursive: true, filter: isWanted })
  await nameBrand(join(staged, 'src/kernel/brand.ts'))
  await writeFile(join(staged, 'tsconfig.json'), JSON.stringify(settings(root, entry)))
  const made = spawnSync(process.execPath, [tsc, '-p', staged], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`the declarations were not made:\n${made.stdout}${made.stderr}`)
  return join(staged, 'made')
}

/** The interface and the simulator are no part of the package. */
const isWanted = (path) => !/[\\/]src[\\/](ui|sim)$|\.test\.tsx?$/.test(path)

const settings = (root, entry) => ({
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    lib: ['ESNext', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    rootDir: 'src',
    outDir: 'made',
  },
  files: [entry, 'src/adapters/workers/job-worker.d.ts', 'src/sdk/ready-made.d.ts'],
})

/** A symbol cannot be named in a type that was inferred elsewhere; a name can, and brands the declarations just as well. */
async function nameBrand(path) {
  const text = await readFile(path, 'utf8')
  const named = text.replace(/^declare const brand.*\n/m, '').replace('[brand]', "'~brand'")
  if (named === text) throw new Error('src/kernel/brand.ts brands in another way')
  await writeFile(path, named)
}

/** Copies a declaration file and those that it imports. */
async function take(path, { from, out, written }) {
  if (written.has(path)) return
  written.add(path)
  const text = await readFile(path, 'utf8')
  const to = join(out, relative(from, path))
  await mkdir(dirname(to), { recursive: true })
  const depth = relative(out, dirname(to)).split(/[\\/]/).length
  const next = []
  const named = text.replace(imports, (_, before, quote, specifier) => {
    if (specifier === 'valibot') return `${before}${quote}${'../'.repeat(depth)}valibot.js${quote}`
    if (!specifier.startsWith('.')) throw new Error(`${relative(from, path)} names the package ${specifier}`)
    next.push(join(dirname(path), specifier.replace(/\.ts$/, '.d.ts')))
    return `${before}${quote}${specifier.replace(/\.ts$/, '.js')}${quote}`
  })
  await writeFile(to, named)
  for (const one of next) await take(one, { from, out, written })
}
