import type { TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, Kit, ToWorker } from '../src/activity/worker-messages.ts'

export type ComponentLoad = {
  /** Scripts of the worker, of what runs components in it, and of what prepares them. */
  readonly scripts: { readonly worker: string; readonly host: string; readonly generator: string }
  /** Addresses of the component, and of the generator's modules in one file. */
  readonly component: string
  readonly modules: string
  readonly stdin: string
}

/** Milliseconds until the first task is done. */
export type FirstTasks = {
  /** Nothing is there: neither sandbox, worker, generator nor component. */
  readonly coldMs: number
  /** The component was prepared before; a worker that has never heard of components is given it. */
  readonly cachedMs: number
  /** The worker has run it already. */
  readonly againMs: number
  readonly fuel: readonly string[]
}

/** Runs in a page: says to workers of the product's own sandbox what the pool says to them. */
export async function firstTasks({ scripts, component, modules, stdin }: ComponentLoad): Promise<FirstTasks> {
  const fetched = async (address: string) => (await fetch(address)).arrayBuffer()
  const limits = { memoryPages: 1_024, timeoutMs: 60_000, outputBytes: 1_000_000 }
  const input = { args: [], env: {}, stdin: new TextEncoder().encode(stdin), files: {} }
  let control: MessagePort
  let lastId = 0

  async function openSandbox(): Promise<void> {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    frame.src = '/sandbox.html'
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
    document.body.append(frame)
    await loaded
    const channel = new MessageChannel()
    frame.contentWindow?.postMessage(scripts.worker, '*', [channel.port2])
    control = channel.port1
  }
  type Heard<K> = Extract<FromWorker, { kind: K }>
  async function openWorker() {
    const { port1, port2 } = new MessageChannel()
    const say = (said: ToWorker): void => port1.postMessage(said)
    const hear = <K extends FromWorker['kind']>(kind: K) =>
      new Promise<Heard<K>>((resolve, reject) => {
        port1.onmessage = ({ data }: MessageEvent<FromWorker>) => {
          if (data.kind === kind) resolve(data as Heard<K>)
          else if (data.kind === 'refused') reject(new Error(data.refusal.code))
        }
      })
    const isReady = hear('ready')
    control.postMessage({ kind: 'open', id: ++lastId }, [port2])
    await isReady
    return { say, hear }
  }
  type Opened = Awaited<ReturnType<typeof openWorker>>
  async function run({ say, hear }: Opened, id: number): Promise<TaskOutcome> {
    const isDone = hear('done')
    say({ kind: 'run', runs: [{ id, key: 'component', input, limits }] })
    const { outcome } = await isDone
    if (outcome.status !== 'ok') throw new Error(outcome.error?.message ?? 'the component failed')
    return outcome
  }
  const host: Kit = { name: 'component-host', script: scripts.host, modules: [] }

  let began = performance.now()
  const [bytes, file, worker] = await Promise.all([
    fetched(component),
    fetched(modules),
    openSandbox().then(openWorker),
  ])
  const [count = 0] = new Uint32Array(file, 0, 1)
  let at = 4 + 4 * count
  const parts = [...new Uint32Array(file, 4, count)].map((length) => {
    at += length
    return new Uint8Array(file, at - length, length)
  })
  worker.say({ kind: 'kit', kit: host })
  worker.say({ kind: 'kit', kit: { name: 'component-generator', script: scripts.generator, modules: parts } })
  const isPrepared = worker.hear('prepared')
  const asked = { key: 'component', runtime: 'component', memoryPages: limits.memoryPages } as const
  worker.say({ kind: 'prepare', bytes: new Uint8Array(bytes), ...asked })
  const { module } = await isPrepared
  const first = await run(worker, 1)
  const coldMs = performance.now() - began

  const other = await openWorker()
  began = performance.now()
  const isCompiled = other.hear('compiled')
  other.say({ kind: 'kit', kit: host })
  other.say({ kind: 'module', key: 'component', module })
  await isCompiled
  const second = await run(other, 2)
  const cachedMs = performance.now() - began

  began = performance.now()
  const third = await run(other, 3)
  const againMs = performance.now() - began
  const fuel = [first, second, third].map(({ usage }) => String(usage.fuel))
  return { coldMs, cachedMs, againMs, fuel }
}
