import { describe, expect, it } from 'vitest'
import { type Timestamp, timestamp } from '../../kernel/time.ts'
import type { SteadyTimers } from '../timer-worker.ts'
import { createTimers } from './timers.ts'

/** Timers and a clock that a test turns; the platform's longest wait is 1,000 ms here. */
function handTurned() {
  const waiting = new Map<number, { at: number; ring: () => void }>()
  let clock = 0
  let last = 0
  const steady: SteadyTimers = {
    after(delayMs, ring) {
      const id = ++last
      waiting.set(id, { at: clock + Math.min(delayMs, 1_000), ring })
      return () => void waiting.delete(id)
    },
    stop: () => waiting.clear(),
  }
  return {
    steady,
    now: (): Timestamp => timestamp(clock),
    set: (ms: number) => {
      clock = ms
    },
    pass(ms: number) {
      const end = clock + ms
      for (;;) {
        const [id, next] = [...waiting].sort(([, a], [, b]) => a.at - b.at)[0] ?? []
        if (id === undefined || !next || next.at > end) break
        waiting.delete(id)
        clock = Math.max(clock, next.at)
        next.ring()
      }
      clock = end
    },
    waiting: () => waiting.size,
  }
}

describe('timers', () => {
  it('ring once, at their time', () => {
    const { steady, now, pass } = handTurned()
    const rung: string[] = []
    const timers = createTimers(steady, now, (key) => rung.push(`${key} ${now()}`))
    timers.set('b', timestamp(300))
    timers.set('a', timestamp(100))
    pass(99)
    expect(rung).toEqual([])
    pass(1_000)
    expect(rung).toEqual(['a 100', 'b 300'])
  })

  it('have one alarm a key: a new time moves it, the same changes nothing', () => {
    const { steady, now, pass, waiting } = handTurned()
    const rung: string[] = []
    const timers = createTimers(steady, now, (key) => rung.push(`${key} ${now()}`))
    for (const at of [500, 200, 200]) timers.set('a', timestamp(at))
    expect(waiting()).toBe(1)
    pass(1_000)
    expect(rung).toEqual(['a 200'])
  })

  it('wait on where the platform rings early, for a wait too long for it or a clock that was set back', () => {
    const { steady, now, pass, set } = handTurned()
    const rung: string[] = []
    const timers = createTimers(steady, now, (key) => rung.push(`${key} ${now()}`))
    timers.set('long', timestamp(3_500))
    pass(3_499)
    expect(rung).toEqual([])
    pass(1)
    expect(rung).toEqual(['long 3500'])
    timers.set('late', timestamp(4_000))
    set(2_000)
    pass(2_000)
    expect(rung.at(-1)).toBe('late 4000')
  })

  it('ring at once what is past, and nothing after a stop', () => {
    const { steady, now, pass, waiting } = handTurned()
    const rung: string[] = []
    const timers = createTimers(steady, now, (key) => rung.push(key))
    timers.set('past', timestamp(0))
    pass(0)
    timers.set('coming', timestamp(10))
    timers.stop()
    pass(100)
    expect([rung, waiting()]).toEqual([['past'], 0])
  })
})
