import { readFile } from 'node:fs/promises'
import { bundleJobWorker } from '../../scripts/worker-plugin.ts'
import type { CustomRuntime } from '../activity/custom-runtime.ts'
import type { Runtime } from '../activity/runtime.ts'
import type { TaskInput, TaskOutcome } from '../activity/task.ts'
import { memoryKeyStore } from '../adapters/identity/key-stores.ts'
import { openSigner, verify } from '../adapters/identity/keyring.ts'
import { createMemoryNetwork, createSwitchboard, type Switchboard } from '../adapters/memory/network.ts'
import { type MemoryDisk, memoryDisk, memoryStorage } from '../adapters/memory/storage.ts'
import { type SteadyTimers, steadyTimers } from '../adapters/timer-worker.ts'
import { testKit } from '../adapters/workers/kits.fixture.ts'
import { nodeRuntime } from '../adapters/workers/node.ts'
import type { ReferenceEngine } from '../adapters/workers/wasmtime.ts'
import type { Signer } from '../identity/signing.ts'
import { seeded } from '../kernel/rng.ts'
import { protocols, streams, topics } from '../node/registry.ts'
import type { Mesh, TaskResult } from './api.ts'
import { createMesh } from './mesh.ts'
import { defaultSubnet } from './offer-facts.ts'
import { runtimeWith } from './runtimes.ts'

/** A world of nodes in one process: real rooms, real workers, real signatures; network and disk in memory. */
export type TestWorld = {
  readonly board: Switchboard
  /** Starts a node; with the same place a second time it is the same node after a reload. */
  open(place?: Place, runtimes?: readonly CustomRuntime[]): Promise<Mesh>
  /** Ends a node as a closed tab does: without a word to anybody. */
  crash(mesh: Mesh): Promise<void>
  /** Lets so much time pass at once for every node: what was to happen meanwhile happens now. */
  later(durationMs: number): void
  close(): Promise<void>
}
export type Place = {
  readonly disk: MemoryDisk
  signer?: Signer | undefined
  /** Of addresses, as others see it. */
  readonly range?: string
  /** It tells something else than what its programs came to: where this gives another outcome. */
  readonly lies?: (outcome: TaskOutcome, input: TaskInput) => TaskOutcome
  /** Its machine cannot hold a program until somebody types. */
  readonly cannotWait?: boolean
  /** It does so also where it runs something again for a dispute. */
  readonly lieAgain?: boolean
  /** Other engines that it holds results against. */
  readonly engines?: readonly ReferenceEngine[]
}

export const place = (): Place => ({ disk: memoryDisk() })

let script: Promise<string> | undefined

export function createWorld(): TestWorld {
  const board = createSwitchboard()
  const open = new Set<Mesh>()
  const crashes = new Map<Mesh, () => Promise<void>>()
  const clock = createClock()
  return {
    board,
    async open(at = place(), runtimes = []) {
      script ??= bundleJobWorker().then((bundled) => bundled.script)
      const opened = at.signer ? { ok: true as const, value: at.signer } : await openSigner(memoryKeyStore())
      if (!opened.ok) throw new Error(opened.code)
      at.signer = opened.value
      const disk = memoryStorage(at.disk)
      const peerId = opened.value.peerId
      if (at.range) board.ranges.set(peerId, at.range)
      const network = createMemoryNetwork({ board, peerId, protocols, topics, streams, now: () => performance.now() })
      const bundled = await script
      const runtime = telling(nodeRuntime({ script: bundled, kit: testKit, cores: 2 }), at.lies)
      let isGone = false
      // What a closed tab had not yet written is never written.
      const whileHere = <T>(write: () => Promise<T>) => (isGone ? new Promise<T>(() => {}) : write())
      const mesh = await createMesh({
        signer: opened.value,
        verify,
        network,
        log: {
          ...disk.log,
          append: (entries) => whileHere(() => disk.log.append(entries)),
          writeSetting: (key, value) => whileHere(() => disk.log.writeSetting(key, value)),
          writeSnapshot: (seq, version, state) => whileHere(() => disk.log.writeSnapshot(seq, version, state)),
        },
        jobs: {
          ...disk.jobs,
          addTasks: (job, tasks) => whileHere(() => disk.jobs.addTasks(job, tasks)),
          addResults: (job, results) => whileHere(() => disk.jobs.addResults(job, results)),
          addAnswers: (job, answers) => whileHere(() => disk.jobs.addAnswers(job, answers)),
          dropAnswers: (job, indexes) => whileHere(() => disk.jobs.dropAnswers(job, indexes)),
          setStdin: (job, index, typed) => whileHere(() => disk.jobs.setStdin(job, index, typed)),
        },
        blocks: disk.blocks,
        runtime: await runtimeWith(runtime, runtimes),
        runtimes,
        openRuntime: () =>
          telling(nodeRuntime({ script: bundled, kit: testKit, cores: 1 }), at.lieAgain ? at.lies : undefined),
        ...(at.engines && { wasmtime: at.engines }),
        machine: {
          cores: 2,
          memoryMb: 2_048,
          storageMb: 1_024,
          wasmFeatures: ['simd128'],
          benchmark: 100,
          canWaitForInput: at.cannotWait !== true,
        },
        rng: seeded(1),
        timers: clock.timers,
        subnet: defaultSubnet,
        relays: [],
        readyMade: async () => [],
        now: clock.now,
        close: async () => {},
      })
      crashes.set(mesh, async () => {
        isGone = true
        await Promise.all([network.stop(), runtime.stop()])
      })
      open.add(mesh)
      return mesh
    },
    async crash(mesh) {
      open.delete(mesh)
      await crashes.get(mesh)?.()
    },
    later: clock.later,
    async close() {
      await Promise.all([...open].map((mesh) => mesh.stop()))
    },
  }
}

/** A runtime whose outcomes are not what programs came to. */
const telling = (runtime: Runtime, lies: Place['lies']): Runtime =>
  lies
    ? {
        ...runtime,
        run: async (deployment, input, ...more) => lies(await runtime.run(deployment, input, ...more), input),
      }
    : runtime

/** The machine's own clock, which can be put forward. */
function createClock() {
  let aheadMs = 0
  const now = (): number => Date.now() + aheadMs
  const steady = steadyTimers()
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>()
  const timers: SteadyTimers = {
    after(delayMs, ring) {
      const takeBack = steady.after(delayMs, () => alarm.ring())
      const alarm = {
        at: now() + delayMs,
        ring() {
          takeBack()
          if (alarms.delete(alarm)) ring()
        },
      }
      alarms.add(alarm)
      return () => {
        takeBack()
        alarms.delete(alarm)
      }
    },
    stop: () => {},
  }
  return {
    now,
    timers,
    later(durationMs: number) {
      aheadMs += durationMs
      for (const alarm of [...alarms]) if (alarm.at <= now()) alarm.ring()
    },
  }
}

export const readyMadeModule = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`../../public/jobs/${name}.wasm`, import.meta.url))

/** Resolves as soon as it holds: looked at now, and after every change of that mesh. */
export function until(mesh: Mesh, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve()
  return new Promise((resolve) => {
    const unsubscribe = mesh.subscribe(holds, (value) => {
      if (!value) return
      unsubscribe()
      resolve()
    })
  })
}

/** Everything that comes, in the order in which it comes. */
export async function all<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of coming) found.push(one)
  return found
}

/** The results of a job in the order of its tasks. */
export const byIndex = async (results: AsyncIterable<TaskResult>): Promise<TaskResult[]> =>
  (await all(results)).sort((one, other) => one.index - other.index)
