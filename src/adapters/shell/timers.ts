import type { Timestamp } from '../../kernel/time.ts'
import type { SteadyTimers } from '../timer-worker.ts'

/** One alarm a key; a new one for the same key moves it. */
export type Timers = {
  set(key: string, at: Timestamp): void
  stop(): void
}

export function createTimers(steady: SteadyTimers, now: () => Timestamp, ring: (key: string) => void): Timers {
  const alarms = new Map<string, { at: Timestamp; takeBack: () => void }>()

  function arm(key: string, at: Timestamp): void {
    const takeBack = steady.after(at - now(), () => {
      alarms.delete(key)
      // Longer waits than the platform's longest, and clocks set back, ring early.
      if (now() < at) arm(key, at)
      else ring(key)
    })
    alarms.set(key, { at, takeBack })
  }

  return {
    set(key, at) {
      const known = alarms.get(key)
      if (known?.at === at) return
      known?.takeBack()
      arm(key, at)
    },
    stop() {
      for (const { takeBack } of alarms.values()) takeBack()
      alarms.clear()
    },
  }
}
