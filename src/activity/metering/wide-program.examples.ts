import { type Rng, seeded } from '../../kernel/rng.ts'
import {
  type AssembledFunction,
  assemble,
  exportOf,
  functionType,
  i32 as i32Const,
  importFunction,
} from '../assembler.ts'
import { u32Bytes } from '../module-reader.ts'
import {
  f32,
  f64,
  giving,
  i32,
  i64,
  laneLoads,
  laneStores,
  loads,
  rounding,
  stores,
  type ValueType,
  v128,
  valueTypes,
} from './signatures.examples.ts'

type Type = { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] }
const type = (params: readonly ValueType[], results: readonly ValueType[] = []): Type => ({ params, results })

/** The first two are those of the host's functions, the third that of what is called from outside. */
const types: readonly Type[] = [
  type([i32]),
  type([i64], [i64]),
  type([i32], [i32]),
  type([]),
  type([i32, f64], [i64, v128]),
  type([v128], [f32, i32]),
  type([f64, f32], [f64]),
  type([i32], [i32, i32]),
]
const imported = 2
const globals: readonly ValueType[] = valueTypes
const tableEntries = 8
/** Operators and blocks of one function at most, so that a program stays some hundred bytes long. */
const mostNodes = 60
/** A loop inside a loop inside a loop is as much as there may be. */
const loopCounters = 3

type Label = { readonly types: readonly ValueType[]; readonly isLoop: boolean }
type Context = {
  readonly rng: Rng
  readonly functions: readonly number[]
  /** What the table holds at first, from its second place on. */
  readonly listed: readonly number[]
  readonly index: number
  readonly locals: readonly ValueType[]
  readonly counters: number
  readonly labels: Label[]
  loops: number
  nodes: number
}

/**
 * A valid program of everything that is metered: vectors, memory and tables in bulk, several values, branches of every kind, calls through
 * tables and to the host, growth. What it does is chosen by the seed alone. It exports `run`, which takes and gives a number, `dump`,
 * which puts into memory what cannot be read from outside, its memory, its table and its globals.
 */
export function wideProgram(seed: number): Uint8Array<ArrayBuffer> {
  const rng = seeded(seed)
  const own = [2, ...Array.from({ length: 4 }, () => 2 + rng.below(types.length - 2)), 3]
  const functions = [0, 1, ...own]
  const dump = functions.length
  const anyFunction = (): number => rng.below(functions.length)
  const list = (count: number): number[] => Array.from({ length: count }, anyFunction)
  const listed = list(6).map((index) => (rng.chance(200) ? rng.below(imported) : index)) // the host too
  const code: AssembledFunction[] = own.map((_, i) => body(rng, { functions, listed, index: imported + i }))
  const expressions = Array.from({ length: 3 }, () =>
    rng.chance(300) ? [0xd0, 0x70, 0x0b] : [0xd2, anyFunction(), 0x0b],
  )
  return assemble({
    types: types.map(({ params, results }) => functionType(params, results)),
    imports: [importFunction('h', 'h', 0), importFunction('h', 'g', 1)],
    tables: [[0x70, 1, tableEntries, 2 * tableEntries]],
    memories: [[1, 1, 4]],
    globals: globals.map((value) => [value, 1, ...constant(rng, value), 0x0b]),
    exports: [
      exportOf('run', 'function', imported),
      exportOf('dump', 'function', dump),
      exportOf('memory', 'memory', 0),
      exportOf('table', 'table', 0),
      ...globals.map((value, i) => exportOf(`global ${value}`, 'global', i)),
    ],
    ...(rng.chance(150) ? { start: functions.length - 1 } : {}),
    elements: [
      [0, 0x41, 1, 0x0b, listed.length, ...listed],
      [1, 0, 3, ...list(3)],
      [5, 0x70, 3, ...expressions.flat()],
      [3, 0, functions.length, ...functions.keys()],
    ],
    dataCount: 2,
    functions: [...code, { type: 3, code: [...i32Const(0), 0x23, globals.indexOf(v128), 0xfd, 11, 0, 0] }],
    data: [
      [0, 0x41, 8, 0x0b, 8, ...bytes(rng, 8)],
      [1, 16, ...bytes(rng, 16)],
    ],
  })
}

const bytes = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.below(256))

function body(rng: Rng, given: Pick<Context, 'functions' | 'listed' | 'index'>): AssembledFunction {
  const typeIndex = given.functions[given.index]!
  const { params, results } = types[typeIndex]!
  const localTypes = [...valueTypes, ...Array.from({ length: loopCounters }, () => i32 as ValueType)]
  const locals = [...params, ...valueTypes]
  const context: Context = {
    ...given,
    rng,
    locals,
    counters: locals.length,
    labels: [{ types: results, isLoop: false }],
    loops: 0,
    nodes: mostNodes,
  }
  const code = [...statements(context, 4), ...results.flatMap((result) => expression(context, result, 3))]
  return { type: typeIndex, localTypes, code }
}

const statements = (context: Context, depth: number): number[] =>
  Array.from({ length: 1 + context.rng.below(4) }, () => statement(context, depth)).flat()

const pick = <T>(rng: Rng, from: readonly T[]): T => from[rng.below(from.length)]!

/** Numbers that matter, NaNs with bits of their own among them. */
function constant(rng: Rng, value: ValueType): number[] {
  const small = (): number => rng.below(64)
  const odd32 = [0x01, 0x00, pick(rng, [0x80, 0xc0, 0xa0]), pick(rng, [0x7f, 0xff])]
  const odd64 = [1, 0, 0, 0, 0, 0, pick(rng, [0xf0, 0xf8, 0xf4]), pick(rng, [0x7f, 0xff])]
  switch (value) {
    case i32:
      return i32Const(pick(rng, [0, 1, -1, small(), 0x7fff_ffff, -0x8000_0000, 65_535, rng.u32() | 0]))
    case i64:
      return [0x42, pick(rng, [0, 1, 0x7f, small()])]
    case f32:
      return [0x43, ...pick(rng, [odd32, [0, 0, 0x80, 0x3f], [0, 0, 0x80, 0x7f], [0, 0, 0, 0x80], bytes(rng, 4)])]
    case f64:
      return [
        0x44,
        ...pick(rng, [odd64, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], [0, 0, 0, 0, 0, 0, 0xf0, 0x7f], bytes(rng, 8)]),
      ]
    case v128:
      return [
        0xfd,
        12,
        ...pick(rng, [[...odd32, ...odd32, ...odd64], [...odd64, ...odd64], bytes(rng, 16), Array(16).fill(0)]),
      ]
  }
}

const localOf = ({ rng, locals }: Context, value: ValueType): number =>
  pick(
    rng,
    locals.flatMap((one, i) => (one === value ? [i] : [])),
  )

/** Code that leaves one value of this type. */
function expression(context: Context, value: ValueType, depth: number): number[] {
  const { rng } = context
  if (depth <= 0 || --context.nodes <= 0) return leaf(context, value)
  const inner = (of: ValueType): number[] => expression(context, of, depth - 1)
  const chance = rng.below(20)
  if (chance < 2) return leaf(context, value)
  if (chance < 12) {
    const { code, takes, mayTrap } = pick(rng, rng.chance(300) ? rounding(value) : giving(value))
    if (mayTrap && rng.chance(900)) return leaf(context, value)
    return [...takes.flatMap(inner), ...code(rng)]
  }
  if (chance < 14) return load(context, value, depth)
  if (chance < 15) return [...inner(value), 0x22, localOf(context, value)]
  if (chance < 16)
    return [0x02, value, ...within(context, [value], () => [...statements(context, depth - 1), ...inner(value)]), 0x0b]
  if (chance < 17) {
    const arm = (): number[] => within(context, [value], () => inner(value))
    return [...inner(i32), 0x04, value, ...arm(), 0x05, ...arm(), 0x0b]
  }
  if (chance < 18) return calling(context, depth, [value]) ?? inner(value)
  if (value !== i32) return inner(value)
  return pick(rng, [
    () => [...i32Const(rng.below(3)), 0x40, 0], // memory.grow
    () => [0xd0, 0x70, ...i32Const(rng.below(5)), 0xfc, 15, 0], // table.grow
    () => [0xfc, 16, 0], // table.size
    () => [...entry(context, depth), 0x25, 0, 0xd1], // table.get, ref.is_null
    () => [0xd2, rng.below(context.functions.length), 0xd1],
  ])()
}

function leaf(context: Context, value: ValueType): number[] {
  const { rng } = context
  const chance = rng.below(5)
  if (chance < 2) return [0x20, localOf(context, value)]
  return chance < 3 ? [0x23, globals.indexOf(value)] : constant(rng, value)
}

function load(context: Context, value: ValueType, depth: number): number[] {
  const { rng } = context
  if (value === v128 && rng.chance(200)) {
    const { code, lane = 1 } = pick(rng, laneLoads)
    return [...address(context, depth), ...expression(context, v128, depth - 1), ...code, 0, 0, rng.below(lane)]
  }
  const { code } = pick(
    rng,
    loads.filter((one) => one.value === value),
  )
  return [...address(context, depth), ...code, 0, ...u32Bytes(rng.chance(5) ? 70_000 : rng.below(64))]
}

/** Mostly within memory. */
function address(context: Context, depth: number): number[] {
  const at = expression(context, i32, depth - 1)
  return context.rng.chance(5) ? at : [...at, ...i32Const(0x7fff), 0x71]
}
const entry = (context: Context, depth: number): number[] => {
  const at = expression(context, i32, depth - 1)
  return context.rng.chance(5) ? at : [...at, ...i32Const(tableEntries - 1), 0x71]
}

/** What a label, a block or a call has left on the stack goes into locals or is dropped, the last first. */
const put = (context: Context, values: readonly ValueType[]): number[] =>
  values.toReversed().flatMap((value) => (context.rng.chance(500) ? [0x21, localOf(context, value)] : [0x1a]))

function within(context: Context, of: readonly ValueType[], make: () => number[], isLoop = false): number[] {
  context.labels.push({ types: of, isLoop })
  const code = make()
  context.labels.pop()
  return code
}

/** A call of something that gives this, or of anything. Undefined where there is no such function. */
function calling(context: Context, depth: number, gives?: readonly ValueType[]): number[] | undefined {
  const { rng, functions, listed, index } = context
  const fits = (one: number): boolean => !gives || types[one]!.results.join() === gives.join()
  const given = (one: number): number[] => [
    ...types[one]!.params.flatMap((param) => expression(context, param, depth - 1)),
  ]
  const rest = (one: number): number[] => (gives ? [] : put(context, types[one]!.results))
  if (rng.chance(300)) {
    const wanted = [...types.keys()].filter(fits)
    if (wanted.length === 0) return undefined
    const one = pick(rng, wanted)
    const places = listed.flatMap((to, i) => (functions[to] === one && (to < imported || to > index) ? [i + 1] : []))
    if (places.length === 0 && rng.chance(950)) return undefined
    const at = rng.chance(50) ? entry(context, depth) : i32Const(pick(rng, places.length > 0 ? places : [0]))
    return [...given(one), ...at, 0x11, one, 0, ...rest(one)]
  }
  // Mostly those behind it, so that most programs come to their end.
  const candidates = [...functions.keys()].filter(
    (to) => (to < imported || to > index || rng.chance(60)) && fits(functions[to]!),
  )
  if (candidates.length === 0) return undefined
  const to = pick(rng, candidates)
  return [...given(functions[to]!), 0x10, to, ...rest(functions[to]!)]
}

/** Code that leaves the stack as it was, or never comes to its end. */
function statement(context: Context, depth: number): number[] {
  const { rng } = context
  if (depth <= 0 || --context.nodes <= 0) return [0x01]
  const value = pick(rng, valueTypes)
  const inner = (of: ValueType): number[] => expression(context, of, depth - 1)
  const chance = rng.below(24)
  if (chance < 4) return [...inner(value), 0x21, localOf(context, value)]
  if (chance < 6) return [...inner(value), 0x24, globals.indexOf(value)]
  if (chance < 7) return [...inner(value), 0x1a]
  if (chance < 10) return store(context, depth)
  if (chance < 12) return bulk(context, depth)
  if (chance < 15) return calling(context, depth) ?? [0x01]
  if (chance < 17) return block(context, depth)
  if (chance < 19) return loop(context, depth)
  if (chance < 20) {
    const arm = (): number[] => within(context, [], () => statements(context, depth - 1))
    return [...inner(i32), 0x04, 0x40, ...arm(), ...(rng.chance(500) ? [0x05, ...arm()] : []), 0x0b]
  }
  if (chance < 23) return branch(context, depth)
  return rng.chance(30) ? [0x00] : [0x01]
}

function store(context: Context, depth: number): number[] {
  const { rng } = context
  const isLane = rng.chance(150)
  const { code, value, lane = 1 } = pick(rng, isLane ? laneStores : stores)
  const written = [...address(context, depth), ...expression(context, value, depth - 1), ...code, 0]
  return isLane ? [...written, 0, rng.below(lane)] : [...written, ...u32Bytes(rng.below(64))]
}

function bulk(context: Context, depth: number): number[] {
  const { rng } = context
  const count = (most: number): number[] => (rng.chance(15) ? expression(context, i32, 1) : i32Const(rng.below(most)))
  const at = (): number[] => address(context, depth)
  const near = (): number[] => entry(context, depth)
  const reference = (): number[] => (rng.chance(300) ? [0xd0, 0x70] : [0xd2, rng.below(context.functions.length)])
  return pick(rng, [
    () => [...at(), ...expression(context, i32, 1), ...count(200), 0xfc, 11, 0],
    () => [...at(), ...at(), ...count(200), 0xfc, 10, 0, 0],
    () => [...at(), ...i32Const(rng.below(4)), ...count(12), 0xfc, 8, 1, 0],
    () => (rng.chance(200) ? [0xfc, 9, 1] : [0x01]),
    () => [...near(), ...reference(), 0x26, 0],
    () => [...near(), ...reference(), ...count(4), 0xfc, 17, 0],
    () => [...near(), ...near(), ...count(4), 0xfc, 14, 0, 0],
    () => [...near(), ...i32Const(0), ...count(4), 0xfc, 12, 1 + rng.below(2), 0],
    () => (rng.chance(200) ? [0xfc, 13, 1] : [0x01]),
  ])()
}

/** Of no type, of one value, or of a type with parameters. */
function block(context: Context, depth: number): number[] {
  const { rng } = context
  const chance = rng.below(3)
  const inside = (of: Type): number[] =>
    within(context, of.results, () => [
      ...put(context, of.params),
      ...statements(context, depth - 1),
      ...of.results.flatMap((result) => expression(context, result, depth - 1)),
    ])
  if (chance === 0) return [0x02, 0x40, ...inside(type([])), 0x0b]
  if (chance === 1) {
    const value = pick(rng, valueTypes)
    return [0x02, value, ...inside(type([], [value])), 0x0b, ...put(context, [value])]
  }
  const index = rng.below(types.length)
  const of = types[index]!
  const given = of.params.flatMap((param) => expression(context, param, depth - 1))
  return [...given, 0x02, index, ...inside(of), 0x0b, ...put(context, of.results)]
}

/** Goes round a few times by a counter of its own, and sometimes takes a parameter. */
function loop(context: Context, depth: number): number[] {
  const { rng } = context
  if (context.loops === loopCounters) return [0x01]
  const counter = context.counters + context.loops++
  const param = rng.chance(300)
    ? pick(
        rng,
        types.filter(({ params, results }) => params.length > 0 && results.length === 1),
      )
    : undefined
  const params = param?.params ?? []
  const given = (): number[] => params.flatMap((one) => expression(context, one, depth - 1))
  const again = (): number[] => [0x20, counter, ...i32Const(1), 0x6b, 0x22, counter, ...i32Const(0), 0x4a, 0x0d, 0]
  const code = [
    ...i32Const(rng.below(6)),
    ...[0x21, counter],
    ...given(),
    ...(param ? [0x03, types.indexOf(param)] : [0x03, 0x40]),
    ...within(
      context,
      params,
      () => [
        ...put(context, params),
        ...statements(context, depth - 1),
        ...[...given(), ...again(), ...put(context, params)],
        ...(param?.results ?? []).flatMap((result) => expression(context, result, depth - 1)),
      ],
      true,
    ),
    0x0b,
    ...put(context, param?.results ?? []),
  ]
  context.loops--
  return code
}

function branch(context: Context, depth: number): number[] {
  const { rng, labels } = context
  const given = (of: readonly ValueType[]): number[] => of.flatMap((value) => expression(context, value, depth - 1))
  if (rng.chance(150)) return [...given(labels[0]!.types), 0x0f]
  // Back to a loop seldom: it goes round by its counter.
  const open = [...labels.keys()].filter((i) => !labels[i]!.isLoop || rng.chance(50))
  const target = pick(rng, open.length > 0 ? open : [0])
  const of = labels[target]!.types
  const label = labels.length - 1 - target
  if (rng.chance(300)) return [...given(of), 0x0c, label]
  if (rng.chance(600)) return [...given(of), ...expression(context, i32, depth - 1), 0x0d, label, ...put(context, of)]
  const alike = open.filter((i) => labels[i]!.types.join() === of.join()).map((i) => labels.length - 1 - i)
  const listed = Array.from({ length: rng.below(4) }, () => pick(rng, alike.length > 0 ? alike : [label]))
  return [...given(of), ...expression(context, i32, depth - 1), 0x0e, listed.length, ...listed, label]
}
