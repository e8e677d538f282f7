import { ok, type Result, refuse } from '../kernel/result.ts'
import { isCoreName } from './component-names.ts'
import { meterImport } from './metering/budget.ts'
import {
  exportEntry,
  importEntry,
  type Limits,
  limits,
  listed,
  type ModuleCode,
  readParts,
  tableEntry,
} from './module.ts'
import { memorySection, mostTableEntries, mostTables, type NewSections, tableSection } from './module-limit.ts'

/** What the other parts of a component, and its limits, depend on. */
export type CoreFacts = {
  readonly memories: readonly Limits[]
  readonly tables: readonly (Limits & { readonly type: number })[]
}
export type CoreCode = ModuleCode | 'name-not-allowed'

/** A core module of a component: it may import whatever the component gives it, and need not be a command. Never throws. */
export function inspectCore(bytes: Uint8Array): Result<CoreFacts, CoreCode> {
  const read = readParts(bytes)
  if (!read.ok) return read
  const parts = read.value
  const imports = listed(bytes, parts, 2, (code, reader) => importEntry(code, reader, mostNameLength))
  const exports = listed(bytes, parts, 7, (code, reader) => exportEntry(code, reader, mostNameLength))
  if (!imports || !exports) return refuse('malformed-module', { part: imports ? 'exports' : 'imports' })
  const names = [...imports.flatMap(({ from, name }) => [from, name]), ...exports.map(({ name }) => name)]
  const wrong = names.find((name) => !isCoreName(name)) ?? imports.find(({ from }) => from === meterImport.module)?.from
  if (wrong !== undefined) return refuse('name-not-allowed', { name: wrong.slice(0, 64) })
  const tables = listed(bytes, parts, 4, tableEntry)
  if (!tables) return refuse('feature-not-allowed', { feature: 'table form' })
  const memories = listed(bytes, parts, 5, limits)
  if (!memories) return refuse('feature-not-allowed', { feature: 'shared, 64-bit or other memory form' })
  if (memories.length > 1) return refuse('feature-not-allowed', { feature: 'more than one memory' })
  // Nobody could say how much of it a task has used.
  if (memories.length > 0 && !exports.some(({ kind }) => kind === 2)) return refuse('no-memory-export', { memories: 1 })
  return ok({ memories, tables })
}

/** What compilers make of the longest names of WASI, with what they put in front. */
const mostNameLength = 512

/**
 * Sections by which a module's memory and tables end.
 * @param sparePages what its memory may grow by
 * @param among how many modules share what a component may have of table entries
 */
export function limitCore(
  bytes: Uint8Array,
  { sparePages, among }: { readonly sparePages: number; readonly among: number },
): Result<{ readonly sections: NewSections; readonly hasMemory: boolean }, CoreCode> {
  const inspected = inspectCore(bytes)
  if (!inspected.ok) return inspected
  const { memories, tables } = inspected.value
  const tableEntries = tables.reduce((sum, table) => sum + table.initial, 0)
  const mostEntries = Math.floor(mostTableEntries / among)
  if (tables.length > mostTables || tableEntries > mostEntries)
    return refuse('table-over-limit', {
      tables: tables.length,
      mostTables,
      tableEntries,
      mostTableEntries: mostEntries,
    })
  const initialPages = memories[0]?.initial ?? 0
  const sections = {
    ...(tables.length > 0 ? { 4: tableSection(tables, Math.floor(mostEntries / mostTables)) } : {}),
    ...(memories.length > 0 ? { 5: memorySection(memories, initialPages + sparePages) } : {}),
  }
  return ok({ sections, hasMemory: memories.length > 0 })
}
