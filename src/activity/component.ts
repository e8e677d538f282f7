import { concatBytes } from '../kernel/bytes.ts'
import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import { type ComponentFunction, callableFunction, type ReadType } from './component-functions.ts'
import { isOffered, isRun } from './component-names.ts'
import {
  alias,
  canonical,
  coreInstance,
  each,
  exported,
  externName,
  externType,
  instance,
  type Scan,
  sorts,
  type,
} from './component-reader.ts'
import { inspectCore } from './core-module.ts'
import type { ModuleCode } from './module.ts'
import { byte, type Reader, readerOf, sections, skip, u32, u32Bytes } from './module-reader.ts'

/** What a component says of itself before any script is made of it. */
export type ComponentFacts = {
  readonly sizeBytes: number
  /** Interfaces, in order: 'wasi:cli/environment@0.2.6'. */
  readonly imports: readonly string[]
  readonly coreModules: number
  /** Whether it runs as a command does. */
  readonly isCommand: boolean
  /** What its tasks may call. */
  readonly functions: readonly ComponentFunction[]
  /** The same component without its remarks: what was not read here is handed to nobody. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type ComponentCode =
  | ModuleCode
  | 'not-a-component'
  | 'component-over-limit'
  | 'malformed-component'
  | 'name-not-allowed'
  | 'no-run-export'

/** A whole JavaScript engine with its program is 12 MB as a component. */
const mostComponentBytes = 16 * 1024 * 1024
/** A command is one or two, an adapter of 27 KB, and two that tie them together; whatever is put together of a dozen such fits. */
const mostCoreModules = 64
/** Of components within components: a command has none, one that is put together has one within the other. */
const mostDepth = 4
/** Instances of all components: each has its part of the glue. */
const mostInstances = 64
/** Compilers write some fifty. */
const mostSections = 4_096

const hasHeader = (bytes: Uint8Array): boolean => bytes.length >= 8 && header.every((code, at) => bytes[at] === code)
/** '\0asm', version 13, layer 1: the one encoding that there is so far. */
const header = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]

type Sums = { coreModules: number; sections: number; depth: number; instances: number[] }
type Refused = Refusal<ComponentCode>

/**
 * Whether these bytes may be made into glue here: a component that imports nothing but WASI 0.2 without network, exports
 * `wasi:cli/run` or functions of plain values, has no resources of its own, and names everything as the component model's grammar has it. Never throws.
 */
export function inspectComponent(bytes: Uint8Array): Result<ComponentFacts, ComponentCode> {
  if (!hasHeader(bytes)) return refuse('not-a-component', { sizeBytes: bytes.length })
  if (bytes.length > mostComponentBytes)
    return refuse('component-over-limit', { sizeBytes: bytes.length, mostBytes: mostComponentBytes })
  const sums: Sums = { coreModules: 0, sections: 0, depth: 0, instances: [] }
  const root = newLevel()
  const plain = level(bytes, root, sums)
  if (!(plain instanceof Uint8Array)) return plain
  const foreign = root.imports.filter((name) => !isOffered(name))
  if (foreign.length > 0) {
    // Eight tell what kind of program it is.
    return refuse('import-not-allowed', { imports: foreign.slice(0, 8).join(', '), count: foreign.length })
  }
  const isCommand = root.exports.some(isRun)
  if (!isCommand && root.called.length === 0) return refuse('no-run-export', { missing: 'wasi:cli/run@0.2' })
  const instances = sums.instances.reduce((all, most) => all * Math.max(1, most), 1)
  if (instances > mostInstances) return refuse('component-over-limit', { instances, mostInstances })
  return ok({
    sizeBytes: bytes.length,
    imports: root.imports,
    coreModules: sums.coreModules,
    isCommand,
    functions: root.called,
    bytes: plain,
  })
}

/** What one component says, without those within it. */
type Level = {
  readonly imports: string[]
  readonly exports: string[]
  made: number
  /** In the order in which they are counted, undefined where nothing is known of one that is needed here. */
  readonly types: ReadType[]
  readonly functions: ReadType[]
  readonly called: ComponentFunction[]
}
const newLevel = (): Level => ({ imports: [], exports: [], made: 0, types: [], functions: [], called: [] })

/** Reads one component, and those within it. @returns it without remarks */
function level(bytes: Uint8Array, into: Level, sums: Sums): Uint8Array<ArrayBuffer> | Refused {
  if (!hasHeader(bytes)) return refuse('malformed-component', { part: 'header' })
  if (++sums.depth > mostDepth) return refuse('component-over-limit', { depth: sums.depth, mostDepth })
  const reader = readerOf(bytes, header.length)
  const kept: Uint8Array[] = [bytes.subarray(0, header.length)]
  while (!reader.bad && reader.at < reader.end) {
    const id = byte(bytes, reader)
    const size = u32(bytes, reader)
    const start = reader.at
    skip(reader, size)
    if (reader.bad) break
    if (++sums.sections > mostSections) return refuse('component-over-limit', { sections: sums.sections, mostSections })
    if (id === 0) continue
    const content = bytes.subarray(start, reader.at)
    const read = section(id, content, into, sums)
    if (!(read instanceof Uint8Array)) return read
    kept.push(Uint8Array.from([id, ...u32Bytes(read.length)]), read)
  }
  if (reader.bad) return refuse('malformed-component', { part: 'sections' })
  sums.depth--
  sums.instances[sums.depth] = Math.max(sums.instances[sums.depth] ?? 0, into.made)
  return concatBytes(kept)
}

/** @returns its content as it is to be kept */
function section(id: number, content: Uint8Array, into: Level, sums: Sums): Uint8Array | Refused {
  if (id === 1) {
    if (++sums.coreModules > mostCoreModules)
      return refuse('component-over-limit', { coreModules: sums.coreModules, mostCoreModules })
    const inspected = inspectCore(content)
    return inspected.ok ? withoutRemarks(content) : inspected
  }
  if (id === 4) return level(content, newLevel(), sums)
  const entry = entries[id]
  if (!entry) return refuse('feature-not-allowed', { feature: `sections of kind ${id}` })
  const scan: Scan = { bytes: content, reader: readerOf(content), problem: undefined, depth: 0 }
  each(scan, () => entry(scan, into))
  return ended(scan, id) ?? content
}

function ended({ reader, problem }: Scan, id: number): Refused | undefined {
  if (problem?.code === 'name-not-allowed') return refuse('name-not-allowed', { name: problem.what })
  if (problem) return refuse('feature-not-allowed', { feature: problem.what })
  return isRead(reader) ? undefined : refuse('malformed-component', { part: `section ${id}` })
}

const isRead = (reader: Reader): boolean => !reader.bad && reader.at === reader.end

const entries: Readonly<Record<number, (scan: Scan, into: Level) => void>> = {
  2: (scan, into) => {
    if (coreInstance(scan) === 'made') into.made++
  },
  5: (scan, into) => {
    if (instance(scan) === 'made') into.made++
  },
  6: (scan, into) => counted(alias(scan), into),
  7: (scan, into) => into.types.push(type(scan)),
  8: (scan, into) => {
    const of = canonical(scan)
    if (of !== undefined) into.functions.push(into.types[of])
  },
  10: (scan, into) => {
    const name = externName(scan)
    const sort = externType(scan)
    if (sort === sorts.component) scan.reader.bad = true
    counted(sort, into)
    if (sort !== sorts.type) into.imports.push(name) // a type comes from one of the instances
  },
  11: (scan, into) => {
    const { name, sort, index } = exported(scan)
    const of = sort === sorts.function ? into.functions[index] : into.types[index]
    counted(sort, into, of)
    if (sort === sorts.instance) into.exports.push(name)
    const called = sort === sorts.function ? callableFunction(name, of, into.types) : undefined
    if (called) into.called.push(called)
  },
}

/** One more type or function that has a number. */
function counted(sort: number, { types, functions }: Level, of?: ReadType): void {
  if (sort === sorts.type) types.push(of)
  if (sort === sorts.function) functions.push(of)
}

function withoutRemarks(core: Uint8Array): Uint8Array {
  const kept = (sections(core) ?? []).filter(({ id }) => id !== 0)
  return concatBytes([
    core.subarray(0, 8),
    ...kept.flatMap(({ id, start, end }) => [
      Uint8Array.from([id, ...u32Bytes(end - start)]),
      core.subarray(start, end),
    ]),
  ])
}
