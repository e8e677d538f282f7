import { ok, type Result, refuse } from '../../kernel/result.ts'
import { limits, listOf } from '../module.ts'
import type { NewSections } from '../module-limit.ts'
import { readerOf, u32 } from '../module-reader.ts'
import { type Bodies, bodiesOf, type Counting } from './bodies.ts'
import { meterExport, meterImport, stackBytes, startExport } from './budget.ts'
import { analyseCalls, type Calls, stackUnitBytes } from './calls.ts'
import { handedType, writeEntry } from './handed.ts'
import { addedFunctions, type MeterIndexes, rewriteBody } from './rewrite.ts'
import { type FunctionType, readShape, type Shape, type ShapeCode } from './shape.ts'
import { functionsInTables } from './tables.ts'
import { newWriter, type Writer } from './writer.ts'

/** A module that counts what it does, and stops where either budget is used up. */
export type Metered = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether `startExport` is to be called before anything else: it was the module's start function. */
  readonly hasStart: boolean
  /** What the program may use of the stack, in units, when it begins. */
  readonly stackUnits: number
}
export type MeterCode = ShapeCode | 'stack-over-limit'
export type MeterModule = typeof meterModule

/**
 * The same module, counting. It is worth one unit to execute an operator and to enter a function; nothing for block, loop, else, end, nop,
 * drop, return and unreachable; n more for a copy, a filling or an initialisation of n bytes or entries, and for n pages or entries
 * that a growth has added: what wasmtime's `consume_fuel` counts by default. Never throws.
 * @param bytes a module of the format that an engine has accepted
 * @param isShared whether it counts in a global that it imports, as the modules of one component do, instead of one of its own
 * @param isDeterministic whether every NaN is made the canonical one, so that all engines compute the same bits
 * @param sections written in place of the module's own
 * @param bodies what was read of its functions already, to be counted in the same way
 */
export function meterModule(
  bytes: Uint8Array,
  {
    isDeterministic = false,
    isShared = false,
    sections = {},
    bodies: ahead,
  }: Partial<Counting> & { readonly sections?: NewSections; readonly bodies?: Bodies | undefined } = {},
): Result<Metered, MeterCode> {
  const read = readShape(bytes)
  if (!read.ok) return read
  const shape = read.value
  if (shape.exportNames.has(meterExport) || shape.exportNames.has(startExport))
    return refuse('malformed-module', { part: 'exports' })
  const code = shape.sections.find(({ id }) => id === 10)
  const bodies = (ahead ?? bodiesOf(bytes, shape, code, { isDeterministic, isShared })).all()
  if ('feature' in bodies) return refuse('feature-not-allowed', { feature: bodies.feature })
  const listed = functionsInTables(bytes, shape, { isShared })
  if (!listed) return refuse('malformed-module', { part: 'tables' })
  const calls = analyseCalls(shape, bodies, { listed, isShared })
  const mostUnits = Math.floor(stackBytes / stackUnitBytes)
  if (calls.rootUnits > mostUnits)
    return refuse('stack-over-limit', { stackBytes: calls.rootUnits * stackUnitBytes, mostBytes: stackBytes })
  const types: FunctionType[] = [...shape.types]
  const at = indexesIn(shape, types, calls, isShared)
  const { pay, grown, grownMemory, start } = addedFunctions(
    at,
    shape.start,
    isDeterministic ? mostPagesOf(bytes, shape, sections[5]) : undefined,
  )
  const added = [pay, grown, grownMemory, ...(start ? [start] : [])]
  const addedTypes = added.map(({ params, results }) => types.push({ params, results }) - 1)

  for (const index of at.inner.keys()) {
    const { params, results } = handedType(shape.typeOf(index)!)
    addedTypes.push(at.typeOf(params, results))
  }

  const written = newWriter(bytes.length * 2)
  written.u32(bodies.length + addedTypes.length)
  const rewrite = (index: number): void =>
    rewriteBody(written, bytes, bodies[index - shape.importedFunctions]!, { calls, index, at })
  for (const [i, body] of bodies.entries()) {
    const index = shape.importedFunctions + i
    const inner = at.inner.get(index)
    written.sized(() =>
      inner === undefined ? rewrite(index) : writeEntry(written, body.type, { meter: at.meter, inner }),
    )
  }
  for (const { body } of added) written.sized(() => written.bytes(body))
  for (const index of at.inner.keys()) written.sized(() => rewrite(index))
  const codeBytes = written.done()
  const whole = assemble(bytes, shape, {
    ...contentOf(sections, shape),
    1: (out) => writeTypes(out, types),
    3: (out) =>
      append(out, bytes, shape, { id: 3, count: addedTypes.length, write: () => addedTypes.forEach(out.u32) }),
    ...(isShared ? counting.shared(bytes, shape) : counting.own(bytes, shape)),
    7: (out) =>
      writeExports(out, bytes, shape, { meter: isShared ? undefined : at.meter, start: start && at.grownMemory + 1 }),
    10: (out) => out.copy(codeBytes, 0, codeBytes.length),
  })
  return ok({ bytes: whole, hasStart: shape.start !== undefined, stackUnits: mostUnits - calls.rootUnits })
}

/** Up to where the memory may grow by what the module says, or what is said instead. */
function mostPagesOf(bytes: Uint8Array, shape: Shape, instead: readonly number[] | undefined): number | undefined {
  const [memory] = instead
    ? listOf(Uint8Array.from(instead), [{ id: 5, start: 0, end: instead.length }], 5, limits)
    : listOf(bytes, shape.sections, 5, limits)
  return memory && (memory.maximum ?? mostPages)
}
/** The format's own end of a 32-bit memory. */
const mostPages = 65_536

function indexesIn(shape: Shape, types: FunctionType[], calls: Calls, isShared: boolean): MeterIndexes {
  const inner = new Map<number, number>()
  const added = shape.start === undefined ? 3 : 4
  for (const index of shape.functions.keys())
    if (calls.isHanded(index)) inner.set(index, shape.functions.length + added + inner.size)
  const known = new Map<string, number>()
  return {
    meter: isShared ? shape.importedGlobals : shape.globals,
    pay: shape.functions.length,
    grown: shape.functions.length + 1,
    grownMemory: shape.functions.length + 2,
    inner,
    typeOf(params, results) {
      const key = `${params.join()}>${results.join()}`
      const at = known.get(key) ?? types.push({ params, results }) - 1
      known.set(key, at)
      return at
    },
  }
}

/** The sections in the order of the format: those that change written anew, names and other remarks left out. */
const order = [1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11]

/** What is given in place of sections that the module has. */
function contentOf(sections: NewSections, shape: Shape): Record<number, (out: Writer) => void> {
  const had = shape.sections.flatMap(({ id }) => (sections[id] ? [[id, sections[id]] as const] : []))
  return Object.fromEntries(had.map(([id, content]) => [id, (out: Writer) => out.bytes(content)]))
}

function assemble(bytes: Uint8Array, shape: Shape, news: Readonly<Record<number, (out: Writer) => void>>) {
  const out = newWriter(bytes.length * 2 + 256)
  out.copy(bytes, 0, 8)
  for (const id of order) {
    const part = shape.sections.find((section) => section.id === id)
    const write = news[id] ?? (part && (() => out.copy(bytes, part.start, part.end)))
    if (!write) continue
    out.byte(id)
    out.sized(() => write(out))
  }
  return out.done()
}

function writeTypes(out: Writer, types: readonly FunctionType[]): void {
  out.u32(types.length)
  for (const { params, results } of types) {
    out.byte(0x60)
    for (const values of [params, results]) {
      out.u32(values.length)
      out.bytes(values)
    }
  }
}

/** A section that is a list, with entries added behind its own. */
function append(
  out: Writer,
  bytes: Uint8Array,
  shape: Shape,
  { id, count, write }: { readonly id: number; readonly count: number; write(): void },
): void {
  const part = shape.sections.find((section) => section.id === id)
  const reader = part && readerOf(bytes, part.start, part.end)
  out.u32((reader ? u32(bytes, reader) : 0) + count)
  if (part && reader) out.copy(bytes, reader.at, part.end)
  write()
}

/** Where the global that counts comes from: of the module's own, behind those; or imported, in front of them. */
const counting = {
  own: (bytes: Uint8Array, shape: Shape) => ({
    6: (out: Writer) =>
      append(out, bytes, shape, { id: 6, count: 1, write: () => out.bytes([0x7e, 1, 0x42, 0, 0x0b]) }),
  }),
  shared: (bytes: Uint8Array, shape: Shape) => ({
    2: (out: Writer) =>
      append(out, bytes, shape, {
        id: 2,
        count: 1,
        write: () => {
          writeName(out, meterImport.module)
          writeName(out, meterImport.name)
          out.bytes([3, 0x7e, 1])
        },
      }),
  }),
}

/** Where the global that counts is imported, the module's own come one later. */
function writeExports(
  out: Writer,
  bytes: Uint8Array,
  shape: Shape,
  { meter, start }: { meter: number | undefined; start: number | undefined },
): void {
  out.u32(shape.exports.length + (meter === undefined ? 0 : 1) + (start === undefined ? 0 : 1))
  for (const { at, end, kind, index } of shape.exports) {
    out.copy(bytes, at, end)
    out.byte(kind)
    out.u32(meter === undefined && kind === 3 && index >= shape.importedGlobals ? index + 1 : index)
  }
  if (meter !== undefined) {
    writeName(out, meterExport)
    out.byte(3)
    out.u32(meter)
  }
  if (start !== undefined) {
    writeName(out, startExport)
    out.byte(0)
    out.u32(start)
  }
}

function writeName(out: Writer, text: string): void {
  out.u32(text.length)
  out.bytes([...text].map((letter) => letter.charCodeAt(0)))
}
