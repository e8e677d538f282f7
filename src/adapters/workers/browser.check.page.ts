import { samples } from '../../activity/module-samples.ts'
import type { Runtime } from '../../activity/runtime.ts'
import { arrivingStories } from './arriving.contract.ts'
import { type BrowserRuntimeOptions, browserRuntime } from './browser.ts'
import { hostStories } from './host.contract.ts'
import { liveStories } from './live.contract.ts'
import { runtimeStories } from './runtime.contract.ts'

/** What browser.check.ts calls in the page. */
export type CheckPage = {
  readonly names: readonly string[]
  /** Tells one story of the contract; gives what went wrong, or nothing. */
  tell(name: string): Promise<string | undefined>
  /** What a worker of the sandbox that has not been disarmed can do: capability → 'denied' and why, or 'works'. */
  tryAll(): Promise<Record<string, string>>
  /** Names of globals that a job worker still has once it serves. */
  leftOver(): Promise<string[]>
  /** Empty tasks: a second through one worker with a deep queue, and µs one by one. */
  measure(): Promise<{ perSecond: number; oneByOneUs: number; longestTaskMs: number }>
  /** Workers hang, the runtime stops; resolves at once, for the driver to watch the processor. */
  hangAndStop(): Promise<void>
}

declare global {
  var check: CheckPage
}

const sandboxUrl = '/sandbox.html'
const open = (options: Partial<BrowserRuntimeOptions> = {}): Runtime => browserRuntime({ sandboxUrl, ...options })
const wait = (durationMs: number) => new Promise<void>((resolve) => setTimeout(resolve, durationMs))
const bytesAt = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer())
const stories = [...runtimeStories, ...arrivingStories, ...hostStories, ...liveStories]
const nothing = () => ({ args: [], env: {}, stdin: new Uint8Array(0), files: {} })
const limits = { memoryPages: 64, timeoutMs: 60_000, outputBytes: 1_000 }

async function deploy(runtime: Runtime, bytes: Uint8Array) {
  const deployed = await runtime.deploy({ cid: 'check', bytes, runtime: 'wasi-p1' }, limits)
  if (!deployed.ok) throw new Error(deployed.code)
  return deployed.value
}

globalThis.check = {
  names: stories.map(({ name }) => name),

  tell: async (name) => {
    const story = stories.find((one) => one.name === name)
    const paths = ['/probe.wasm', '/world.wasm', '/talker.wasm', '/jobs/lines.wasm', '/probe.component.wasm']
    const [probe, world, talker, lines, component] = await Promise.all(paths.map(bytesAt))
    try {
      const given = { probe: probe!, world: world!, talker: talker!, lines: lines!, component: component! }
      await story?.tell({ open, wait, ...given })
      return story ? undefined : 'no such story'
    } catch (cause) {
      return cause instanceof Error ? cause.message : 'it threw something else'
    }
  },

  tryAll: () => inSandbox<Record<string, string>>(burglar),
  leftOver: async () => inSandbox<string[]>((await import('virtual:job-worker')).script + census),

  measure: async () => {
    let longestTaskMs = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
    }).observe({ type: 'longtask' })
    const runtime = open({ threads: 1, cores: 1 })
    const deployment = await deploy(runtime, samples.empty)
    const burst = (count: number) =>
      Promise.all(Array.from({ length: count }, () => runtime.run(deployment, nothing())))
    await burst(2_000) // warm-up
    const began = performance.now()
    await burst(10_000)
    const perSecond = Math.round(10_000_000 / (performance.now() - began))
    const alone = performance.now()
    for (let index = 0; index < 1_000; index++) await runtime.run(deployment, nothing())
    const oneByOneUs = Math.round(performance.now() - alone)
    await runtime.stop()
    return { perSecond, oneByOneUs, longestTaskMs }
  },

  hangAndStop: async () => {
    const runtime = open({ threads: 2, cores: 2 })
    const deployment = await deploy(runtime, samples.endlessLoop)
    void runtime.run(deployment, nothing())
    void runtime.run(deployment, nothing())
    await wait(1_000)
    await runtime.stop()
  },
}

/** Starts a script of the check's own in a fresh sandbox, and gives the first list or record that it says. */
async function inSandbox<T>(script: string): Promise<T> {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.src = sandboxUrl
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  await loaded
  const control = new MessageChannel()
  const worker = new MessageChannel()
  frame.contentWindow?.postMessage(script, '*', [control.port2])
  control.port1.postMessage({ kind: 'open', id: 1 }, [worker.port2])
  const said = await new Promise<T>((resolve, reject) => {
    control.port1.onmessage = ({ data }) => reject(new Error(data.reason))
    worker.port1.onmessage = ({ data }) => (data.kind === 'ready' ? undefined : resolve(data))
  })
  frame.remove()
  return said
}

/** Behind the job worker's own script: counts what is left after the worker has begun to serve. */
const census = `;{
  const serve = self.onmessage
  self.onmessage = (event) => {
    serve(event)
    const names = new Set()
    for (let at = globalThis; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) if (globalThis[name] !== undefined) names.add(name)
    }
    event.ports[0].postMessage([...names])
  }
}`

/** Runs in a sandbox's worker instead of the job worker, and tries the doors. Addresses are of the page that checks. */
const burglar = `
onmessage = async ({ ports: [port] }) => {
  const here = ${JSON.stringify(location.origin)}
  const heard = (target, good) => new Promise((yes, no) => { target['on' + good] = () => yes(); target.onerror = no })
  const attempts = {
    fetch: () => fetch(here + '/sandbox.html', { mode: 'no-cors' }),
    XMLHttpRequest: () => { const ask = new XMLHttpRequest(); ask.open('GET', here + '/sandbox.html', false); ask.send() },
    WebSocket: () => heard(new WebSocket(here.replace('http', 'ws')), 'open'),
    EventSource: () => heard(new EventSource(here + '/sandbox.html'), 'open'),
    WebTransport: () => new WebTransport('https://localhost:1').ready,
    RTCPeerConnection: () => new RTCPeerConnection(),
    importScripts: () => importScripts(here + '/probe.js'),
    'import()': () => import(here + '/probe.js'),
    indexedDB: () => heard(indexedDB.open('x'), 'success'),
    caches: () => caches.open('x'),
    'navigator.storage': () => navigator.storage.getDirectory(),
    cookieStore: () => cookieStore.getAll(),
    eval: () => (0, eval)('1'),
    Function: () => new Function('return 1')(),
    SharedArrayBuffer: () => new SharedArrayBuffer(1),
    WebAssembly: () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  }
  const found = { origin: self.origin }
  const late = () => new Promise((_, no) => setTimeout(() => no(new Error('no answer')), 2000))
  for (const [name, attempt] of Object.entries(attempts)) {
    try { await Promise.race([attempt(), late()]); found[name] = 'works' }
    catch (cause) { found[name] = 'denied: ' + (cause?.message ?? cause?.type ?? cause) }
  }
  port.postMessage(found)
}`
