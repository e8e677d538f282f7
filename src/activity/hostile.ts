import { call, drop, functionType, i32, i32Type, loop } from './assembler.ts'
import { hostPrograms } from './hostile-host.ts'
import { calling, type Hostile, many, program, types, vector, write } from './hostile-parts.ts'
import { refusedPrograms } from './hostile-refused.ts'
import { u32Bytes } from './module-reader.ts'

export type { Hostile } from './hostile-parts.ts'

/** Limits under which the corpus is run: small ones, so that all of it ends within seconds. */
export const hostileLimits = {
  memoryPages: 64,
  timeoutMs: 3_000,
  outputBytes: 100_000,
  fuel: 400_000_000n,
  hostUnits: 400_000_000n,
} as const

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
    ends: ['out-of-host-units'],
  },
  {
    name: 'reading nothing',
    tries: 'reads its empty input for ever',
    bytes: calling([['fd_read', 2]], loop(...i32(0), ...i32(0), ...i32(1), ...i32(8), ...call(0), drop), {
      data: [vector(1_024, 1_024)],
    }),
    ends: ['out-of-host-units'],
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
export const hostilePrograms: readonly Hostile[] = [
  ...refusedPrograms,
  ...greedy,
  ...endless,
  ...faulty,
  ...hostPrograms,
]
