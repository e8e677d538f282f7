import type { EventLog } from '../adapters/storage.port.ts'

/** Bytes moved for others today, kept over reloads. A day is UTC's: a cap needs a fixed one, not a friendly one. */
export type DataUse = {
  usedBytes(): number
  /** Adds what was moved since the last call. */
  add(bytes: number): void
}

type Kept = { readonly day: number; readonly bytes: number }
const setting = 'data-use'
const dayMs = 86_400_000
/** Written this often: what a closed tab forgets is at most so many seconds of traffic. */
const writeEveryMs = 10_000

export async function createDataUse(log: EventLog, now: () => number): Promise<DataUse> {
  const today = (): number => Math.floor(now() / dayMs)
  const kept = (await log.readSetting(setting).catch(() => undefined)) as Kept | undefined
  let day = today()
  let bytes = kept?.day === day ? kept.bytes : 0
  let writtenAt = now()
  return {
    usedBytes() {
      return day === today() ? bytes : 0
    },
    add(more) {
      if (day !== today()) bytes = 0
      day = today()
      bytes += more
      if (more === 0 || now() - writtenAt < writeEveryMs) return
      writtenAt = now()
      // A figure that could not be kept is counted again from less: no reason to disturb anybody.
      void log.writeSetting(setting, { day, bytes } satisfies Kept).catch(() => {})
    },
  }
}
