import { concatBytes } from '../kernel/bytes.ts'
import { assemble, functionType, i32Type, nameBytes } from './assembler.ts'
import { wasiModule } from './host-abi.ts'
import { u32Bytes } from './module-reader.ts'

/** Small modules for tests, assembled byte by byte, so that each can be wrong in exactly one way. */
export type Sample = {
  readonly imports?: readonly {
    readonly from?: string
    readonly name: string
    readonly type?: number
    readonly kind?: number
  }[]
  /** Flags, initial and, for odd flags, maximum: as they stand in the binary. */
  readonly memories?: readonly (readonly number[])[]
  readonly tables?: readonly (readonly number[])[]
  readonly exports?: readonly (readonly [name: string, kind: number, index: number])[]
  /** Body of the one function, without its locals and its end. */
  readonly code?: readonly number[]
  /** How many locals it has, all of 32 bits. */
  readonly locals?: number
  /** Bytes from address 0. */
  readonly data?: readonly number[]
  /** Further types behind the three that every sample has. */
  readonly types?: readonly (readonly number[])[]
}

/** Nothing in and nothing out; one number in; four numbers in and one out. */
const plainTypes = [
  functionType([]),
  functionType([i32Type]),
  functionType([i32Type, i32Type, i32Type, i32Type], [i32Type]),
]

export function sampleModule(sample: Sample = {}): Uint8Array<ArrayBuffer> {
  const imports = sample.imports ?? []
  const exported = sample.exports ?? [
    ['_start', 0, imports.filter(({ kind }) => !kind).length],
    ['memory', 2, 0],
  ]
  return assemble({
    types: [...plainTypes, ...(sample.types ?? [])],
    imports: imports.map(({ from = wasiModule, name, type = 2, kind = 0 }) => [
      ...[...nameBytes(from), ...nameBytes(name), kind],
      ...(kind === 0 ? [type] : [0, 1]),
    ]),
    tables: sample.tables ?? [],
    memories: sample.memories ?? [[0, 1]],
    exports: exported.map(([name, kind, index]) => [...nameBytes(name), kind, index]),
    functions: [{ locals: sample.locals ?? 0, code: sample.code ?? [] }],
    data: sample.data ? [[0, 0x41, 0, 0x0b, ...u32Bytes(sample.data.length), ...sample.data]] : [],
  })
}

const loop = (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0c, 0x00, 0x0b]
const number = (value: number): number[] => [0x41, value] // −64 to 63 in one byte

/** Programs that behave badly, each in its own way. */
export const samples = {
  empty: sampleModule(),
  trap: sampleModule({ code: [0x00] }),
  endlessLoop: sampleModule({ code: loop([]) }),
  /** Calls itself. */
  recursion: sampleModule({ code: [0x10, 0x00] }),
  /** Grows by 16 pages until that is refused, then stops on an unreachable. */
  growing: sampleModule({
    code: [0x03, 0x40, ...number(16), 0x40, 0x00, ...number(0x7f), 0x47, 0x0d, 0x00, 0x0b, 0x00],
  }),
  /** Writes 32 KiB of zeros to standard output, for ever. */
  endlessPrint: sampleModule({
    imports: [{ name: 'fd_write' }],
    data: [32, 0, 0, 0, 0x00, 0x80, 0, 0],
    code: loop([...number(1), ...number(0), ...number(1), ...number(8), 0x10, 0x00, 0x1a]),
  }),
  /** The same, but it catches whatever comes of that and ends as if nothing had been. */
  deafPrint: sampleModule({
    imports: [{ name: 'fd_write' }],
    data: [32, 0, 0, 0, 0x00, 0x80, 0, 0],
    code: [
      ...[0x06, 0x40],
      ...loop([...number(1), ...number(0), ...number(1), ...number(8), 0x10, 0x00, 0x1a]),
      ...[0x19, 0x0b],
    ],
  }),
  /** Exits with 5 and catches that. */
  deafExit: sampleModule({
    imports: [{ name: 'proc_exit', type: 1 }],
    code: [0x06, 0x40, ...number(5), 0x10, 0x00, 0x19, 0x0b],
  }),
  /** Gives fd_write a list that lies outside the memory, and exits with the answer. */
  wildPointer: sampleModule({
    imports: [{ name: 'fd_write' }, { name: 'proc_exit', type: 1 }],
    code: [...number(1), ...number(0x78), ...number(1), ...number(0), 0x10, 0x00, 0x10, 0x01],
  }),
  /** Has a start function of the module's own: it loops before `_start` is called. */
  loopAtStart: concatBytes([
    sampleModule({ code: loop([]) }).subarray(0, -(4 + 7)),
    Uint8Array.from([8, 1, 0]),
    sampleModule({ code: loop([]) }).subarray(-(4 + 7)),
  ]),
} as const
