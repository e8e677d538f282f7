import type { DeployCode } from '../../activity/runtime.ts'
import type { Kit, KitName } from '../../activity/worker-messages.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { giveKits, giveRuns, type Run, type Seat } from './seat.ts'
import type { WorkerHost } from './worker-host.ts'

/** What a pool's workers need for components: each kit is loaded once, when the first component comes. */
export type KitStore = {
  /** Both: of a worker that is to prepare one. */
  load(): Promise<Result<readonly Kit[], DeployCode>>
  /** Of the idle workers the one that has them already, if any. */
  best(seats: readonly Seat[]): Seat | undefined
  /** Gives a worker these runs, and before them what it needs for them. */
  giveRuns(seat: Seat, runs: readonly Run[], now: number): void
}

const names = ['component-host', 'component-generator'] as const

export function kitStore({ kit }: WorkerHost): KitStore {
  const kits = new Map<KitName, Kit>()
  return {
    async load() {
      if (!kit) return refuse('runtime-not-offered', { runtime: 'component' })
      try {
        const loaded = await Promise.all(names.map(async (name) => kits.get(name) ?? kit(name)))
        for (const one of loaded) kits.set(one.name, one)
        return ok(loaded)
      } catch (cause) {
        return refuse('start-failed', { reason: cause instanceof Error ? cause.message.slice(0, 200) : 'not loaded' })
      }
    },
    best: (seats) => seats.find((one) => one.kits.size === names.length) ?? seats[0],
    giveRuns(seat, runs, now) {
      const host = kits.get('component-host')
      if (host && runs.some(({ deployment }) => deployment.program.runtime === 'component')) giveKits(seat, [host])
      giveRuns(seat, runs, now)
    },
  }
}
