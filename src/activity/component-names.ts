/**
 * Names that a component may carry. The glue that is generated from it is script, and names stand in it: as properties, between
 * quotes, and as parts of identifiers. So only what the component model's own grammar knows is let through, and of the names
 * of core modules, which may be any text, only those that compilers give.
 */
const word = '[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*'
const labelForm = new RegExp(`^${word}$`)
const plainForm = new RegExp(`^(?:${word}|\\[constructor\\]${word}|\\[(?:method|static)\\]${word}\\.${word})$`)
const interfaceForm = /^([a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*)(?:@([0-9A-Za-z.+-]+))?$/
const coreForm = /^[A-Za-z0-9_.:@#$/[\]<>=|-]*$/

/** Of fields, cases, flags and parameters. */
export const isLabel = (name: string): boolean => labelForm.test(name)

/** Of what is imported and exported: functions, methods, types and whole interfaces. */
export const isExternName = (name: string): boolean => plainForm.test(name) || interfaceForm.test(name)

/** Of what core modules import and export. `__proto__` is a name that an object takes for something else. */
export const isCoreName = (name: string): boolean => coreForm.test(name) && name !== '__proto__'

export type InterfaceName = { readonly path: string; readonly version: string }

/** 'wasi:io/streams@0.2.6' in its parts. */
export function interfaceName(name: string): InterfaceName | undefined {
  const [, path, version = ''] = interfaceForm.exec(name) ?? []
  return path === undefined ? undefined : { path, version }
}

/** Interfaces of WASI 0.2 that the host has: the whole of them. No sockets, no HTTP. */
const interfaces: ReadonlySet<string> = new Set(
  `wasi:cli/environment wasi:cli/exit wasi:cli/stdin wasi:cli/stdout wasi:cli/stderr wasi:cli/terminal-input
  wasi:cli/terminal-output wasi:cli/terminal-stdin wasi:cli/terminal-stdout wasi:cli/terminal-stderr
  wasi:clocks/monotonic-clock wasi:clocks/wall-clock wasi:filesystem/preopens wasi:filesystem/types wasi:io/error
  wasi:io/poll wasi:io/streams wasi:random/insecure wasi:random/insecure-seed wasi:random/random`.split(/\s+/),
)

export const isOffered = (name: string): boolean => {
  const { path = '', version = '' } = interfaceName(name) ?? {}
  return interfaces.has(path) && isPreview2(version)
}

/** What a command exports. */
export const isRun = (name: string): boolean => {
  const { path = '', version = '' } = interfaceName(name) ?? {}
  return path === 'wasi:cli/run' && isPreview2(version)
}

const isPreview2 = (version: string): boolean => /^0\.2\.\d{1,3}$/.test(version)
