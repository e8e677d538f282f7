import { concatBytes } from '../kernel/bytes.ts'
import {
  assemble,
  call,
  functionType,
  i32,
  i32Type,
  i64Type,
  importFunction,
  loop,
  nameBytes,
  section,
} from './assembler.ts'
import { u32Bytes } from './module-reader.ts'

/** Small components for tests, section by section, so that each can be wrong in exactly one way. */
export type ComponentSample = {
  /** Core modules in front of the one that runs. */
  readonly modules?: readonly Uint8Array[]
  /** The one that runs: it exports `run`, which gives 0 where all is well. */
  readonly core?: Uint8Array
  readonly exports?: string
  /** Sections between the head and the core modules. */
  readonly before?: readonly Uint8Array[]
  /** Sections behind everything. */
  readonly after?: readonly Uint8Array[]
}

export const componentHeader = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]

const entries = (id: number, ...items: readonly (readonly number[])[]): Uint8Array =>
  section(id, [Uint8Array.from([...u32Bytes(items.length), ...items.flat()])])

/** With the byte in front that says that it is a plain one. */
const extern = (name: string): number[] => [0, ...nameBytes(name)]

export const sections = {
  remark: (text: string) => section(0, [Uint8Array.from([...nameBytes('note'), ...nameBytes(text)])]),
  module: (core: Uint8Array) => section(1, [core]),
  component: (bytes: Uint8Array) => section(4, [bytes]),
  types: (...types: readonly (readonly number[])[]) => entries(7, ...types),
  /** An instance without anything in it, by this name: its type comes with it. @param at how many types there are before */
  importInstance: (name: string, at: number) =>
    concatBytes([entries(7, [0x42, 0]), entries(10, [...extern(name), 5, at])]),
  importFunction: (name: string, type: number) => entries(10, [...extern(name), 1, type]),
  raw: (id: number, ...items: readonly (readonly number[])[]) => entries(id, ...items),
} as const

/** Nothing in, a number out: what `run` is in a core module. */
const answer = functionType([], [i32Type])

/** A core module with a page of memory, whose `run` is this code and gives a number. */
export const runner = (code: readonly number[], memory: readonly number[] = [0, 1]): Uint8Array<ArrayBuffer> =>
  assemble({
    types: [answer],
    memories: [memory],
    exports: [
      [...nameBytes('run'), 0, 0],
      [...nameBytes('memory'), 2, 0],
    ],
    functions: [{ code }],
  })

/** Two types, the core module, an instance of it, its `run` made a function of the component, and an interface with that. */
export function sampleComponent(sample: ComponentSample = {}): Uint8Array<ArrayBuffer> {
  const { modules = [], core = runner(i32(0)), exports = 'wasi:cli/run@0.2.0', before = [], after = [] } = sample
  return concatBytes([
    Uint8Array.from(componentHeader),
    ...before,
    ...[...modules, core].map((bytes) => sections.module(bytes)),
    ...[...modules, core].map((_, index) => entries(2, [0, ...u32Bytes(index), 0])),
    entries(6, [0, 0, 1, ...u32Bytes(modules.length), ...nameBytes('run')]),
    // A result without anything in it, and the function that gives it. They come behind the types of `before`.
    entries(7, [0x6a, 0, 0], [0x40, 0, 0, ...u32Bytes(typesIn(before))]),
    entries(8, [0, 0, 0, 0, ...u32Bytes(typesIn(before) + 1)]),
    entries(5, [1, 1, ...extern('run'), 1, ...u32Bytes(functionsIn(before))]),
    entries(11, [...extern(exports), 5, ...u32Bytes(instancesIn(before)), 0]),
    ...after,
  ])
}

/** A function that a component exports: its types by their codes, and what it does in its core module. */
export type SampleFunction = {
  readonly name: string
  readonly params: readonly (readonly [label: string, code: number])[]
  readonly result?: number
  readonly core: { readonly type: readonly number[]; readonly code: readonly number[] }
}

/** No command, but functions. What is given to them as text lies at 1,024. */
export function libraryComponent(functions: readonly SampleFunction[]): Uint8Array<ArrayBuffer> {
  const core = assemble({
    types: [functionType([i32Type, i32Type, i32Type, i32Type], [i32Type]), ...functions.map((one) => one.core.type)],
    memories: [[0, 1]],
    exports: [
      [...nameBytes('memory'), 2, 0],
      ...['realloc', ...functions.map(({ name }) => name)].map((name, at) => [...nameBytes(name), 0, at]),
    ],
    functions: [{ code: i32(1_024) }, ...functions.map(({ core: { code } }, at) => ({ type: at + 1, code }))],
  })
  const names = ['realloc', ...functions.map(({ name }) => name)]
  return concatBytes([
    Uint8Array.from(componentHeader),
    sections.module(core),
    entries(2, [0, 0, 0]),
    entries(6, [0, 2, 1, 0, ...nameBytes('memory')], ...names.map((name) => [0, 0, 1, 0, ...nameBytes(name)])),
    entries(
      7,
      ...functions.map(({ params, result }) => [
        0x40,
        params.length,
        ...params.flatMap(([label, code]) => [...nameBytes(label), code]),
        ...(result === undefined ? [1, 0] : [0, result]),
      ]),
    ),
    entries(8, ...functions.map((_, at) => [0, 0, at + 1, 3, 0, 3, 0, 4, 0, at])),
    entries(11, ...functions.map(({ name }, at) => [...extern(name), 1, at, 0])),
  ])
}

const plain = { bool: 0x7f, u8: 0x7d, u32: 0x79, s64: 0x78, f64: 0x75, char: 0x74, string: 0x73 } as const
const f64Type = 0x7c
const get = (local: number): number[] => [0x20, local]

/** Functions of every kind of value; `spin` never ends, and `list` takes what has no text. */
export const someFunctions = libraryComponent([
  {
    name: 'say-again',
    params: [['what', plain.string]],
    result: plain.string,
    core: {
      type: functionType([i32Type, i32Type], [i32Type]),
      code: [...i32(0), ...get(0), 0x36, 2, 0, ...i32(4), ...get(1), 0x36, 2, 0, ...i32(0)],
    },
  },
  {
    name: 'mix',
    params: [
      ['a', plain.u8],
      ['b', plain.s64],
      ['c', plain.bool],
      ['d', plain.f64],
      ['e', plain.char],
    ],
    result: plain.s64,
    core: { type: functionType([i32Type, i64Type, i32Type, f64Type, i32Type], [i64Type]), code: get(1) },
  },
  {
    name: 'is-even',
    params: [['n', plain.u32]],
    result: plain.bool,
    core: { type: functionType([i32Type], [i32Type]), code: [...get(0), ...i32(1), 0x71, 0x45] },
  },
  { name: 'spin', params: [], core: { type: functionType([], []), code: loop() } },
  { name: 'trap', params: [], core: { type: functionType([], []), code: [0x00] } },
])

const countIn = (parts: readonly Uint8Array[], id: number): number =>
  parts.reduce((sum, part) => sum + listed(part).filter((found) => found === id).length, 0)
const typesIn = (parts: readonly Uint8Array[]): number => countIn(parts, 7)
const functionsIn = (parts: readonly Uint8Array[]): number => countIn(parts, 101)
const instancesIn = (parts: readonly Uint8Array[]): number => countIn(parts, 105)

/** Kinds of the sections in a part of one entry each; imports by a hundred and what they import. */
function listed(part: Uint8Array): number[] {
  const found: number[] = []
  for (let at = 0; at < part.length; ) {
    const id = part[at]!
    let size = 0
    let next = at + 1
    for (let shift = 0; ; shift += 7) {
      const byte = part[next++]!
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    found.push(id === 10 ? 100 + part[next + size - 2]! : id)
    at = next + size
  }
  return found
}

const exportsRun = [[...nameBytes('run'), 0, 1]] as const

/** Components that behave badly, each in its own way. */
export const componentSamples = {
  empty: sampleComponent(),
  /** `run` says that it has failed. */
  failing: sampleComponent({ core: runner(i32(1)) }),
  trap: sampleComponent({ core: runner([0x00, ...i32(0)]) }),
  endlessLoop: sampleComponent({ core: runner([...loop(), ...i32(0)]) }),
  /** Calls itself. */
  recursion: sampleComponent({ core: runner([...call(0)]) }),
  /** Grows by 16 pages until that is refused, then stops on an unreachable. */
  growing: sampleComponent({
    core: runner([0x03, 0x40, ...i32(16), 0x40, 0, ...i32(-1), 0x47, 0x0d, 0, 0x0b, 0x00, ...i32(0)]),
  }),
  /** A hundred core modules, each with a page of memory of its own. */
  manyMemories: (count: number) => sampleComponent({ modules: Array.from({ length: count }, () => runner(i32(0))) }),
  /** Takes the counter of the meter for an import of its own, and sets it back again and again. */
  meterThief: sampleComponent({
    core: assemble({
      types: [answer],
      imports: [[...nameBytes('tabmesh'), ...nameBytes('meter'), 3, 0x7e, 1]],
      memories: [[0, 1]],
      exports: [
        [...nameBytes('run'), 0, 0],
        [...nameBytes('memory'), 2, 0],
      ],
      functions: [{ code: [...loop(0x42, 0x7f, 0x24, 0), ...i32(0)] }],
    }),
  }),
  /** Exports what runs by this name too, beside everything that a command exports. */
  alsoCalled: (name: string) => sampleComponent({ after: [entries(11, [...extern(name), 1, 0, 0])] }),
  /** A core module that wants a function of the page. */
  coreImport: (module: string, name: string) =>
    sampleComponent({
      core: assemble({
        types: [answer],
        imports: [importFunction(module, name, 0)],
        memories: [[0, 1]],
        exports: [...exportsRun, [...nameBytes('memory'), 2, 0]],
        functions: [{ code: i32(0) }],
      }),
    }),
} as const
