import type { Timestamp } from '../../kernel/time.ts'

/** One alarm a key; a new one for the same key moves it. */
export type Timers = {
  set(key: string, at: Timestamp): void
  stop(): void
}

/** The platform's own limit of a delay; a later alarm is set again when this one rings. */
const longestDelayMs = 2 ** 31 - 1

export function createTimers(now: () => Timestamp, ring: (key: string) => void): Timers {
  const alarms = new Map<string, { at: Timestamp; handle: ReturnType<typeof setTimeout> }>()

  function arm(key: string, at: Timestamp): void {
    const delayMs = Math.min(Math.max(0, at - now()), longestDelayMs)
    const handle = setTimeout(() => {
      alarms.delete(key)
      if (now() < at) arm(key, at)
      else ring(key)
    }, delayMs)
    alarms.set(key, { at, handle })
  }

  return {
    set(key, at) {
      const known = alarms.get(key)
      if (known?.at === at) return
      if (known) clearTimeout(known.handle)
      arm(key, at)
    },
    stop() {
      for (const { handle } of alarms.values()) clearTimeout(handle)
      alarms.clear()
    },
  }
}
