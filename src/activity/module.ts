import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import { hostFunction, isReserved, type ValueType } from './host-abi.ts'
import { byte, name, type Reader, readerOf, type Section, sections, skip, u32 } from './module-reader.ts'

/** What a program says of itself before it runs. */
export type ModuleFacts = {
  readonly sizeBytes: number
  readonly initialPages: number
  /** What the program itself sets as its end, before any limit of ours. */
  readonly maximumPages: number | undefined
  /** Names of the host's functions, in order. */
  readonly imports: readonly string[]
  /** Functions that it exports, in order. */
  readonly functions: readonly string[]
}

export type ModuleCode =
  | 'not-wasm'
  | 'is-a-component'
  | 'malformed-module'
  | 'module-over-limit'
  | 'import-not-allowed'
  | 'host-call-not-offered'
  | 'feature-not-allowed'
  | 'no-start-export'
  | 'no-function-export'
  | 'no-memory-export'
  | 'memory-over-limit'
  | 'table-over-limit'

/** A provider keeps and compiles it: four times the largest of the ready-made programs. */
export const mostModuleBytes = 64 * 1024 * 1024

/** How a table or a memory says its size. */
export type Limits = { readonly initial: number; readonly maximum: number | undefined }

type Check = (bytes: Uint8Array, section: Section) => Refusal<ModuleCode> | undefined

/** The kinds that are core modules. */
export type CoreKind = 'wasi-p1' | 'function'
export const isCoreKind = (name: string): name is CoreKind => name === 'wasi-p1' || name === 'function'

/**
 * Whether these bytes may be run here: a core module, importing nothing but what `hostAbi` has and as it has it, with at most one 32-bit
 * memory, which it exports. A command exports `_start` and has that memory; one of which functions are called exports functions.
 * What the function bodies do is left to the engine's validation. Never throws.
 */
export function inspectModule(bytes: Uint8Array, kind: CoreKind): Result<ModuleFacts, ModuleCode> {
  const read = readParts(bytes)
  if (!read.ok) return read
  const parts = read.value
  for (const section of parts) {
    const refusal = checks[section.id]?.(bytes, section)
    if (refusal) return refusal
  }
  const [memory] = listOf(bytes, parts, 5, limits)
  const exported = listOf(bytes, parts, 7, exportEntry)
  const functions = exported.filter((entry) => entry.kind === 0)
  if (!memory && kind === 'wasi-p1') return refuse('no-memory-export', { memories: 0 })
  if (kind === 'wasi-p1' && !functions.some(({ name }) => name === '_start'))
    return refuse('no-start-export', { missing: '_start' })
  if (functions.length === 0) return refuse('no-function-export', { exports: exported.length })
  if (memory && !exported.some((entry) => entry.name === 'memory' && entry.kind === 2))
    return refuse('no-memory-export', { missing: 'memory' })
  const imports = listOf(bytes, parts, 2, importEntry)
  const types = listOf(bytes, parts, 1, functionType)
  const misshapen = imports.filter((entry) => !hasItsForm(entry, types[entry.type]))
  if (misshapen.length > 0) return notAllowed(misshapen)
  return ok({
    sizeBytes: bytes.length,
    initialPages: memory?.initial ?? 0,
    maximumPages: memory?.maximum,
    imports: imports.map(({ name }) => name),
    functions: functions.map(({ name }) => name),
  })
}

/** Names of the functions that a core module exports, before anything else of it is judged. */
export function exportedFunctions(bytes: Uint8Array): Result<readonly string[], ModuleCode> {
  const read = readParts(bytes)
  if (!read.ok) return read
  const exported = listOf(bytes, read.value, 7, exportEntry)
  return ok(exported.filter(({ kind }) => kind === 0).map(({ name }) => name))
}

/** Its sections, where it begins as a core module does and is not too long. */
export function readParts(bytes: Uint8Array): Result<readonly Section[], ModuleCode> {
  const strange = header(bytes)
  if (strange) return strange
  const parts = sections(bytes)
  return parts ? ok(parts) : refuse('malformed-module', { part: 'sections' })
}

/** The entries of one section, or none where the module has no such section. For sections that `inspectModule` has passed. */
export function listOf<T>(
  bytes: Uint8Array,
  parts: readonly Section[],
  id: number,
  entry: (bytes: Uint8Array, reader: Reader) => T,
): T[] {
  return listed(bytes, parts, id, entry) ?? []
}

/** The entries of one section: none where the module has no such section, undefined where they cannot be read. */
export function listed<T>(
  bytes: Uint8Array,
  parts: readonly Section[],
  id: number,
  entry: (bytes: Uint8Array, reader: Reader) => T,
): T[] | undefined {
  const section = parts.find((part) => part.id === id)
  return section ? entries(bytes, section, entry) : []
}

export function tableEntry(bytes: Uint8Array, reader: Reader): Limits & { readonly type: number } {
  const type = byte(bytes, reader)
  if (type !== 0x70 && type !== 0x6f) reader.bad = true // functions and host references; other forms are longer
  return { type, ...limits(bytes, reader) }
}

/** Flags 0 and 1 alone: the others are shared, 64-bit or of another page size, and turn the reader bad. */
export function limits(bytes: Uint8Array, reader: Reader): Limits {
  const flags = byte(bytes, reader)
  if (flags > 1) reader.bad = true
  const initial = u32(bytes, reader)
  return { initial, maximum: flags === 1 ? u32(bytes, reader) : undefined }
}

const hasMagic = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && [0x00, 0x61, 0x73, 0x6d].every((code, at) => bytes[at] === code)

/** By the layer that the format's header names. Source: component-model, Binary.md, preamble. */
export const isComponent = (bytes: Uint8Array): boolean => hasMagic(bytes) && bytes[6] === 1

/** The header of a module, or of a component of the version that is run. */
export const hasWasmHeader = (bytes: Uint8Array): boolean =>
  hasMagic(bytes) &&
  [moduleVersion, componentVersion].some((version) => version.every((code, at) => bytes[4 + at] === code))
const moduleVersion = [1, 0, 0, 0]
const componentVersion = [0x0d, 0, 1, 0]

function header(bytes: Uint8Array): Refusal<ModuleCode> | undefined {
  if (bytes.length > mostModuleBytes)
    return refuse('module-over-limit', { sizeBytes: bytes.length, mostBytes: mostModuleBytes })
  if (!hasMagic(bytes)) return refuse('not-wasm', { sizeBytes: bytes.length })
  if (isComponent(bytes)) return refuse('is-a-component', { layer: 1 })
  if (hasWasmHeader(bytes)) return undefined
  return refuse('not-wasm', { version: bytes[4]! })
}

const malformed = (part: string): Refusal<ModuleCode> => refuse('malformed-module', { part })

const checks: Readonly<Record<number, Check>> = {
  1: (bytes, section) => {
    const forms = entries(bytes, section, functionType)
    return forms ? undefined : refuse('feature-not-allowed', { feature: 'types other than functions of plain values' })
  },
  2: (bytes, section) => {
    const found = entries(bytes, section, importEntry)
    if (!found) return malformed('imports')
    const foreign = found.filter(({ kind, from, name }) => kind !== 0 || !hostFunction(from, name))
    if (foreign.length === 0) return undefined
    const reserved = foreign.filter(({ from, name }) => isReserved(from, name))
    if (reserved.length === foreign.length)
      return refuse('host-call-not-offered', { imports: namesOf(reserved), count: reserved.length })
    return notAllowed(foreign)
  },
  4: (bytes, section) =>
    entries(bytes, section, tableEntry) ? undefined : refuse('feature-not-allowed', { feature: 'table form' }),
  5: (bytes, section) => {
    const found = entries(bytes, section, limits)
    if (!found) return refuse('feature-not-allowed', { feature: 'shared, 64-bit or other memory form' })
    return found.length > 1 ? refuse('feature-not-allowed', { feature: 'more than one memory' }) : undefined
  },
  7: (bytes, section) => (entries(bytes, section, exportEntry) ? undefined : malformed('exports')),
}

type Import = { readonly from: string; readonly name: string; readonly kind: number; readonly type: number }

/** Eight tell what kind of program it is. */
const namesOf = (imports: readonly Import[]): string =>
  imports
    .slice(0, 8)
    .map(({ from, name }) => `${from}.${name}`)
    .join(', ')
const notAllowed = (imports: readonly Import[]): Refusal<ModuleCode> =>
  refuse('import-not-allowed', { imports: namesOf(imports), count: imports.length })

/** What a call costs is read from its arguments: one of another form would have others. */
function hasItsForm({ from, name }: Import, type: FunctionForm | undefined): boolean {
  const known = hostFunction(from, name)
  if (!known || !type) return false
  return same(known.params, type.params) && same(known.results, type.results)
}

const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e }
const same = (known: readonly ValueType[], found: readonly number[]): boolean =>
  known.length === found.length && known.every((type, at) => valueTypes[type] === found[at])

/** The section read as a list: undefined where an entry is bad or the section does not end with the last one. */
function entries<T>(
  bytes: Uint8Array,
  section: Section,
  entry: (bytes: Uint8Array, reader: Reader) => T,
): T[] | undefined {
  const reader = readerOf(bytes, section.start, section.end)
  const count = u32(bytes, reader)
  const found: T[] = []
  for (let index = 0; index < count && !reader.bad; index++) found.push(entry(bytes, reader))
  return reader.bad || reader.at !== section.end ? undefined : found
}

/** Numbers, vectors and the two plain references. Others live on the engine's heap, which no memory limit bounds. */
const plainTypes: ReadonlySet<number> = new Set([0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f])

export type FunctionForm = { readonly params: readonly number[]; readonly results: readonly number[] }

export function functionType(bytes: Uint8Array, reader: Reader): FunctionForm {
  if (byte(bytes, reader) !== 0x60) reader.bad = true
  return { params: plainValues(bytes, reader), results: plainValues(bytes, reader) }
}

function plainValues(bytes: Uint8Array, reader: Reader): number[] {
  const count = u32(bytes, reader)
  const found: number[] = []
  for (let index = 0; index < count && !reader.bad; index++) {
    const type = byte(bytes, reader)
    if (!plainTypes.has(type)) reader.bad = true
    found.push(type)
  }
  return found
}

export function importEntry(bytes: Uint8Array, reader: Reader, mostLength?: number): Import {
  const from = name(bytes, reader, mostLength)
  const item = name(bytes, reader, mostLength)
  const kind = byte(bytes, reader)
  const form = importedForms[kind]?.(bytes, reader)
  if (kind >= importedForms.length) reader.bad = true
  return { from, name: item, kind, type: kind === 0 ? Number(form) : -1 }
}

/** What stands behind an imported function, table, memory, global and tag: read past, since only functions are let in. */
const importedForms: readonly ((bytes: Uint8Array, reader: Reader) => unknown)[] = [
  u32,
  tableEntry,
  (bytes, reader) => {
    const flags = byte(bytes, reader)
    for (let number = 0; number <= (flags & 1); number++) u32(bytes, reader)
  },
  (_, reader) => skip(reader, 2),
  (bytes, reader) => {
    byte(bytes, reader)
    u32(bytes, reader)
  },
]

export type Export = { readonly name: string; readonly kind: number; readonly index: number }

export function exportEntry(bytes: Uint8Array, reader: Reader, mostLength?: number): Export {
  const item = name(bytes, reader, mostLength)
  const kind = byte(bytes, reader)
  return { name: item, kind, index: u32(bytes, reader) }
}
