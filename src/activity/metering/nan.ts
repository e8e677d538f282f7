import type { Operator } from './operator.ts'

/**
 * Results that may be a NaN whose bits an engine chooses. It is made the canonical one before anything can tell: at once where it is
 * kept, branched over or looked at as bits; not at all where the next arithmetic, comparison or truncation swallows it.
 */
export type NanType = 'f32' | 'f64' | 'f32x4' | 'f64x2'

export type NanTracker = {
  /** Told of every operator that can be reached, in order. @param next where the one behind it begins */
  see(operator: Operator, next: number): void
}

/** Effect of an operator on the values that wait on the stack; 0 for whatever may keep them or show them. */
const push = 1 // a value that is no NaN of an engine's choice
const change = 2 // takes one, gives one of that kind
const binary = 3 // takes two whole numbers, or compares two floats
const unary32 = 4
const unary64 = 5
const binary32 = 6
const binary64 = 7
const look = 8 // shows the bits of what it takes
const effects = new Uint8Array(256)
const each = (from: number, to: number, effect: number): void => void effects.fill(effect, from, to + 1)
each(0x20, 0x20, push) // local.get
each(0x23, 0x23, push)
each(0x28, 0x35, change) // loads
each(0x3f, 0x3f, push)
each(0x41, 0x44, push) // constants
each(0x45, 0x45, change)
each(0x46, 0x4f, binary)
each(0x50, 0x50, change)
each(0x51, 0x66, binary)
each(0x67, 0x69, change)
each(0x6a, 0x78, binary)
each(0x79, 0x7b, change)
each(0x7c, 0x8a, binary)
each(0x8b, 0x8c, look) // abs, neg
each(0x8d, 0x91, unary32)
each(0x92, 0x97, binary32)
each(0x98, 0x98, look) // copysign
each(0x99, 0x9a, look)
each(0x9b, 0x9f, unary64)
each(0xa0, 0xa5, binary64)
each(0xa6, 0xa6, look)
each(0xa7, 0xb5, change) // wrapping, truncation, conversion to f32
each(0xb6, 0xb6, unary32) // f32.demote_f64
each(0xb7, 0xba, change)
each(0xbb, 0xbb, unary64) // f64.promote_f32
each(0xbc, 0xbd, look) // reinterpretation as bits
each(0xbe, 0xc4, change)

const vectors = new Map<number, NanType>([
  ...[103, 104, 105, 106, 227, 228, 229, 230, 231, 232, 233, 94].map((sub) => [sub, 'f32x4'] as const),
  ...[116, 117, 122, 148, 239, 240, 241, 242, 243, 244, 245, 95].map((sub) => [sub, 'f64x2'] as const),
])

/** @param found told of each place behind which a NaN has to be made the canonical one, in order */
export function createNanTracker(found: (at: number, type: NanType) => void): NanTracker {
  /** Of the values on top of the stack: where the operator that made it ends, or 0 where it is no NaN of an engine's choice. */
  const waiting: { at: number; type: NanType }[] = []
  const plain = { at: 0, type: 'f64' as NanType }

  function settle(from: number): void {
    for (const { at, type } of waiting.splice(from)) if (at > 0) found(at, type)
  }
  function take(count: number): void {
    waiting.length = Math.max(0, waiting.length - count)
  }
  return {
    see({ opcode, sub }, next) {
      const effect = opcode === 0xfc && sub <= 7 ? change : effects[opcode]!
      switch (effect) {
        case push:
          return void waiting.push(plain)
        case change:
        case binary:
          take(effect === change ? 1 : 2)
          return void waiting.push(plain)
        case unary32:
        case binary32:
          take(effect === unary32 ? 1 : 2)
          return void waiting.push({ at: next, type: 'f32' })
        case unary64:
        case binary64:
          take(effect === unary64 ? 1 : 2)
          return void waiting.push({ at: next, type: 'f64' })
        case look:
          settle(0)
          return void waiting.push(plain)
      }
      settle(0)
      const vector = opcode === 0xfd ? vectors.get(sub) : undefined
      if (vector) found(next, vector)
    },
  }
}
