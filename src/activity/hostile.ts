import { concatBytes } from '../kernel/bytes.ts'
import {
  type Assembly,
  assemble,
  call,
  drop,
  exportOf,
  functionType,
  i32,
  i32Type,
  importFunction,
  loop,
  moduleHeader,
  nameBytes,
  section,
} from './assembler.ts'
import { wasiModule } from './module.ts'
import { u32Bytes } from './module-reader.ts'
import type { DeployCode } from './runtime.ts'
import type { TaskErrorCode } from './task.ts'

/** A program that is up to no good, what it tries, and how it must end: refused, or stopped. */
export type Hostile = {
  readonly name: string
  /** What it tries, for whoever watches. */
  readonly tries: string
  readonly bytes: () => Uint8Array<ArrayBuffer>
  /** Any of these; `harmless` where the worst that comes of it is an exit. */
  readonly ends: readonly (DeployCode | TaskErrorCode | 'harmless')[]
}

/** Limits under which the corpus is run: small ones, so that all of it ends within seconds. */
export const hostileLimits = { memoryPages: 64, timeoutMs: 3_000, outputBytes: 100_000, fuel: 400_000_000n } as const

const start = exportOf('_start', 'function', 0)
const memory = exportOf('memory', 'memory', 0)
const types = [
  functionType([]),
  functionType([i32Type]),
  functionType([i32Type, i32Type, i32Type, i32Type], [i32Type]),
  functionType([i32Type, i32Type], [i32Type]),
]
/** Types 0 to 3 as above, one page of memory, and the function with these operators as `_start`. */
const program =
  (code: readonly number[], more: Assembly = {}) =>
  (): Uint8Array<ArrayBuffer> =>
    assemble({ types, memories: [[0, 1]], exports: [start, memory], functions: [{ code }], ...more })
/** The same with imported functions in front: `_start` comes behind them. */
const calling = (
  imports: readonly (readonly [name: string, type: number])[],
  code: readonly number[],
  more: Assembly = {},
) =>
  program(code, {
    imports: imports.map(([name, type]) => importFunction(wasiModule, name, type)),
    exports: [exportOf('_start', 'function', imports.length), memory],
    ...more,
  })
const withHead = (...sections: readonly Uint8Array[]) => concatBytes([Uint8Array.from(moduleHeader), ...sections])
const bytes = (...values: readonly number[]) => Uint8Array.from(values)
/** An address and a length at address 0: what fd_write wants. */
const vector = (at: number, length: number): number[] => {
  const words = new Uint8Array(new Uint32Array([at, length]).buffer)
  return [0, ...i32(0), 0x0b, 8, ...words]
}
const write = (descriptor: number): number[] => [...i32(descriptor), ...i32(0), ...i32(1), ...i32(8), ...call(0), drop]
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const feature = (name: string, tries: string, made: () => Uint8Array<ArrayBuffer>): Hostile => ({
  name,
  tries,
  bytes: made,
  ends: ['feature-not-allowed', 'malformed-module', 'no-memory-export'],
})
const damaged = (name: string, tries: string, made: () => Uint8Array<ArrayBuffer>): Hostile => ({
  name,
  tries,
  bytes: made,
  ends: ['malformed-module', 'not-wasm', 'feature-not-allowed', 'no-memory-export'],
})

const files: readonly Hostile[] = [
  damaged('text', 'passes a text off as a program', () => Uint8Array.from(nameBytes('<script>alert(1)</script>'))),
  damaged('half a header', 'ends in the middle of the first word', () => bytes(0x00, 0x61, 0x73)),
  damaged('another version', 'says that it is of a version to come', () =>
    bytes(0x00, 0x61, 0x73, 0x6d, 0x02, 0, 0, 0),
  ),
  damaged('endless section', 'names a section that ends past the file', () =>
    withHead(bytes(1, 0xff, 0xff, 0xff, 0xff, 0x0f)),
  ),
  damaged('two codes', 'has the same section twice', () =>
    concatBytes([program([])(), section(10, [bytes(1, 2, 0, 0x0b)])]),
  ),
  damaged('endless number', 'writes a length in more bytes than a number has', () =>
    withHead(bytes(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0)),
  ),
  damaged('huge count', 'says that it has four thousand million functions', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(3, [bytes(0xff, 0xff, 0xff, 0xff, 0x0f)])),
  ),
  damaged('no bodies', 'declares functions without bodies', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(3, [bytes(1, 0)])),
  ),
  damaged('values from nowhere', 'adds two numbers that are not there', program([0x6a, drop])),
  damaged('wild branch', 'jumps to a place outside its function', program([0x0c, 9])),
  damaged('unknown operator', 'uses an operator that no one defined', program([0xf0])),
]

const features: readonly Hostile[] = [
  feature('shared memory', 'asks for memory that two threads share', program([], { memories: [[3, 1, 2]] })),
  feature(
    'atomics',
    'waits for another thread for ever',
    program([...i32(0), ...i32(0), 0x42, 0x7f, 0xfe, 0x01, 2, 0, drop]),
  ),
  feature('64-bit memory', 'asks for memory beyond four gigabytes', program([], { memories: [[4, 1]] })),
  feature(
    'two memories',
    'hides a second memory',
    program([], {
      memories: [
        [0, 1],
        [0, 60_000],
      ],
    }),
  ),
  feature('exceptions', 'catches whatever would end it', program([0x06, 0x40, ...loop(), 0x19, 0x0b])),
  feature('tags', 'declares exceptions of its own', () =>
    withHead(section(1, [bytes(1, ...types[0]!)]), section(13, [bytes(1, 0, 0)])),
  ),
  feature('tail calls', 'calls on without coming back', program([0x12, 0])),
  feature('garbage', 'fills the engine’s heap, which no memory limit bounds', program([0xfb, 0x00, 0x00, drop])),
  feature(
    'relaxed vectors',
    'computes what differs from machine to machine',
    program([...i32(0), 0xfd, 0x0f, ...i32(0), 0xfd, 0x0f, 0xfd, 0x80, 0x02, drop]),
  ),
]

const reaches: readonly Hostile[] = [
  {
    name: 'foreign import',
    tries: 'asks the page for a function of its own',
    bytes: calling([], [], { imports: [importFunction('window', 'eval', 0)] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'script in a name',
    tries: 'writes a script where a name belongs',
    bytes: calling([], [], { imports: [importFunction('"]});fetch("//evil")//', 'x', 0)] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'imported memory',
    tries: 'asks for memory of the host',
    bytes: calling([], [], { imports: [[...nameBytes('env'), ...nameBytes('memory'), 2, 0, 1]] }),
    ends: ['import-not-allowed', 'malformed-module'],
  },
  {
    name: 'imported global',
    tries: 'asks to change a value of the host',
    bytes: calling([], [], { imports: [[...nameBytes('env'), ...nameBytes('g'), 3, i32Type, 1]] }),
    ends: ['import-not-allowed'],
  },
  {
    name: 'stolen meter',
    tries: 'exports a meter of its own in place of ours',
    bytes: program([], {
      globals: [[i32Type, 1, 0x41, 0, 0x0b]],
      exports: [start, memory, exportOf('tabmesh:meter', 'global', 0)],
    }),
    ends: ['malformed-module'],
  },
  {
    name: 'no beginning',
    tries: 'has nothing to begin with',
    bytes: program([], { exports: [memory] }),
    ends: ['no-start-export'],
  },
  {
    name: 'hidden memory',
    tries: 'keeps its memory to itself',
    bytes: program([], { exports: [start] }),
    ends: ['no-memory-export'],
  },
  {
    name: 'outside pointer',
    tries: 'has the host read outside its memory',
    bytes: calling([['fd_write', 2]], [...i32(1), ...i32(-16), ...i32(1), ...i32(0), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'all addresses',
    tries: 'has the host write a thousand times a gigabyte',
    bytes: calling([['fd_read', 2]], [...i32(0), ...i32(0), ...i32(1_024), ...i32(-4), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'endless random',
    tries: 'asks for four gigabytes of chance',
    bytes: calling([['random_get', 3]], [...i32(0), ...i32(-1), ...call(0), drop]),
    ends: ['harmless', 'trapped'],
  },
  {
    name: 'long sleep',
    tries: 'sleeps for a year on a rented thread',
    bytes: calling([['poll_oneoff', 2]], [...i32(64), ...i32(256), ...i32(1), ...i32(512), ...call(0), drop], {
      data: [
        [
          0,
          ...i32(80),
          0x0b,
          24,
          1,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0x7e,
          0x5c,
          0x8d,
          0x0d,
          0x70,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
        ],
      ],
    }),
    ends: ['harmless'],
  },
]

const greedy: readonly Hostile[] = [
  {
    name: 'huge beginning',
    tries: 'begins with four gigabytes',
    bytes: program([], { memories: [[0, ...u32Bytes(65_536)]] }),
    ends: ['memory-over-limit'],
  },
  {
    name: 'growing',
    tries: 'takes memory until there is none',
    bytes: program([0x03, 0x40, ...i32(16), 0x40, 0, ...i32(-1), 0x47, 0x0d, 0, 0x0b, 0x00]),
    ends: ['memory-over-limit', 'trapped'],
  },
  {
    name: 'huge table',
    tries: 'begins with a table of four thousand million entries',
    bytes: program([], { tables: [[0x70, 0, ...u32Bytes(4_294_967_295)]] }),
    ends: ['table-over-limit'],
  },
  {
    name: 'many tables',
    tries: 'begins with a thousand tables',
    bytes: program([], { tables: many(1_000, () => [0x70, 0, 1]) }),
    ends: ['table-over-limit', 'malformed-module'],
  },
  {
    name: 'growing table',
    tries: 'lets a table grow until the engine gives up',
    bytes: program([...loop(0xd0, 0x70, ...i32(100_000), 0xfc, 15, 0, drop)], { tables: [[0x70, 0, 1]] }),
    ends: ['out-of-fuel'],
  },
  {
    name: 'printing',
    tries: 'prints for ever',
    bytes: calling([['fd_write', 2]], loop(...write(1)), { data: [vector(1_024, 32_768)] }),
    ends: ['output-over-limit'],
  },
  {
    name: 'complaining',
    tries: 'prints errors for ever',
    bytes: calling([['fd_write', 2]], loop(...write(2)), { data: [vector(1_024, 32_768)] }),
    ends: ['output-over-limit'],
  },
  {
    name: 'filling',
    tries: 'fills a page of memory again and again, in one operator',
    bytes: program(loop(...i32(0), ...i32(1), ...i32(65_536), 0xfc, 11, 0)),
    ends: ['out-of-fuel'],
  },
  {
    name: 'copying',
    tries: 'copies a page of memory again and again',
    bytes: program(loop(...i32(0), ...i32(0), ...i32(65_536), 0xfc, 10, 0, 0)),
    ends: ['out-of-fuel'],
  },
  {
    name: 'many values',
    tries: 'has forty thousand local values in a function',
    bytes: program([], { functions: [{ locals: 40_000, code: [] }] }),
    ends: ['stack-over-limit'],
  },
  {
    name: 'too many values',
    tries: 'has four thousand million local values',
    bytes: program([], { functions: [{ locals: 4_294_967_295, code: [] }] }),
    ends: ['feature-not-allowed', 'malformed-module'],
  },
]

const endless: readonly Hostile[] = [
  { name: 'spinning', tries: 'turns in a circle', bytes: program(loop()), ends: ['out-of-fuel'] },
  {
    name: 'two circles',
    tries: 'turns in a circle within a circle',
    bytes: program(loop(...loop())),
    ends: ['out-of-fuel'],
  },
  {
    name: 'spinning at the start',
    tries: 'turns in a circle before it was begun',
    bytes: program(loop(), { start: 0 }),
    ends: ['out-of-fuel'],
  },
  {
    name: 'switching',
    tries: 'jumps by a table back to itself',
    bytes: program([0x03, 0x40, ...i32(0), 0x0e, 1, 0, 0, 0x0b]),
    ends: ['out-of-fuel'],
  },
  { name: 'calling itself', tries: 'calls itself', bytes: program(call(0)), ends: ['stack-overflow'] },
  {
    name: 'calling each other',
    tries: 'has two functions call each other',
    bytes: program([], { functions: [{ code: call(1) }, { code: call(0) }] }),
    ends: ['stack-overflow'],
  },
  {
    name: 'calling by a table',
    tries: 'calls itself through a table',
    bytes: program([...i32(0), 0x11, 0, 0], { tables: [[0x70, 0, 1]], elements: [[0, ...i32(0), 0x0b, 1, 0]] }),
    ends: ['stack-overflow'],
  },
  {
    name: 'doubling',
    tries: 'calls two that call two that call two, forty times over',
    bytes: program([], { functions: many(41, (at) => ({ code: at < 40 ? [...call(at + 1), ...call(at + 1)] : [] })) }),
    ends: ['out-of-fuel'],
  },
  {
    name: 'asking the time',
    tries: 'asks for the time for ever',
    bytes: calling([['sched_yield', 4]], loop(...call(0), drop), { types: [...types, functionType([], [i32Type])] }),
    ends: ['out-of-fuel', 'timed-out'],
  },
  {
    name: 'reading nothing',
    tries: 'reads its empty input for ever',
    bytes: calling([['fd_read', 2]], loop(...i32(0), ...i32(0), ...i32(1), ...i32(8), ...call(0), drop), {
      data: [vector(1_024, 1_024)],
    }),
    ends: ['out-of-fuel', 'timed-out'],
  },
  {
    name: 'deep nest',
    tries: 'nests fifty thousand blocks, to keep the compiler busy',
    bytes: program([...many(50_000, () => [0x02, 0x40]).flat(), ...many(50_000, () => 0x0b)]),
    ends: ['harmless', 'malformed-module', 'start-failed', 'stack-overflow'],
  },
  {
    name: 'wide switch',
    tries: 'has a jump table of sixty thousand targets, to keep the compiler busy',
    bytes: program([0x02, 0x40, ...i32(0), 0x0e, ...u32Bytes(60_000), ...many(60_001, () => 0), 0x0b]),
    ends: ['harmless', 'malformed-module'],
  },
  {
    name: 'many functions',
    tries: 'has fifty thousand functions, to keep the compiler busy',
    bytes: program([], { functions: many(50_000, () => ({ code: [0x01] })) }),
    ends: ['harmless'],
  },
]

const faulty: readonly Hostile[] = [
  { name: 'unreachable', tries: 'runs into a wall', bytes: program([0x00]), ends: ['trapped'] },
  {
    name: 'division',
    tries: 'divides by nothing',
    bytes: program([...i32(1), ...i32(0), 0x6d, drop]),
    ends: ['trapped'],
  },
  {
    name: 'outside',
    tries: 'reads outside its memory',
    bytes: program([...i32(-1), 0x28, 2, 0, drop]),
    ends: ['trapped'],
  },
  {
    name: 'misplaced data',
    tries: 'places data outside its memory',
    bytes: program([], { data: [[0, ...i32(65_530), 0x0b, 16, ...many(16, () => 1)]] }),
    ends: ['start-failed'],
  },
  {
    name: 'misplaced entries',
    tries: 'places entries outside its table',
    bytes: program([], { tables: [[0x70, 0, 1]], elements: [[0, ...i32(5), 0x0b, 1, 0]] }),
    ends: ['start-failed'],
  },
  {
    name: 'wrong entry',
    tries: 'calls an empty entry of its table',
    bytes: program([...i32(0), 0x11, 0, 0], { tables: [[0x70, 0, 1]] }),
    ends: ['trapped'],
  },
  {
    name: 'odd exit',
    tries: 'exits with a number of its own',
    bytes: calling([['proc_exit', 1]], [...i32(-7), ...call(0)]),
    ends: ['exited-nonzero'],
  },
  {
    name: 'trap at the start',
    tries: 'runs into a wall before it was begun',
    bytes: program([0x00], { start: 0 }),
    ends: ['trapped', 'start-failed'],
  },
]

/** Does nothing, and should be able to after whatever came before. */
export const harmlessProgram = program([])

/** Everything that we could think of. Each ends within the limits, and its worker is fit for the next one, or gone. */
export const hostilePrograms: readonly Hostile[] = [...files, ...features, ...reaches, ...greedy, ...endless, ...faulty]
