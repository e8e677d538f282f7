/** How long workers were busy, in all and of late: 30 s, the window in which the CPU share is judged. */
export type BusyLog = {
  readonly windowMs: number
  /** One task's time, ms on the host's clock. */
  add(from: number, to: number): void
  /** Milliseconds of the window before `now`, all workers together. */
  lately(now: number): number
  /** How much of from..to lies in the window before `now`. */
  within(from: number, to: number, now: number): number
  total(): number
  count(): number
}

const windowMs = 30_000
/** Slots of half a second: an error of at most a sixtieth at the window's far end. */
const slotMs = 500
const slots = windowMs / slotMs

export function busyLog(): BusyLog {
  const busy = new Float64Array(slots)
  const slotOf = new Float64Array(slots).fill(-1)
  let totalMs = 0
  let tasks = 0

  function put(slot: number, durationMs: number): void {
    const at = slot % slots
    if (slotOf[at] !== slot) {
      slotOf[at] = slot
      busy[at] = 0
    }
    busy[at]! += durationMs
  }

  return {
    windowMs,
    add(from, to) {
      totalMs += to - from
      tasks++
      const first = Math.max(Math.floor(from / slotMs), Math.floor(to / slotMs) - slots + 1)
      for (let slot = first; slot * slotMs < to; slot++) {
        put(slot, Math.min(to, (slot + 1) * slotMs) - Math.max(from, slot * slotMs))
      }
    },
    lately(now) {
      const oldest = Math.floor(now / slotMs) - slots + 1
      return busy.reduce((sum, durationMs, at) => (slotOf[at]! >= oldest ? sum + durationMs : sum), 0)
    },
    within: (from, to, now) => Math.max(0, to - Math.max(from, now - windowMs)),
    total: () => totalMs,
    count: () => tasks,
  }
}
