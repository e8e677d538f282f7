/**
 * Seeded generator, sfc32 (Chris Doty-Humphrey, PractRand): the only chance in a pure room.
 * Not for keys, salts or anything that an adversary must not guess.
 */
export type Rng = {
  /** A whole number in [0, 2³²). */
  u32(): number
  /** A whole number in [0, n), 1 ≤ n ≤ 2³². */
  below(n: number): number
  /** True in `permille` of a thousand draws. */
  chance(permille: number): boolean
  /** An independent generator: forking keeps one consumer's draws from shifting another's. */
  fork(): Rng
}

export function seeded(seed: number): Rng {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = seed >>> 0
  let counter = 1
  const u32 = (): number => {
    const t = (a + b + counter++) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = ((c << 21) | (c >>> 11)) >>> 0
    c = (c + t) >>> 0
    return t
  }
  for (let round = 0; round < 12; round++) u32() // the author's own number of rounds to mix a seed
  return {
    u32,
    below: (n) => Math.floor((u32() / 2 ** 32) * n),
    chance: (permille) => u32() % 1000 < permille,
    fork: () => seeded(u32()),
  }
}
