import { isCoreKind } from '../../activity/module.ts'
import type { PreparedProgram } from '../../activity/prepare.ts'
import type { Arriving, Deployable, DeployCode } from '../../activity/runtime.ts'
import type { TaskLimits } from '../../activity/task.ts'
import type { Kit } from '../../activity/worker-messages.ts'
import { type Result, refuse } from '../../kernel/result.ts'
import { createArrivals } from './arrivals.ts'
import type { KitStore } from './kit-store.ts'
import { type Asked, askToPrepare, type Seat, stopReading } from './seat.ts'

type Prepared = Result<PreparedProgram, DeployCode>

/** The programs of a pool, each prepared once, by one worker for all of them. */
export type Preparing = {
  arriving(module: Pick<Deployable, 'cid' | 'runtime'>, limits: TaskLimits): Arriving
  prepare(key: string, asked: Asked & { readonly cid: string }): Promise<Prepared>
  /** The first word on a module decides; what a second worker says of it afterwards changes nothing. */
  prepared(key: string, result: Result<PreparedProgram | undefined, DeployCode>): void
  /** A worker has read what it was given of a module that comes. */
  read(id: number): void
  /** Whether a worker has something to prepare, or will. */
  needs(seat: Seat): boolean
  lost(seat: Seat, reason: string): void
  stop(): void
}

type Ports = {
  readonly seats: readonly Seat[]
  readonly kits: KitStore
  open(): Seat
  now(): number
  isStopped(): boolean
  /** A module is prepared, or is not to be. */
  done(): void
}

/** As many modules stay prepared as a worker keeps. */
const mostPreparations = 8

/** The module, and what another one is made of it by. The other limits are each run's own. */
const moduleKey = (cid: string, { memoryPages, seed }: TaskLimits, runtime: string): string =>
  [cid, runtime, memoryPages, seed !== undefined].join(' ')
/** The same with the files that its runs may read: by this a worker knows it. */
export const keyOf = ({ cid, runtime, contents = [] }: Omit<Deployable, 'bytes'>, limits: TaskLimits): string =>
  [moduleKey(cid, limits, runtime), ...contents.map((content) => content.cid)].join(' ')

export function createPreparing({ seats, kits, open, now, isStopped, done }: Ports): Preparing {
  const preparations = new Map<string, Promise<Prepared>>()
  const awaited = new Map<string, (prepared: Prepared) => void>()
  const isKnown = (module: string): boolean => [...preparations.keys()].some((key) => key.startsWith(module))
  const arrivals = createArrivals({ seatFor, isKnown, now, done })

  function seatFor(): Seat {
    return kits.best(seats.filter((seat) => seat.runs.length === 0 && seat.reading.size === 0)) ?? open()
  }

  function begin(key: string, { cid, ...module }: Asked & { readonly cid: string }): Promise<Prepared> {
    const isComponent = module.runtime === 'component'
    if (isComponent && seats.length === 0) open() // starts while its kits come
    const prepareWith = (needed: readonly Kit[]) => ask(key, module, needed)
    const preparing = isComponent ? kits.prepare(cid, module, prepareWith) : prepareWith([])
    preparations.set(key, preparing)
    void preparing.then((result) => {
      if (!result.ok) preparations.delete(key)
      done()
    })
    const oldest = [...preparations.keys()].find((known) => !awaited.has(known))
    if (preparations.size > mostPreparations && oldest !== undefined) preparations.delete(oldest)
    return preparing
  }

  /** By a worker, for all of them. */
  async function ask(key: string, module: Asked, needed: readonly Kit[]): Promise<Prepared> {
    if (isStopped()) return refuse('stopped')
    return new Promise((resolve) => {
      awaited.set(key, resolve)
      const begun = arrivals.take(key)
      if (begun && begun.seat.runs.length === 0) {
        const rest = { ...module, bytes: module.bytes.slice(begun.sentBytes), arriving: begun.id }
        return askToPrepare(begun.seat, { key, module: rest, needed, now: now() })
      }
      if (begun) stopReading(begun.seat, begun.id)
      askToPrepare(seatFor(), { key, module, needed, now: now() })
    })
  }

  function prepared(key: string, result: Result<PreparedProgram | undefined, DeployCode>): void {
    if (result.ok && !result.value) return
    awaited.get(key)?.(result as Prepared)
    awaited.delete(key)
  }

  return {
    arriving({ cid, runtime }, limits) {
      const { memoryPages, seed } = limits
      if (!isCoreKind(runtime)) return { grown: () => {}, end: () => {} }
      return arrivals.arriving(moduleKey(cid, limits, runtime), {
        runtime,
        memoryPages,
        isDeterministic: seed !== undefined,
      })
    },
    prepare: (key, asked) => preparations.get(key) ?? begin(key, asked),
    prepared,
    read: arrivals.read,
    needs: (seat) => seat.reading.size > 0 || arrivals.isAt(seat) || [...seat.modules.values()].includes('asked'),
    lost(seat, reason) {
      arrivals.lost(seat)
      for (const [key, state] of seat.modules) if (state === 'asked') prepared(key, refuse('start-failed', { reason }))
    },
    stop() {
      for (const key of [...awaited.keys()]) prepared(key, refuse('stopped'))
    },
  }
}
