import { seeded } from '../../kernel/rng.ts'

export type TilePattern = {
  /** Degrees on the colour circle; the two are a third of the circle or more apart. */
  readonly hues: readonly [number, number]
  /** Five rows of five: 0 unlit, 1 first colour, 2 second; left and right mirror each other, as faces do. */
  readonly cells: readonly number[]
}

/** The same pattern for the same identity on every machine, so that people know a peer by sight. */
export function patternOf(id: string): TilePattern {
  const rng = seeded(hashOf(id))
  const hue = rng.below(360)
  const cells = new Array<number>(25).fill(0)
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 3; column++) {
      const lit = rng.chance(600) ? 1 + rng.below(2) : 0
      cells[row * 5 + column] = lit
      cells[row * 5 + 4 - column] = lit
    }
  }
  return { hues: [hue, (hue + 120 + rng.below(120)) % 360], cells }
}

/** Eight calm hues: more could not be told apart on a wall of small tiles. */
const wallHues = [150, 205, 265, 320, 25, 50, 100, 180]
/** The hue of a job on the wall. */
export const jobHue = (job: string): number => wallHues[hashOf(job) % wallHues.length]!

/** FNV-1a over the UTF-16 units. Source: Fowler, Noll, Vo. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
