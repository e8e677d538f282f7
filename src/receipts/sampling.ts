import type { Did } from '../wire/schema.ts'

const all = 1_000

/**
 * WN1: which tasks of a provider others compute too: of as many as make one by that share, one, wherever among them. So the share is what was asked
 * for however many tasks come under one receipt, nobody goes on for longer than twice as many without one, and nobody foresees which.
 * @param permille above 0
 */
export function createSampling(permille: number, rng: { below(n: number): number }) {
  /** How far each provider is among the tasks that make one, and where in them the next is. */
  const places = new Map<Did, { at: number; point: number }>()

  return function isDrawn(provider: Did): boolean {
    const place = places.get(provider) ?? { at: 0, point: rng.below(all) }
    places.set(provider, place)
    const from = place.at
    place.at += permille
    const isHere = place.point >= from && place.point < place.at
    if (place.at < all) return isHere
    place.at -= all
    place.point = rng.below(all)
    return isHere || place.point < place.at
  }
}
