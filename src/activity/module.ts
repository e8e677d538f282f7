import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import { byte, name, type Reader, readerOf, type Section, sections, skip, u32 } from './module-reader.ts'

/** What a program says of itself before it runs. */
export type ModuleFacts = {
  readonly sizeBytes: number
  readonly initialPages: number
  /** What the program itself sets as its end, before any limit of ours. */
  readonly maximumPages: number | undefined
  /** Functions of `wasi_snapshot_preview1`, in order. */
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
  | 'feature-not-allowed'
  | 'no-start-export'
  | 'no-function-export'
  | 'no-memory-export'
  | 'memory-over-limit'
  | 'table-over-limit'

/** A provider keeps and compiles it: four times the largest of the ready-made programs. */
export const mostModuleBytes = 64 * 1024 * 1024

export const wasiModule = 'wasi_snapshot_preview1'
/** All functions of WASI preview 1 (WebAssembly/WASI, witx snapshot_preview1), as a set of names. */
export const wasiFunctions: ReadonlySet<string> = new Set(
  `args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate fd_close
  fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size
  fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek
  fd_sync fd_tell fd_write path_create_directory path_filestat_get path_filestat_set_times path_link path_open
  path_readlink path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise
  sched_yield random_get sock_accept sock_recv sock_send sock_shutdown`.split(/\s+/),
)

/** How a table or a memory says its size. */
export type Limits = { readonly initial: number; readonly maximum: number | undefined }

type Check = (bytes: Uint8Array, section: Section) => Refusal<ModuleCode> | undefined

/** The kinds that are core modules. */
export type CoreKind = 'wasi-p1' | 'function'

/**
 * Whether these bytes may be run here: a core module, importing nothing but WASI preview 1, with at most one 32-bit memory, which
 * it exports. A command exports `_start` and has that memory; one of which functions are called exports functions.
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
  const imports = listOf(bytes, parts, 2, importEntry).map((entry) => entry.name)
  return ok({
    sizeBytes: bytes.length,
    initialPages: memory?.initial ?? 0,
    maximumPages: memory?.maximum,
    imports,
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

function readParts(bytes: Uint8Array): Result<readonly Section[], ModuleCode> {
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
  const section = parts.find((part) => part.id === id)
  return section ? (entries(bytes, section, entry) ?? []) : []
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

function header(bytes: Uint8Array): Refusal<ModuleCode> | undefined {
  if (bytes.length > mostModuleBytes)
    return refuse('module-over-limit', { sizeBytes: bytes.length, mostBytes: mostModuleBytes })
  if (!hasMagic(bytes)) return refuse('not-wasm', { sizeBytes: bytes.length })
  if (isComponent(bytes)) return refuse('is-a-component', { layer: 1 })
  if (bytes[4] === 1 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0) return undefined
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
    const foreign = found.filter(
      ({ kind, from, name }) => kind !== 0 || from !== wasiModule || !wasiFunctions.has(name),
    )
    if (foreign.length === 0) return undefined
    const names = foreign.slice(0, 8).map(({ from, name }) => `${from}.${name}`) // eight tell what kind of program it is
    return refuse('import-not-allowed', { imports: names.join(', '), count: foreign.length })
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

function functionType(bytes: Uint8Array, reader: Reader): void {
  if (byte(bytes, reader) !== 0x60) reader.bad = true
  for (const _ of ['parameters', 'results']) {
    const count = u32(bytes, reader)
    for (let index = 0; index < count && !reader.bad; index++) {
      if (!plainTypes.has(byte(bytes, reader))) reader.bad = true
    }
  }
}

function importEntry(bytes: Uint8Array, reader: Reader): { from: string; name: string; kind: number } {
  const from = name(bytes, reader)
  const item = name(bytes, reader)
  const kind = byte(bytes, reader)
  importedForms[kind]?.(bytes, reader)
  if (kind >= importedForms.length) reader.bad = true
  return { from, name: item, kind }
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

function exportEntry(bytes: Uint8Array, reader: Reader): { name: string; kind: number } {
  const item = name(bytes, reader)
  const kind = byte(bytes, reader)
  u32(bytes, reader)
  return { name: item, kind }
}
