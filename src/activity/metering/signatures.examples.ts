import type { Rng } from '../../kernel/rng.ts'
import { u32Bytes } from '../module-reader.ts'

export const i32 = 0x7f
export const i64 = 0x7e
export const f32 = 0x7d
export const f64 = 0x7c
export const v128 = 0x7b
export type ValueType = typeof i32 | typeof i64 | typeof f32 | typeof f64 | typeof v128
export const valueTypes: readonly ValueType[] = [i32, i64, f32, f64, v128]

/** A plain operator: its bytes, what it takes from the stack and the one value that it gives. */
export type Signature = {
  readonly code: (rng: Rng) => readonly number[]
  readonly takes: readonly ValueType[]
  readonly gives: ValueType
  readonly mayTrap?: boolean
}

/** Divisions and truncations. */
const trapping = new Set([
  0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0xa8, 0xa9, 0xaa, 0xab, 0xae, 0xaf, 0xb0, 0xb1,
])
const all: Signature[] = []
const fixed = (code: readonly number[]) => () => code
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const add = (codes: readonly number[], takes: readonly ValueType[], gives: ValueType): void => {
  for (const code of codes) all.push({ code: fixed([code]), takes, gives, mayTrap: trapping.has(code) })
}

add([0x45, 0x67, 0x68, 0x69, 0xc0, 0xc1], [i32], i32)
add([...range(0x46, 0x4f), ...range(0x6a, 0x78)], [i32, i32], i32)
add([0x50, 0xa7], [i64], i32)
add(range(0x51, 0x5a), [i64, i64], i32)
add(range(0x5b, 0x60), [f32, f32], i32)
add(range(0x61, 0x66), [f64, f64], i32)
add([0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4], [i64], i64)
add(range(0x7c, 0x8a), [i64, i64], i64)
add(range(0x8b, 0x91), [f32], f32)
add(range(0x92, 0x98), [f32, f32], f32)
add(range(0x99, 0x9f), [f64], f64)
add(range(0xa0, 0xa6), [f64, f64], f64)
add([0xa8, 0xa9, 0xbc], [f32], i32)
add([0xaa, 0xab], [f64], i32)
add([0xac, 0xad], [i32], i64)
add([0xae, 0xaf], [f32], i64)
add([0xb0, 0xb1, 0xbd], [f64], i64)
add([0xb2, 0xb3, 0xbe], [i32], f32)
add([0xb4, 0xb5], [i64], f32)
add([0xb6], [f64], f32)
add([0xb7, 0xb8], [i32], f64)
add([0xb9, 0xba, 0xbf], [i64], f64)
add([0xbb], [f32], f64)
for (const [sub, takes, gives] of [
  [0, f32, i32],
  [1, f32, i32],
  [2, f64, i32],
  [3, f64, i32],
  [4, f32, i64],
  [5, f32, i64],
  [6, f64, i64],
  [7, f64, i64],
] as const)
  all.push({ code: fixed([0xfc, sub]), takes: [takes], gives })
all.push({ code: fixed([0x3f, 0]), takes: [], gives: i32 })
all.push({ code: fixed([0x1b]), takes: [i32, i32, i32], gives: i32 })
all.push({ code: fixed([0x1b]), takes: [f64, f64, i32], gives: f64 })
all.push({ code: fixed([0x1b]), takes: [v128, v128, i32], gives: v128 })
all.push({ code: fixed([0x1c, 1, f32]), takes: [f32, f32, i32], gives: f32 })

/** Vectors: 0xfd and a number. */
const vector = (subs: readonly number[], takes: readonly ValueType[], gives: ValueType, lanes = 0): void => {
  for (const sub of subs)
    all.push({
      code: (rng) => [0xfd, ...u32Bytes(sub), ...(lanes > 0 ? [rng.below(lanes)] : [])],
      takes,
      gives,
    })
}
all.push({ code: (rng) => [0xfd, 13, ...range(0, 15).map(() => rng.below(32))], takes: [v128, v128], gives: v128 })
vector([14, ...range(35, 76), 78, 79, 80, 81, 101, 102], [v128, v128], v128)
vector([...range(110, 115), ...range(118, 121), 123, 130, 133, 134], [v128, v128], v128)
vector([...range(142, 147), 149, ...range(150, 153), ...range(155, 159)], [v128, v128], v128)
vector([174, 177, 181, ...range(182, 186), ...range(188, 191), 206, 209, 213], [v128, v128], v128)
vector([...range(214, 223), 234, 235, 246, 247], [v128, v128], v128)
vector([77, 96, 97, 98, ...range(124, 129), ...range(135, 138), 160, 161, ...range(167, 170)], [v128], v128)
vector([192, 193, ...range(199, 202), 224, 225, 236, 237, ...range(248, 255)], [v128], v128)
const roundings = all.length
vector([94, 95, 103, 104, 105, 106, 116, 117, 122, 148, 227, 239], [v128], v128)
vector([...range(228, 233), ...range(240, 245)], [v128, v128], v128)
const afterRoundings = all.length
vector([82], [v128, v128, v128], v128)
vector([83, 99, 100, 131, 132, 163, 164, 195, 196], [v128], i32)
vector([107, 108, 109, 139, 140, 141, 171, 172, 173, 203, 204, 205], [v128, i32], v128)
vector([15, 16, 17], [i32], v128)
vector([18], [i64], v128)
vector([19], [f32], v128)
vector([20], [f64], v128)
vector([21, 22], [v128], i32, 16)
vector([24, 25], [v128], i32, 8)
vector([27], [v128], i32, 4)
vector([29], [v128], i64, 2)
vector([31], [v128], f32, 4)
vector([33], [v128], f64, 2)
vector([23], [v128, i32], v128, 16)
vector([26], [v128, i32], v128, 8)
vector([28], [v128, i32], v128, 4)
vector([30], [v128, i64], v128, 2)
vector([32], [v128, f32], v128, 4)
vector([34], [v128, f64], v128, 2)

/** Reads and writes of memory: the address comes first. */
export type Access = { readonly code: readonly number[]; readonly value: ValueType; readonly lane?: number }
const access = (codes: readonly number[], value: ValueType): Access[] => codes.map((code) => ({ code: [code], value }))
const wide = (subs: readonly number[]): Access[] => subs.map((sub) => ({ code: [0xfd, sub], value: v128 }))
export const loads: readonly Access[] = [
  ...access([0x28, ...range(0x2c, 0x2f)], i32),
  ...access([0x29, ...range(0x30, 0x35)], i64),
  ...access([0x2a], f32),
  ...access([0x2b], f64),
  ...wide([...range(0, 10), 92, 93]),
]
export const stores: readonly Access[] = [
  ...access([0x36, 0x3a, 0x3b], i32),
  ...access([0x37, 0x3c, 0x3d, 0x3e], i64),
  ...access([0x38], f32),
  ...access([0x39], f64),
  ...wide([11]),
]
/** Of a lane of a vector, with how many there are. */
export const laneLoads: readonly Access[] = [84, 85, 86, 87].map((sub, i) => ({
  code: [0xfd, sub],
  value: v128,
  lane: 16 >> i,
}))
export const laneStores: readonly Access[] = [88, 89, 90, 91].map((sub, i) => ({
  code: [0xfd, sub],
  value: v128,
  lane: 16 >> i,
}))

/** Plain operators by what they give. */
export const giving = (type: ValueType): readonly Signature[] => byResult.get(type)!
/** Those of vectors that may give a NaN of the engine's choice, and whatever else gives this type. */
export const rounding = (type: ValueType): readonly Signature[] =>
  type === v128 ? all.slice(roundings, afterRoundings) : giving(type)
const byResult = new Map(valueTypes.map((type) => [type, all.filter(({ gives }) => gives === type)]))
