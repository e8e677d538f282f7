/** A timer that keeps time while the page is hidden. Same promise as setTimeout, without its slowness there. */
export type SteadyTimers = {
  /** Calls `ring` after `delayMs`. Gives the function that takes it back. */
  after(delayMs: number, ring: () => void): () => void
  stop(): void
}

/** Runs in a worker, whose timers a browser does not slow down: only the page's own are, to one a second or a minute. */
const script = `const alarms = new Map()
onmessage = ({ data: { id, delayMs } }) => {
  if (delayMs === undefined) { clearTimeout(alarms.get(id)); alarms.delete(id); return }
  alarms.set(id, setTimeout(() => { alarms.delete(id); postMessage(id) }, delayMs))
}`

/** The platform's own limit of a delay; whoever waits longer looks again when it rings. */
const longestDelayMs = 2 ** 31 - 1

/** Timers of this platform: of a worker in a page, plain ones where there is no page or no such worker. */
export function steadyTimers(): SteadyTimers {
  const worker = openWorker()
  return worker ? timersOf(worker) : plainTimers()
}

function openWorker(): Worker | undefined {
  if (typeof document === 'undefined' || typeof Worker === 'undefined') return undefined
  try {
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
    const worker = new Worker(url)
    URL.revokeObjectURL(url)
    return worker
  } catch {
    return undefined // a page whose policy forbids blob workers keeps the page's own time
  }
}

function timersOf(worker: Worker): SteadyTimers {
  const waiting = new Map<number, () => void>()
  let last = 0
  worker.onmessage = ({ data: id }: MessageEvent<number>) => {
    const ring = waiting.get(id)
    waiting.delete(id)
    ring?.()
  }
  return {
    after(delayMs, ring) {
      const id = ++last
      waiting.set(id, ring)
      worker.postMessage({ id, delayMs: Math.min(Math.max(0, delayMs), longestDelayMs) })
      return () => {
        if (waiting.delete(id)) worker.postMessage({ id })
      }
    },
    stop: () => worker.terminate(),
  }
}

/** The platform's own. */
export function plainTimers(): SteadyTimers {
  const handles = new Set<ReturnType<typeof setTimeout>>()
  return {
    after(delayMs, ring) {
      const handle = setTimeout(
        () => {
          handles.delete(handle)
          ring()
        },
        Math.min(Math.max(0, delayMs), longestDelayMs),
      )
      handles.add(handle)
      return () => {
        clearTimeout(handle)
        handles.delete(handle)
      }
    },
    stop() {
      for (const handle of handles) clearTimeout(handle)
      handles.clear()
    },
  }
}
