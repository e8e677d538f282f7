import type { PreparedPrograms } from '../workers/worker-host.ts'
import { openPreparedDatabase, type PreparedDatabase } from './database.ts'

/** Some 300 KB each: a provider serves a few jobs at a time, and comes back to some of them. */
const mostKept = 16

/** What was prepared, across reloads: it takes a generator of a megabyte and some tenths of a second. */
export function preparedStore(now: () => number): PreparedPrograms {
  let opening: Promise<PreparedDatabase> | undefined
  const open = (): Promise<PreparedDatabase> => (opening ??= openPreparedDatabase())
  return {
    async read(key) {
      try {
        const database = await open()
        const found = await database.get('programs', key)
        if (found) await database.put('programs', { ...found, usedAt: now() })
        return found?.program
      } catch {
        return undefined
      }
    },
    async write(key, program) {
      try {
        const database = await open()
        await database.put('programs', { key, usedAt: now(), program })
        const all = await database.getAllKeysFromIndex('programs', 'usedAt') // the one used longest ago first
        for (const old of all.slice(0, -mostKept)) await database.delete('programs', old)
      } catch {
        // No room, or no storage at all.
      }
    },
  }
}
