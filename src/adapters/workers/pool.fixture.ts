import { samples } from '../../activity/module-samples.ts'
import type { Runtime } from '../../activity/runtime.ts'
import type { ToWorker } from '../../activity/worker-messages.ts'
import { createPool, type PoolOptions } from './pool.ts'
import type { WorkerEvents, WorkerHost } from './worker-host.ts'

/** A worker in memory: hears what the pool says, and answers only what a test lets it answer. */
export type Puppet = { readonly events: WorkerEvents; readonly heard: ToWorker[]; hasEnded: boolean }

/** Workers and a clock in memory: time passes when a test says so, and timers fire in their order. */
export function theatre(cores: number, options: PoolOptions = {}, more: Partial<WorkerHost> = {}) {
  let now = 0
  const timers = new Set<{ at: number; then: () => void }>()
  const puppets: Puppet[] = []
  const host: WorkerHost = {
    cores,
    now: () => now,
    after: (durationMs, then) => {
      const timer = { at: now + durationMs, then }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    open: (events) => {
      const puppet: Puppet = { events, heard: [], hasEnded: false }
      puppets.push(puppet)
      return {
        say: (message) => puppet.heard.push(message),
        end: async () => {
          puppet.hasEnded = true
        },
      }
    },
    close: async () => {},
    ...more,
  }
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
  const pass = async (durationMs: number) => {
    const until = now + durationMs
    for (;;) {
      await settle()
      const next = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      timers.delete(next)
      now = Math.max(now, next.at)
      next.then()
    }
    now = until
    await settle()
  }
  return { pool: createPool(host, options), puppets, pass, settle }
}

export const limits = { memoryPages: 16, timeoutMs: 1_000, outputBytes: 1_000 }
export const input = { args: [], env: {}, stdin: new Uint8Array(0), files: {} }
export const module = { bytes: samples.empty, hasStart: false, stackUnits: 0, runtime: 'wasi-p1' } as const

export async function deployed(pool: Runtime, puppets: Puppet[], settle: () => Promise<void>) {
  const deploying = pool.deploy({ cid: 'x', bytes: samples.empty, runtime: 'wasi-p1' }, limits)
  await settle()
  prepare(puppets.at(-1)!)
  const result = await deploying
  if (!result.ok) throw new Error(result.code)
  return result.value
}

export function prepare({ events, heard }: Puppet): void {
  events.message({ kind: 'ready' })
  for (const message of heard)
    if (message.kind === 'prepare') events.message({ kind: 'prepared', key: message.key, module })
}
