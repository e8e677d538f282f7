import type { PreparedComponent } from '../../activity/component-prepare.ts'
import type { DeployCode } from '../../activity/runtime.ts'
import type { Kit, KitName } from '../../activity/worker-messages.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { giveKits, giveRuns, type Run, type Seat } from './seat.ts'
import type { WorkerHost } from './worker-host.ts'

/** What a pool's workers need for components: each kit is loaded once, when the first component comes. */
export type KitStore = {
  /** For this component: itself where it was prepared before, else what a worker that is to prepare it needs. */
  find(cid: string, memoryPages: number): Promise<Result<Found, DeployCode>>
  /** Of the idle workers the one that has the kits already, if any. */
  best(seats: readonly Seat[]): Seat | undefined
  /** Gives a worker these runs, and before them what it needs for them. */
  giveRuns(seat: Seat, runs: readonly Run[], now: number): void
}
export type Found = {
  readonly program?: PreparedComponent | undefined
  readonly kits: readonly Kit[]
  /** Keeps it for the next visit. */
  keep(program: unknown): void
}

export function kitStore({ kit, prepared }: WorkerHost): KitStore {
  const kits = new Map<KitName, Kit>()
  async function load(name: KitName): Promise<Kit> {
    const known = kits.get(name) ?? (await kit?.(name))
    if (!known) throw new Error('no components here')
    kits.set(name, known)
    return known
  }
  return {
    async find(cid, memoryPages) {
      if (!kit) return refuse('runtime-not-offered', { runtime: 'component' })
      try {
        const host = await load('component-host')
        const key = `${host.version} ${memoryPages} ${cid}`
        const program = await prepared?.read(key)
        return ok({
          program,
          kits: program ? [] : [host, await load('component-generator')],
          keep: (made) => void prepared?.write(key, made as PreparedComponent),
        })
      } catch (cause) {
        return refuse('start-failed', { reason: cause instanceof Error ? cause.message.slice(0, 200) : 'not loaded' })
      }
    },
    best: (seats) => seats.find(({ kits: given }) => given.has('component-generator')) ?? seats[0],
    giveRuns(seat, runs, now) {
      const host = kits.get('component-host')
      if (host && runs.some(({ deployment }) => deployment.program.runtime === 'component')) giveKits(seat, [host])
      giveRuns(seat, runs, now)
    },
  }
}

/** Of a program that is no component. */
export const nothingFound: Found = { kits: [], keep: () => {} }
