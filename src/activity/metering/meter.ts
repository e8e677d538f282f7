import { ok, type Result, refuse } from '../../kernel/result.ts'
import { limits, listOf } from '../module.ts'
import { byte, type Reader, readerOf, skip, u32 } from '../module-reader.ts'
import { type Body, readBody } from './body.ts'
import { meterExport, meterImport, stackBytes, startExport } from './budget.ts'
import { analyseCalls, type Calls, stackUnitBytes } from './calls.ts'
import { handedType, writeEntry } from './handed.ts'
import { addedFunctions, type MeterIndexes, rewriteBody } from './rewrite.ts'
import { type FunctionType, readShape, type Shape, type ShapeCode } from './shape.ts'
import { functionsInTables } from './tables.ts'
import { isPlainType } from './value-types.ts'
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
 */
export function meterModule(
  bytes: Uint8Array,
  {
    isDeterministic = false,
    isShared = false,
  }: { readonly isDeterministic?: boolean; readonly isShared?: boolean } = {},
): Result<Metered, MeterCode> {
  const read = readShape(bytes)
  if (!read.ok) return read
  const shape = read.value
  if (shape.exportNames.has(meterExport) || shape.exportNames.has(startExport))
    return refuse('malformed-module', { part: 'exports' })
  const bodies = readBodies(bytes, shape, { isDeterministic, isShared })
  if (!Array.isArray(bodies)) return refuse('feature-not-allowed', { feature: bodies.feature })
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
    isDeterministic ? mostPagesOf(bytes, shape) : undefined,
  )
  const added = [pay, grown, grownMemory, ...(start ? [start] : [])]
  const addedTypes = added.map(({ params, results }) => types.push({ params, results }) - 1)

  for (const index of at.inner.keys()) {
    const { params, results } = handedType(shape.typeOf(index)!)
    addedTypes.push(at.typeOf(params, results))
  }

  const code = newWriter(bytes.length * 2)
  code.u32(bodies.length + addedTypes.length)
  const rewrite = (index: number): void =>
    rewriteBody(code, bytes, bodies[index - shape.importedFunctions]!, { calls, index, at })
  for (const [i, body] of bodies.entries()) {
    const index = shape.importedFunctions + i
    const inner = at.inner.get(index)
    code.sized(() => (inner === undefined ? rewrite(index) : writeEntry(code, body.type, { meter: at.meter, inner })))
  }
  for (const { body } of added) code.sized(() => code.bytes(body))
  for (const index of at.inner.keys()) code.sized(() => rewrite(index))
  const codeBytes = code.done()
  const written = assemble(bytes, shape, {
    1: (out) => writeTypes(out, types),
    3: (out) =>
      append(out, bytes, shape, { id: 3, count: addedTypes.length, write: () => addedTypes.forEach(out.u32) }),
    ...(isShared ? counting.shared(bytes, shape) : counting.own(bytes, shape)),
    7: (out) =>
      writeExports(out, bytes, shape, { meter: isShared ? undefined : at.meter, start: start && at.grownMemory + 1 }),
    10: (out) => out.copy(codeBytes, 0, codeBytes.length),
  })
  return ok({ bytes: written, hasStart: shape.start !== undefined, stackUnits: mostUnits - calls.rootUnits })
}

type How = { readonly isDeterministic: boolean; readonly isShared: boolean }

function readBodies(bytes: Uint8Array, shape: Shape, how: How): Body[] | { readonly feature: string } {
  const bodies: Body[] = []
  const part = shape.sections.find(({ id }) => id === 10)
  const reader = part && readerOf(bytes, part.start, part.end)
  const own = shape.functions.length - shape.importedFunctions
  const count = reader ? u32(bytes, reader) : 0
  if (count !== own) return { feature: 'functions without a body' }
  for (let i = 0; i < count && reader; i++) {
    const type = shape.typeOf(shape.importedFunctions + i)
    const size = u32(bytes, reader)
    const inner = readerOf(bytes, reader.at, reader.at + size)
    skip(reader, size)
    const body = type && !reader.bad ? oneBody(bytes, inner, { shape, type, how }) : 'a body that cannot be read'
    if (typeof body === 'string') return { feature: body }
    if (inner.at !== reader.at) return { feature: 'operators behind the end of a function' }
    bodies.push(body)
  }
  if (reader && (reader.bad || reader.at !== part.end)) return { feature: 'code behind the last function' }
  return bodies
}

function oneBody(
  bytes: Uint8Array,
  reader: Reader,
  { shape, type: own, how }: { shape: Shape; type: FunctionType; how: How },
): Body | string {
  const localGroups = u32(bytes, reader)
  const start = reader.at
  let localCount = 0
  let hasVectors = own.params.includes(0x7b)
  for (let i = 0; i < localGroups && !reader.bad; i++) {
    localCount += u32(bytes, reader)
    const type = byte(bytes, reader)
    if (!isPlainType(type)) return 'typed function references'
    hasVectors = type === 0x7b || hasVectors
  }
  if (reader.bad || localCount > mostLocals) return 'locals that cannot be read'
  return readBody(bytes, reader, shape, {
    type: own,
    locals: [start, reader.at],
    localCount,
    localGroups,
    hasVectors,
    ...how,
  })
}

/** Up to where the memory may grow by what the module says. */
function mostPagesOf(bytes: Uint8Array, shape: Shape): number | undefined {
  const [memory] = listOf(bytes, shape.sections, 5, limits)
  return memory && (memory.maximum ?? mostPages)
}
/** The format's own end of a 32-bit memory. */
const mostPages = 65_536

/** What every engine bears: the limit of the JavaScript embedding. */
const mostLocals = 50_000

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
