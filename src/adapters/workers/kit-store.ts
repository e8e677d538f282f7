import type { PreparedComponent } from '../../activity/component-prepare.ts'
import type { PreparedProgram } from '../../activity/prepare.ts'
import type { DeployCode } from '../../activity/runtime.ts'
import type { Kit, KitName } from '../../activity/worker-messages.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { type Asked, giveKits, giveRuns, type Run, type Seat } from './seat.ts'
import type { WorkerHost } from './worker-host.ts'

type Prepared = Result<PreparedProgram, DeployCode>

/** What a pool's workers need for components: each kit is loaded once, when the first component comes. */
export type KitStore = {
  /** A component that was prepared in an earlier visit, or that `ask` has a worker prepare, which needs these. */
  prepare(cid: string, asked: Asked, ask: (needed: readonly Kit[]) => Promise<Prepared>): Promise<Prepared>
  /** Of the idle workers the one that has the kits already, if any. */
  best(seats: readonly Seat[]): Seat | undefined
  /** Gives a worker these runs, and before them what it needs for them. */
  giveRuns(seat: Seat, runs: readonly Run[], now: number): void
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
    async prepare(cid, { memoryPages, isDeterministic }, ask) {
      if (!kit) return refuse('runtime-not-offered', { runtime: 'component' })
      try {
        const host = await load('component-host')
        const key = [host.version, memoryPages, isDeterministic, cid].join(' ')
        const known = await prepared?.read(key)
        if (known) return ok(known)
        const made = await ask([host, await load('component-generator')])
        if (made.ok) void prepared?.write(key, made.value as PreparedComponent)
        return made
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
