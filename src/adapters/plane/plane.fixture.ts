import {
  encodeFrame,
  type ProviderFrame,
  type RequestorFrame,
  readProviderFrame,
  readRequestorFrame,
} from '../../activity/frames.ts'
import { someSpec } from '../../activity/job.examples.ts'
import { jobId } from '../../activity/job.ts'
import type { WireResult, WireTask } from '../../activity/messages.ts'
import { Tasks } from '../../activity/messages.ts'
import type { Runtime } from '../../activity/runtime.ts'
import type { TaskInput, TaskOutcome } from '../../activity/task.ts'
import type { Signer } from '../../identity/signing.ts'
import type { Amount } from '../../kernel/amount.ts'
import { seeded } from '../../kernel/rng.ts'
import { type Timestamp, timestamp } from '../../kernel/time.ts'
import { creditsPlatform } from '../../market/demand.ts'
import type { FrameSummary } from '../../node/input.ts'
import { events, protocols, streams, topics } from '../../node/registry.ts'
import { initialState, type NodeState } from '../../node/state.ts'
import { aPlan, freeFacts } from '../../node/world.examples.ts'
import { logsBlock, logsCidOf } from '../../receipts/logs.ts'
import { type Leaf, leafHash, merkleRoot } from '../../receipts/merkle.ts'
import type { Usage } from '../../receipts/messages.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import { noUsage, withTask } from '../../receipts/usage.ts'
import type { Cid } from '../../wire/cid.ts'
import { decode } from '../../wire/codec.ts'
import { memoryKeyStore } from '../identity/key-stores.ts'
import { openSigner, verify } from '../identity/keyring.ts'
import { createMemoryNetwork, createSwitchboard, type Switchboard } from '../memory/network.ts'
import { memoryDisk, memoryStorage } from '../memory/storage.ts'
import type { FrameStream, Network } from '../network.port.ts'
import { createShell, type Plane, type Shell } from '../shell/shell.ts'
import type { EventLog, JobStore } from '../storage.port.ts'
import { type SteadyTimers, steadyTimers } from '../timer-worker.ts'
import { leafOf } from './results.ts'

/** One party: node, shell, network and disk are the real ones in memory; a test plays its data plane, or uses ours. */
export type Party = {
  readonly node: NodeState
  readonly shell: Shell
  readonly signer: Signer
  readonly network: Network
  readonly jobs: JobStore
  readonly timers: SteadyTimers
  /** `phase code` of every fault that was reported. */
  readonly faults: string[]
  readonly report: (fault: { code: string; phase: string }) => void
  /** Types of the events of each write of the log. */
  readonly written: string[][]
  /** What the node wanted of its data plane, in order. */
  readonly wanted: string[]
  /** Streams that somebody opened here. */
  readonly incoming: FrameStream[]
  attach(plane: Partial<Plane>): void
  stop(): Promise<void>
}

const typeOf = (body: Uint8Array): string => {
  const read = decode(body)
  return read.ok ? (read.value as { type: string }).type : ''
}

export const now = (): Timestamp => timestamp(Date.now())

/** Timers that ring like others, but what waits for company waits until a test says so. */
export function patientTimers(): SteadyTimers & { ring(): void } {
  const timers = steadyTimers()
  const patient = new Set<() => void>()
  return {
    after(delayMs, ring) {
      if (delayMs !== gatherMs) return timers.after(delayMs, ring)
      patient.add(ring)
      return () => void patient.delete(ring)
    },
    ring() {
      const due = [...patient]
      patient.clear()
      for (const ring of due) ring()
    },
    stop: timers.stop,
  }
}
/** What nobody waits for waits so long for others: shell and plane alike. */
const gatherMs = 50

export async function party(board: Switchboard, timers: SteadyTimers = steadyTimers()): Promise<Party> {
  const opened = await openSigner(memoryKeyStore())
  if (!opened.ok) throw new Error(opened.code)
  const signer = opened.value
  const network = createMemoryNetwork({ board, peerId: signer.peerId, protocols, topics, streams, now: Date.now })
  const storage = memoryStorage(memoryDisk())
  const node = initialState(signer.did)
  const written: string[][] = []
  const append: EventLog['append'] = (entries) => {
    written.push(entries.map(({ body }) => typeOf(body)))
    return storage.log.append(entries)
  }
  const faults: string[] = []
  const wanted: string[] = []
  const incoming: FrameStream[] = []
  const report = ({ code, phase }: { code: string; phase: string }): void => void faults.push(`${phase} ${code}`)
  const shell = createShell({
    node,
    signer,
    verify,
    registry: events,
    network,
    log: { ...storage.log, append },
    rng: seeded(1),
    timers,
    now,
    changed: () => {},
    measured: () => {},
    report,
  })
  const attach = (plane: Partial<Plane>): void =>
    shell.attach({
      openActivity: (id) => {
        wanted.push('open')
        plane.openActivity?.(id)
      },
      acceptActivity: (id) => {
        wanted.push('accept')
        plane.acceptActivity?.(id)
      },
      closeActivity: (id, reason) => {
        wanted.push('close')
        plane.closeActivity?.(id, reason)
      },
    })
  attach({})
  await network.start({
    ...shell.handlers,
    addressesChanged: () => {},
    stream: (_, stream) => void incoming.push(stream),
  })
  await shell.start()
  const stop = async (): Promise<void> => {
    await shell.stop()
    timers.stop()
    await network.stop()
  }
  return {
    node,
    shell,
    signer,
    network,
    jobs: storage.jobs,
    timers,
    faults,
    report,
    written,
    wanted,
    incoming,
    attach,
    stop,
  }
}

/** Lets everything happen that can, until `found` gives something; ten seconds are long also for a busy machine. */
export async function until<T>(found: () => T | undefined | false): Promise<T> {
  const end = performance.now() + 10_000
  for (;;) {
    const one = found()
    if (one !== undefined && one !== false) return one
    if (performance.now() > end) throw new Error('it never came about')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
/** As many rounds as a frame takes many times over: for what is not to happen. */
export async function aWhile(): Promise<void> {
  let rounds = 0
  await until(() => rounds++ > 300)
}

export const aTask = (text: string): Omit<WireTask, 'index'> => ({
  args: [text],
  env: {},
  stdin: new Uint8Array(0),
  files: {},
})

export type Asked = { readonly redundancy?: Redundancy | undefined; readonly task?: (n: number) => TaskInput }

/** Two who are connected: one sells its work, for nothing or to be paid first, the other has a job of so many tasks. */
export async function pair(
  tasks: number,
  timers?: SteadyTimers,
  isPaidFirst = false,
  { redundancy = someSpec.policy.redundancy, task = (n) => aTask(`task ${n}`) }: Asked = {},
): Promise<{
  readonly board: Switchboard
  readonly requestor: Party
  readonly provider: Party
  submit(): Promise<Cid>
  stop(): Promise<void>
}> {
  const board = createSwitchboard()
  const [requestor, provider] = [await party(board, timers), await party(board)]
  await requestor.network.dial(provider.signer.peerId, [], AbortSignal.timeout(1_000))
  const plan = isPaidFirst ? aPlan() : aPlan({ facts: freeFacts })
  await provider.shell.command({ type: 'sell', plan })
  const policy = { ...someSpec.policy, maxPrice: 1_000_000n as Amount }
  const plain = { ...someSpec, policy: { ...someSpec.policy, redundancy } }
  const spec = isPaidFirst ? { ...someSpec, platform: creditsPlatform, policy } : plain
  return {
    board,
    requestor,
    provider,
    async submit() {
      const nonce = new Uint8Array(16).fill(1)
      const job = jobId(requestor.signer.did, nonce)
      await requestor.jobs.addTasks(
        job,
        Array.from({ length: tasks }, (_, n) => task(n)),
      )
      await requestor.shell.command({ type: 'submitJob', job, nonce, spec })
      const progress = { total: tasks, isSealed: false, done: 0, ok: 0, failed: 0, inFlight: 0, fuelUsed: 0n }
      await requestor.shell.input({ type: 'tasksReported', job, progress })
      await requestor.shell.command({ type: 'sealJob', job, taskCount: tasks, sourceLost: false })
      return job
    },
    async stop() {
      await Promise.all([requestor.stop(), provider.stop()])
    },
  }
}

/** A stream as one party speaks on it by hand. */
function talk<Frame>(stream: FrameStream, read: (bytes: Uint8Array) => { ok: boolean; value?: Frame }) {
  const heard: Frame[] = []
  const end = { how: undefined as 'closed' | 'broken' | undefined }
  const listen = async (): Promise<void> => {
    try {
      for await (const bytes of stream.frames) {
        const frame = read(bytes)
        if (frame.value !== undefined) heard.push(frame.value)
      }
      end.how = 'closed'
    } catch {
      end.how = 'broken'
    }
  }
  void listen()
  return {
    stream,
    heard,
    end,
    send: (frame: RequestorFrame | ProviderFrame) => stream.send(encodeFrame(frame)),
    /** The first frame heard of this type, and so many of them before it. */
    frame: <Type extends (Frame & { type: string })['type']>(type: Type, at = 0) =>
      until(
        () =>
          heard.filter((one) => (one as { type: string }).type === type)[at] as
            | Extract<Frame, { type: Type }>
            | undefined,
      ),
  }
}
export const asProvider = (stream: FrameStream) => talk<RequestorFrame>(stream, readRequestorFrame as never)
export const asRequestor = (stream: FrameStream) => talk<ProviderFrame>(stream, readProviderFrame as never)
export const openTasks = (from: Party, to: Party): Promise<FrameStream> =>
  from.network.openStream(to.signer.peerId, Tasks, AbortSignal.timeout(1_000))

export const goodOutcome: TaskOutcome = {
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array([1]),
  stderr: new Uint8Array(0),
  files: {},
  usage: { durationUs: 1_000, memoryBytes: 65_536, fuel: 500n, hostUnits: 700n },
}
export const goodResult = (index: number): WireResult => ({
  index,
  status: 'ok',
  exitCode: 0,
  stdout: new Uint8Array([1]),
  stderr: new Uint8Array(0),
  files: {},
  durationUs: 1_000,
  memoryBytes: 65_536,
  fuel: 500n,
  hostUnits: 700n,
})

/** The summary that an honest provider makes of these results. */
export function summary(
  results: readonly WireResult[],
  about: { activity: Cid; secret: Uint8Array; inputs: ReadonlyMap<number, Uint8Array> },
  before: Usage = noUsage,
): FrameSummary {
  const leaves: Leaf[] = results.map((result) => leafOf(about, result))
  return {
    isFinal: false,
    outcome: 'Running',
    taskCount: results.length,
    okCount: results.length,
    failedCount: 0,
    root: merkleRoot(leaves.map(leafHash)),
    usage: results.reduce(withTask, before),
    logsCid: logsCidOf(logsBlock(results)),
    startedAt: now(),
    endedAt: now(),
  }
}

/** A runtime in which nothing ends before a test says so. */
export function handRuntime(
  slots = 2,
): Runtime & { readonly started: string[]; finish(arg: string, outcome?: TaskOutcome): void } {
  const running = new Map<string, (outcome: TaskOutcome) => void>()
  const listeners = new Set<() => void>()
  const started: string[] = []
  return {
    started,
    finish(arg, outcome = goodOutcome) {
      const end = running.get(arg)
      running.delete(arg)
      end?.(outcome)
      for (const listener of listeners) listener()
    },
    arriving: () => ({ grown: () => {}, end: () => {} }),
    deploy: async ({ cid }, limits) => ({ ok: true, value: { key: cid, cid, limits, program: undefined } }),
    idle: () => slots - running.size,
    run: (_, { args }, signal) =>
      new Promise((resolve) => {
        const [arg = ''] = args
        started.push(arg)
        running.set(arg, resolve)
        signal?.addEventListener('abort', () => {
          running.delete(arg)
          resolve({ ...goodOutcome, status: 'failed', error: { code: 'stopped', message: '' } })
        })
      }),
    onIdle(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onProgress: () => () => {},
    resize: () => {},
    setShare: () => {},
    usage: () => ({ workers: slots, share: 1, busyShare: 0, tasksDone: 0, busyMs: 0 }),
    stop: async () => {},
  }
}
