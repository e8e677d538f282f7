import type { Did } from '../wire/schema.ts'
import type { Checked } from './checking.ts'

/** So many results of a provider are not paid for: behind as many more that held, one counts as good. */
export const heldBackTasks = 60

/** SC15: which of a provider's last results in this job rest on its word alone. */
export function createHeldBack() {
  /** Of each provider its last results, oldest first; those that were compared have no index. */
  const recent = new Map<Did, (number | undefined)[]>()
  return {
    ended(index: number, { how, agreed }: Checked): void {
      for (const provider of agreed) {
        const results = recent.get(provider) ?? []
        if (results.length === 0) recent.set(provider, results)
        results.push(how === 'single' ? index : undefined)
        if (results.length > heldBackTasks) results.shift()
      }
    },
    /** Whoever is found wrong once is believed in none of these. */
    lost(provider: Did): readonly number[] {
      const results = recent.get(provider) ?? []
      recent.delete(provider)
      return results.filter((index) => index !== undefined)
    },
  }
}
