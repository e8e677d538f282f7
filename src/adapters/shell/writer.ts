import type { Effect } from '../../node/input.ts'
import type { EventLog, NewLogEntry } from '../storage.port.ts'
import type { SteadyTimers } from '../timer-worker.ts'

/** Brings what steps state to the disk, and lets what else they want go when it is there. */
export type Writer = {
  /** Resolves when the step is durable and its effects were begun. One that has nothing to say may wait for others to share its write. */
  take(effects: readonly Effect[], when?: 'soon'): Promise<void>
  /** A write failed and none has come through since, or too many wait: nothing new should be begun. */
  isBroken(): boolean
  /** Whether one step more is one too many. */
  isFull(): boolean
  stop(): void
}

type Step = {
  readonly entries: readonly NewLogEntry[]
  readonly effects: readonly Effect[]
  readonly mayWait: boolean
  written(): void
}

/** What a step wants without anybody else hearing of it: kept, and looked at again. */
const quiet: ReadonlySet<Effect['type']> = new Set(['persist', 'wake', 'openActivity'])
/** Soon after a write, what nobody waits for is written with what comes in this time: a write keeps the disk from whoever waits for it. */
const gatherMs = 50
/** A full disk is emptied by a person, and a blocked one by nobody: trying once a second costs nothing. */
const writeAgainMs = 1_000
/** What peers want is refused meanwhile, so these are our own: a quarter of an hour of a busy job. */
const mostWaiting = 4_096

/** Persist before speaking: nothing leaves until its step, and every step before it, would survive the browser's end. */
export function createWriter(ports: {
  readonly log: Pick<EventLog, 'append'>
  readonly timers: SteadyTimers
  carryOut(effect: Effect): void
  /** The disk did not take what is waiting. It is tried again. */
  failed(error: unknown, waiting: readonly Effect[]): void
}): Writer {
  const { log, timers, carryOut } = ports
  let waiting: Step[] = []
  let isWriting = false
  let isBroken = false
  let isStopped = false
  /** Set for a while after a write that nobody waited for: what nobody waits for either waits for its end. */
  let endRest: (() => void) | undefined

  const isFull = (): boolean => waiting.length >= mostWaiting

  async function write(): Promise<void> {
    isWriting = true
    while (isDue() && !isStopped) {
      const batch = waiting
      waiting = []
      if (await isAppended(batch)) leave(batch)
      else {
        waiting = [...batch, ...waiting]
        await new Promise<void>((resolve) => timers.after(writeAgainMs, resolve))
      }
    }
    isWriting = false
  }

  /** Whether anybody waits for what is to be written, or nothing keeps it back. */
  const isDue = (): boolean => waiting.length > 0 && (!endRest || waiting.some(({ mayWait }) => !mayWait))

  /** Writes what may wait, and lets what comes next wait a while. */
  function writeAndRest(): void {
    void write()
    endRest = timers.after(gatherMs, rested)
  }

  function rested(): void {
    endRest = undefined
    if (!isWriting && waiting.length > 0) writeAndRest()
  }

  async function isAppended(batch: readonly Step[]): Promise<boolean> {
    try {
      const entries = batch.flatMap((step) => step.entries)
      if (entries.length > 0) await log.append(entries)
      isBroken = false
    } catch (error) {
      isBroken = true
      ports.failed(
        error,
        [...batch, ...waiting].flatMap(({ effects }) => effects),
      )
    }
    return !isBroken
  }

  function leave(batch: readonly Step[]): void {
    for (const { effects, written } of batch) {
      for (const effect of effects) carryOut(effect)
      written()
    }
  }

  return {
    take(effects, when) {
      const [first] = effects
      const events = first?.type === 'persist' ? first.events : []
      if (events.length === 0 && waiting.length === 0 && !isWriting) {
        for (const effect of effects) carryOut(effect)
        return Promise.resolve()
      }
      const entries = events.map(({ id, bytes: body, signature }) => ({ id, body, signature }))
      return new Promise((written) => {
        const mayWait = when === 'soon' && effects.every(({ type }) => quiet.has(type))
        waiting.push({ entries, effects, mayWait, written })
        if (isWriting) return
        if (!mayWait) return void write()
        if (!endRest) writeAndRest()
      })
    },
    isBroken: () => isBroken || isFull(),
    isFull,
    stop() {
      endRest?.()
      endRest = undefined
      if (!isWriting) void write()
      isStopped = true
    },
  }
}
