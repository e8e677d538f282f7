import { type Form, isForm } from './script.ts'
import type { Ending } from './world.ts'

const canonical32 = 0x7fc0_0000
const canonical64 = 0x7ff8_0000_0000_0000n

/**
 * Where the suite says that some NaN comes out, a deterministic program gives the canonical one.
 * @param expected what an assertion says of the results, such as `(f32.const nan:arithmetic)`
 * @returns what came instead, if it did
 */
export function canonicalBits(expected: readonly Form[], ending: Ending): string | undefined {
  if ('trap' in ending) return undefined
  let at = 0
  for (const { items } of expected) {
    const [type] = (items[0] as string).split('.')
    const patterns = items.filter((item): item is string => !isForm(item)).slice(1)
    const values = ending.values.slice(at, at + (type === 'v128' ? 2 : 1))
    at += values.length
    const lane = type === 'v128' ? patterns.shift() : type
    const width = lane?.startsWith('f32') ? 32 : 64
    for (const [i, pattern] of patterns.entries()) {
      if (!/^nan:(?:canonical|arithmetic)$/.test(pattern)) continue
      const bits = type === 'v128' ? laneOf(values as bigint[], i, width) : unsigned(values[0])
      if (bits !== (width === 32 ? BigInt(canonical32) : canonical64)) return `${type} lane ${i}: ${bits?.toString(16)}`
    }
  }
  return undefined
}

function laneOf(halves: readonly bigint[], lane: number, width: number): bigint {
  const at = lane * width
  return BigInt.asUintN(width, halves[at >> 6]! >> BigInt(at & 63))
}

const unsigned = (value: unknown): bigint | undefined => {
  if (typeof value === 'number') return BigInt(value >>> 0)
  return typeof value === 'bigint' ? BigInt.asUintN(64, value) : undefined
}
