import type { TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, ToWorker } from '../src/activity/worker-messages.ts'

/** What is run: a module by its address, its arguments, and how many tasks before, while and after the clock runs. */
export type Load = {
  readonly module: string
  readonly args: readonly string[]
  readonly warm: number
  readonly counted: number
  readonly tail: number
}

/** Workers without anything of ours around them: two tasks queued in each, the next when one is done. */
export type BarePool = {
  /** Tasks a second while the clock ran. */
  rate(load: Load): Promise<number>
  /** What a task takes inside its worker, in microseconds, by the median of so many. */
  taskUs(load: Load): Promise<number>
}

declare global {
  var barePool: BarePool | undefined
}

/** Runs in a page: opens the product's own sandbox with `workers` workers of the product's own script in it. */
export async function openBarePool({ script, workers }: { script: string; workers: number }): Promise<void> {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.src = '/sandbox.html'
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  await loaded
  const control = new MessageChannel()
  frame.contentWindow?.postMessage(script, '*', [control.port2])

  const ports: MessagePort[] = []
  const say = (port: MessagePort, said: ToWorker): void => port.postMessage(said)
  const hear = (port: MessagePort, kind: FromWorker['kind']) =>
    new Promise<void>((resolve) => {
      port.onmessage = ({ data }: MessageEvent<FromWorker>) => data.kind === kind && resolve()
    })
  for (let id = 1; id <= workers; id++) {
    const { port1, port2 } = new MessageChannel()
    const isReady = hear(port1, 'ready')
    control.port1.postMessage({ kind: 'open', id }, [port2])
    await isReady
    ports.push(port1)
  }

  const known = new Set<string>()
  async function give(module: string): Promise<void> {
    if (known.has(module)) return
    known.add(module)
    const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
    for (const port of ports) {
      const isPrepared = hear(port, 'prepared')
      say(port, { kind: 'prepare', key: module, runtime: 'wasi-p1', bytes, memoryPages: 1_024 })
      await isPrepared
    }
  }

  async function run({ module, args, warm, counted, tail }: Load) {
    await give(module)
    const total = warm + counted + tail
    const input = { args, env: {}, stdin: new Uint8Array(0), files: {} }
    const durations: number[] = []
    let next = 0
    let from = 0
    let until = 0
    await new Promise<void>((resolve, reject) => {
      const feed = (port: MessagePort): void => {
        if (next >= total) return
        const limits = { memoryPages: 1_024, timeoutMs: 30_000, outputBytes: 65_536 }
        say(port, { kind: 'run', runs: [{ id: next++, key: module, input, limits }] })
      }
      const done = (port: MessagePort, { status, usage }: TaskOutcome): void => {
        if (status !== 'ok') reject(new Error('a task failed in the bare pool'))
        durations.push(usage.durationUs)
        if (durations.length === warm) from = performance.now()
        if (durations.length === warm + counted) until = performance.now()
        if (durations.length === total) resolve()
        feed(port)
      }
      for (const port of ports) {
        port.onmessage = ({ data }: MessageEvent<FromWorker>) => data.kind === 'done' && done(port, data.outcome)
        feed(port)
        feed(port)
      }
    })
    return { perSecond: (counted * 1_000) / (until - from), durations }
  }

  globalThis.barePool = {
    rate: async (load) => (await run(load)).perSecond,
    taskUs: async (load) => {
      const { durations } = await run(load)
      return durations.sort((a, b) => a - b)[durations.length >> 1] ?? 0
    },
  }
}

/** Runs in a page with a node: submits the load as one job and takes its results as they come. @returns tasks a second */
export async function meshRate({ module, args, warm, counted, tail }: Load): Promise<number> {
  const mesh = window.tabmesh
  if (!mesh) throw new Error('no node in this tab')
  const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
  const tasks = Array.from({ length: warm + counted + tail }, () => ({ args }))
  const job = mesh.submit({ module: bytes, tasks, limits: { timeoutMs: 60_000 }, policy: { redundancy: 'once' } })
  let done = 0
  let from = 0
  let until = 0
  for await (const { status, error } of job.results()) {
    if (status !== 'ok') throw new Error(`a task failed: ${error?.code}`)
    done += 1
    if (done === warm) from = performance.now()
    if (done === warm + counted) until = performance.now()
  }
  const { status, reason } = await job.done
  if (done !== tasks.length) throw new Error(`the job ended ${status} with ${done} results: ${reason}`)
  return (counted * 1_000) / (until - from)
}
