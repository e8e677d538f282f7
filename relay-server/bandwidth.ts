import { secondMs } from '../src/kernel/time.ts'

/** Something that can be told to stop reading for a while. */
export type Valve = { hold(why: string): void; release(why: string): void }

export type Bandwidth = { spend(bytes: number, valve: Valve): void; stop(): void }

/**
 * One token bucket for everything relayed. Bytes that were already read are forwarded and owed; whoever sent them is read
 * again once the debt is paid, so that the mean obeys the cap and nothing is dropped.
 * @param bytesPerSecond 0 for no cap
 */
export function createBandwidth(bytesPerSecond: number, now: () => number = () => performance.now()): Bandwidth {
  const held = new Set<Valve>()
  let tokens = bytesPerSecond // one second's worth may go at once: control messages come in bursts
  let at = now()
  let timer: NodeJS.Timeout | undefined

  const refill = (): void => {
    const time = now()
    tokens = Math.min(bytesPerSecond, tokens + ((time - at) * bytesPerSecond) / secondMs)
    at = time
  }
  const settle = (): void => {
    timer = undefined
    refill()
    if (tokens < 0) {
      wait()
      return
    }
    for (const valve of held) valve.release('cap')
    held.clear()
  }
  const wait = (): void => {
    timer ??= setTimeout(settle, Math.ceil((-tokens * secondMs) / bytesPerSecond) + 1)
  }

  return {
    spend: (bytes, valve) => {
      if (bytesPerSecond === 0) return
      refill()
      tokens -= bytes
      if (tokens >= 0) return
      valve.hold('cap')
      held.add(valve)
      wait()
    },
    stop: () => clearTimeout(timer),
  }
}
