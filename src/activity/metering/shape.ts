import { ok, type Result, refuse } from '../../kernel/result.ts'
import { limits, tableEntry } from '../module.ts'
import { byte, name, type Reader, readerOf, type Section, sections, skip, u32 } from '../module-reader.ts'
import { isPlainType } from './value-types.ts'

export type FunctionType = { readonly params: readonly number[]; readonly results: readonly number[] }
export type Arity = { readonly params: number; readonly results: number }

/** What the meter has to know of a module beside its code. */
export type Shape = {
  readonly sections: readonly Section[]
  readonly types: readonly FunctionType[]
  /** Indexes of types: of imported functions, then of the module's own. */
  readonly functions: readonly number[]
  readonly importedFunctions: number
  readonly importedGlobals: number
  /** Imported ones too. */
  readonly globals: number
  /** Functions that somebody outside, or a call through a table, may enter. */
  readonly exported: readonly number[]
  readonly start: number | undefined
  readonly exportNames: ReadonlySet<string>
  typeOf(index: number): FunctionType | undefined
  /** @param blockType as `Operator` has it */
  arityOf(blockType: number): Arity | undefined
}

export type ShapeCode = 'malformed-module' | 'feature-not-allowed'

const bad = (part: string) => refuse('malformed-module', { part })

/** Reads everything but the code and the data. Never throws. */
export function readShape(bytes: Uint8Array): Result<Shape, ShapeCode> {
  const parts = sections(bytes)
  if (!parts) return bad('sections')
  const types = read(bytes, parts, 1, functionType)
  if (!types) return refuse('feature-not-allowed', { feature: 'types other than functions of plain values' })
  const imports = read(bytes, parts, 2, importEntry)
  if (parts.some(({ id }) => id === 13) || imports?.some(({ kind }) => kind === 4))
    return refuse('feature-not-allowed', { feature: 'exceptions' })
  const own = read(bytes, parts, 3, (code, reader) => u32(code, reader))
  const exports = read(bytes, parts, 7, exportEntry)
  if (!imports || !own || !exports) return bad(imports ? (own ? 'exports' : 'functions') : 'imports')
  const imported = imports.flatMap(({ kind, type }) => (kind === 0 ? [type] : []))
  const importedGlobals = imports.filter(({ kind }) => kind === 3).length
  const functions = [...imported, ...own]
  const globals = importedGlobals + countOf(bytes, parts, 6)
  const start = startOf(bytes, parts)
  // What the meter adds stands behind what is there: nobody may name it.
  if (functions.some((type) => type >= types.length)) return bad('functions')
  if (start !== undefined && !(start < functions.length)) return bad('start')
  const ends: Readonly<Record<number, number>> = { 0: functions.length, 3: globals }
  if (exports.some(({ kind, index }) => index >= (ends[kind] ?? Number.POSITIVE_INFINITY))) return bad('exports')
  return ok({
    sections: parts,
    types,
    functions,
    importedFunctions: imported.length,
    importedGlobals,
    globals,
    exported: exports.flatMap(({ kind, index }) => (kind === 0 ? [index] : [])),
    start,
    exportNames: new Set(exports.map((one) => one.name)),
    typeOf: (index) => types[functions[index] ?? -1],
    arityOf(blockType) {
      if (blockType < 0) return { params: 0, results: -1 - blockType }
      const type = types[blockType]
      return type && { params: type.params.length, results: type.results.length }
    },
  })
}

/** Index of the start function, NaN where it cannot be read. */
function startOf(bytes: Uint8Array, parts: readonly Section[]): number | undefined {
  const part = parts.find(({ id }) => id === 8)
  if (!part) return undefined
  const reader = readerOf(bytes, part.start, part.end)
  const index = u32(bytes, reader)
  return reader.bad || reader.at !== part.end ? Number.NaN : index
}

/** The entries of a section, none where there is no such section, undefined where one cannot be read. */
function read<T>(
  bytes: Uint8Array,
  parts: readonly Section[],
  id: number,
  entry: (bytes: Uint8Array, reader: Reader) => T,
): T[] | undefined {
  const part = parts.find((one) => one.id === id)
  if (!part) return []
  const reader = readerOf(bytes, part.start, part.end)
  const count = u32(bytes, reader)
  const found: T[] = []
  for (let i = 0; i < count && !reader.bad; i++) found.push(entry(bytes, reader))
  return reader.bad || reader.at !== part.end ? undefined : found
}

function countOf(bytes: Uint8Array, parts: readonly Section[], id: number): number {
  const part = parts.find((one) => one.id === id)
  return part ? u32(bytes, readerOf(bytes, part.start, part.end)) : 0
}

function functionType(bytes: Uint8Array, reader: Reader): FunctionType {
  if (byte(bytes, reader) !== 0x60) reader.bad = true
  return { params: valueTypes(bytes, reader), results: valueTypes(bytes, reader) }
}

function valueTypes(bytes: Uint8Array, reader: Reader): number[] {
  const count = u32(bytes, reader)
  const all: number[] = []
  for (let i = 0; i < count && !reader.bad; i++) {
    const type = byte(bytes, reader)
    if (!isPlainType(type)) reader.bad = true
    all.push(type)
  }
  return all
}

function importEntry(bytes: Uint8Array, reader: Reader): { kind: number; type: number } {
  name(bytes, reader)
  name(bytes, reader)
  const kind = byte(bytes, reader)
  if (kind === 0) return { kind, type: u32(bytes, reader) }
  if (kind === 1) tableEntry(bytes, reader)
  else if (kind === 2) limits(bytes, reader)
  else if (kind === 3) {
    if (!isPlainType(byte(bytes, reader))) reader.bad = true
    skip(reader, 1)
  } else if (kind === 4) {
    skip(reader, 1)
    u32(bytes, reader)
  } else reader.bad = true
  return { kind, type: -1 }
}

function exportEntry(bytes: Uint8Array, reader: Reader): { name: string; kind: number; index: number } {
  return { name: name(bytes, reader), kind: byte(bytes, reader), index: u32(bytes, reader) }
}
