import type { Checked } from '../activity/checking.ts'
import type { Did } from '../wire/schema.ts'
import type { Providers } from './checking.ts'
import { isIndependentOf } from './independent.ts'
import { checkPpm, knownPpm, millionth } from './redundancy.ts'

/** So many answers are kept that others agreed on: recent ones, for what a provider gets next is alike. */
const mostKnown = 64

type Known = { readonly index: number; readonly digest: string; readonly agreed: readonly Did[] }

/** KN2: tasks whose answer is known, given to providers who cannot tell them from others. */
export function createKnownTasks(providers: Providers) {
  let known: Known[] = []
  /** Where the next is put once there are as many as are kept. */
  let next = 0
  const seen = new Map<Did, Uint8Array>()
  /** With whom they are out, by their task. */
  const out = new Map<Did, Map<number, string>>()

  function hasSeen(provider: Did, index: number): boolean {
    const bits = seen.get(provider)
    return bits !== undefined && ((bits[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  function note(provider: Did, index: number): void {
    const at = index >>> 3
    let bits = seen.get(provider) ?? new Uint8Array(64)
    if (at >= bits.length) {
      const longer = new Uint8Array(Math.max(at + 1, bits.length * 2))
      longer.set(bits)
      bits = longer
    }
    bits[at] = (bits[at] ?? 0) | (1 << (index & 7))
    seen.set(provider, bits)
  }

  /** How often in a million tasks of this provider. */
  function ppmOf(provider: Did): number {
    const { isDear } = providers
    return knownPpm(checkPpm({ track: providers.trackOf(provider), held: providers.heldTasks(provider), isDear }))
  }

  function oneFor(provider: Did): Known | undefined {
    const fit = known.filter(
      ({ index, agreed }) => !hasSeen(provider, index) && isIndependentOf(providers, provider, agreed),
    )
    return fit[fit.length > 0 ? providers.rng.below(fit.length) : 0]
  }

  return {
    /** A task came to its end. Of what one alone said, nothing is known. */
    ended(index: number, { how, digest, agreed }: Checked): void {
      if (how !== 'agreed' || agreed.length < 2) return
      known[next] = { index, digest, agreed }
      next = (next + 1) % mostKnown
    },
    /** These results are not believed any longer. */
    lost(indexes: readonly number[]): void {
      const gone = new Set(indexes)
      known = known.filter(({ index }) => !gone.has(index))
      next = known.length % mostKnown
      for (const tasks of out.values()) for (const index of gone) tasks.delete(index)
    },
    /** A provider has seen this task. */
    handed: note,
    /** Which it gets now, among so many tasks. */
    draw(provider: Did, most: number): readonly number[] {
      const drawn: number[] = []
      if (known.length === 0 || providers.isOwn?.(provider)) return drawn
      const ppm = ppmOf(provider)
      for (let n = 0; n < most; n++) {
        const one = providers.rng.below(millionth) < ppm ? oneFor(provider) : undefined
        if (!one) continue
        note(provider, one.index)
        const tasks = out.get(provider) ?? new Map<number, string>()
        tasks.set(one.index, one.digest)
        out.set(provider, tasks)
        drawn.push(one.index)
      }
      return drawn
    },
    /** @returns whether that is the answer; undefined where it is not known any longer */
    answered(provider: Did, index: number, digest: string | undefined): boolean | undefined {
      const right = out.get(provider)?.get(index)
      out.get(provider)?.delete(index)
      return right === undefined || digest === undefined ? undefined : right === digest
    },
    /** KN4: by which others are handed out too. */
    chance: providers.rng,
    /** Where one of them goes among so many: nobody may foresee it. */
    placeAmong: (places: number): number => providers.rng.below(places),
    /** It has none of them any more. */
    left: (provider: Did): void => void out.delete(provider),
  }
}
export type KnownTasks = ReturnType<typeof createKnownTasks>
