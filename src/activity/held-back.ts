import type { Did } from '../wire/schema.ts'
import type { Checked } from './checking.ts'

/** So many results of a provider are not paid for: behind as many more that held, one counts as good. */
export const heldBackTasks = 60

const restsOnIt = (how: Checked['how']): boolean => how === 'single' || how === 'unverified'

/** SC15: which of a provider's last results in this job rest on its word alone. */
export function createHeldBack() {
  /** Of each provider its last results, in a ring; those that were compared have no index. */
  const recent = new Map<Did, { readonly results: (number | undefined)[]; next: number }>()
  return {
    ended(index: number, { how, agreed }: Checked): void {
      for (const provider of agreed) {
        let ring = recent.get(provider)
        if (!ring) {
          ring = { results: [], next: 0 }
          recent.set(provider, ring)
        }
        ring.results[ring.next] = restsOnIt(how) ? index : undefined
        ring.next = (ring.next + 1) % heldBackTasks
      }
    },
    /** Its result is not believed any longer, whoever's word that was. */
    undone(index: number): void {
      for (const { results } of recent.values())
        for (const [i, one] of results.entries()) if (one === index) results[i] = undefined
    },
    /** Whoever is found wrong once is believed in none of these. @returns the oldest first */
    lost(provider: Did): readonly number[] {
      const { results, next } = recent.get(provider) ?? { results: [], next: 0 }
      recent.delete(provider)
      return [...results.slice(next), ...results.slice(0, next)].filter((index) => index !== undefined)
    },
  }
}
