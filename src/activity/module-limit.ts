import { concatBytes } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { type CoreKind, inspectModule, type Limits, limits, listOf, type ModuleCode, tableEntry } from './module.ts'
import { type Section, sections, u32Bytes } from './module-reader.ts'

/** A table's entry is a machine word outside the memory: a million of them is more than any compiler's output needs. */
export const mostTableEntries = 1_048_576
/** Compilers use one, a few more for references. */
export const mostTables = 16

/** Contents by the id of a section, for a module that has one with that id. */
export type NewSections = Readonly<Record<number, readonly number[]>>

/**
 * Sections by which a module's memory ends at `maxPages` and its tables end too, so that growing past it gives the program −1.
 * A smaller maximum of its own is kept.
 * @param maxPages WebAssembly pages of 64 KiB
 */
export function limitMemory(bytes: Uint8Array, maxPages: number, kind: CoreKind): Result<NewSections, ModuleCode> {
  const inspected = inspectModule(bytes, kind)
  if (!inspected.ok) return inspected
  const { initialPages } = inspected.value
  if (initialPages > maxPages) return refuse('memory-over-limit', { initialPages, maxPages })
  const parts = sections(bytes) ?? []
  const tables = listOf(bytes, parts, 4, tableEntry)
  const tableEntries = tables.reduce((sum, table) => sum + table.initial, 0)
  if (tables.length > mostTables || tableEntries > mostTableEntries) {
    return refuse('table-over-limit', { tables: tables.length, mostTables, tableEntries, mostTableEntries })
  }
  const memories = listOf(bytes, parts, 5, limits)
  return ok({ 4: tableSection(tables, mostTableEntries / mostTables), 5: memorySection(memories, maxPages) })
}

export const tableSection = (tables: readonly (Limits & { readonly type: number })[], mostEntries: number): number[] =>
  list(tables.map((table) => [table.type, ...bounded(table, mostEntries)]))

/** The section of memories anew, each with an end at most there. */
export const memorySection = (memories: readonly Limits[], mostPages: number): number[] =>
  list(memories.map((memory) => bounded(memory, mostPages)))

/** Initial and maximum, the latter at most `most` unless the program starts with more. */
function bounded({ initial, maximum }: Limits, most: number): number[] {
  return [1, ...u32Bytes(initial), ...u32Bytes(Math.max(initial, Math.min(maximum ?? most, most)))]
}

const list = (items: readonly number[][]): number[] => [...u32Bytes(items.length), ...items.flat()]

/** The same module with these sections in place of its own; it gets none that it had not. */
export function replaceSections(
  bytes: Uint8Array,
  parts: readonly Section[],
  news: NewSections,
): Uint8Array<ArrayBuffer> {
  const written = parts.map(({ id, start, end }) => {
    const content = news[id] ? Uint8Array.from(news[id]) : bytes.subarray(start, end)
    return concatBytes([Uint8Array.from([id, ...u32Bytes(content.length)]), content])
  })
  return concatBytes([bytes.subarray(0, 8), ...written])
}
