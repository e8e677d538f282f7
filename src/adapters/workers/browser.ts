import type { Runtime } from '../../activity/runtime.ts'
import type { FromWorker } from '../../activity/worker-messages.ts'
import { createPool, type PoolOptions } from './pool.ts'
import type { WorkerEvents, WorkerHandle, WorkerHost } from './worker-host.ts'

export type BrowserRuntimeOptions = PoolOptions & {
  readonly cores?: number
  /** Address of public/sandbox.html as this page sees it. */
  readonly sandboxUrl: string
  /** A page that is hidden has slow timers: whoever has a better clock gives it. Same promise as `WorkerHost.after`. */
  readonly after?: WorkerHost['after']
}

/**
 * The runtime in a page: workers of a sandboxed frame without origin, storage or network. Frame and worker script are loaded
 * when the first task or module comes. The page's own policy must admit the frame (`frame-src`) and nothing else for it.
 */
export function browserRuntime({ cores, sandboxUrl, after, ...options }: BrowserRuntimeOptions): Runtime {
  let sandbox: Sandbox | undefined
  const discard = (reason: string): void => {
    sandbox?.remove(reason)
    sandbox = undefined
  }
  return createPool(
    {
      cores: cores ?? navigator.hardwareConcurrency,
      now: () => performance.now(),
      after: after ?? pageTimer,
      open: (events) => {
        sandbox ??= openSandbox(sandboxUrl)
        return openWorker(sandbox, events, discard)
      },
      kit: async (name) => (await components()).loadKit(name),
      prepared: {
        read: async (key) => (await components()).programs.read(key),
        write: async (key, program) => (await components()).programs.write(key, program),
      },
      close: async () => discard('the runtime was stopped'),
    },
    options,
  )
}

/** What only components need: loaded when the first one comes. */
const components = () => import('./browser-components.ts')

function pageTimer(durationMs: number, then: () => void): () => void {
  const timer = setTimeout(then, Math.min(durationMs, longestTimerMs))
  return () => clearTimeout(timer)
}

/** setTimeout takes 31 bits; the pool looks again when a timer comes early. */
const longestTimerMs = 2 ** 31 - 1

/** A worker of a living frame speaks within 0.1 s; 5 s is half of what the pool waits for it. */
const silenceMs = 5_000

type Sandbox = {
  /** Resolves once the frame stands and has the worker's script. */
  readonly control: Promise<MessagePort>
  /** By worker: told when it ended, by itself or not. */
  readonly ended: Map<number, (reason: string) => void>
  nextId: number
  remove(reason: string): void
}

function openSandbox(url: string): Sandbox {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  frame.setAttribute('aria-hidden', 'true')
  frame.hidden = true
  frame.src = url
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  const ended = new Map<number, (reason: string) => void>()
  const start = async (): Promise<MessagePort> => {
    const [{ script }] = await Promise.all([import('virtual:job-worker'), loaded])
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<{ id: number; reason: string }>) => ended.get(data.id)?.(data.reason)
    // '*' because a frame without origin has no name; it is our own frame, and what it gets is public.
    frame.contentWindow?.postMessage(script, '*', [port2])
    return port1
  }
  return {
    control: start(),
    ended,
    nextId: 1,
    remove: (reason) => {
      frame.remove()
      for (const tell of [...ended.values()]) tell(reason)
    },
  }
}

function openWorker(sandbox: Sandbox, events: WorkerEvents, discard: (reason: string) => void): WorkerHandle {
  const id = sandbox.nextId++
  const { port1: own, port2: theirs } = new MessageChannel()
  const openedAt = performance.now()
  let isReady = false
  let isOver = false
  own.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    isReady = true
    if (!isOver) events.message(data)
  }
  const ended = new Promise<void>((resolve) => {
    sandbox.ended.set(id, (reason) => {
      sandbox.ended.delete(id)
      resolve()
      if (!isOver) events.lost(reason)
    })
  })
  sandbox.control.then(
    (control) => control.postMessage({ kind: 'open', id }, [theirs]),
    (cause) => sandbox.ended.get(id)?.(cause instanceof Error ? cause.message : 'the sandbox did not start'),
  )
  return {
    say: (message, moved) => own.postMessage(message, moved),
    end: async () => {
      isOver = true
      own.close()
      // Silence from the start may mean a frame that is gone: the next worker gets a new one.
      if (!isReady && performance.now() - openedAt > silenceMs) discard('the sandbox did not answer')
      await sandbox.control.then(
        (control) => control.postMessage({ kind: 'end', id }),
        () => {},
      )
      await ended
    },
  }
}
