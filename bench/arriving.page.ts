import type { FromWorker } from '../src/activity/worker-messages.ts'
import { createPool } from '../src/adapters/workers/pool.ts'
import type { WorkerHost } from '../src/adapters/workers/worker-host.ts'
import { blockBytes } from '../src/content/manifest.ts'

/** Milliseconds from the first block of a module until its program is ready, and from the last one. */
export type Readied = { readonly fromFirstMs: number; readonly fromLastMs: number }

declare global {
  var readied:
    | ((how: { script: string; module: string; bytesPerMs: number; isReadAhead: boolean }) => Promise<Readied>)
    | undefined
}

/** Blocks come at so many bytes a millisecond, as from a line that is slower than the disk; the pool and its worker are the product's own. */
globalThis.readied = async ({ script, module, bytesPerMs, isReadAhead }) => {
  const bytes = new Uint8Array(await (await fetch(module)).arrayBuffer())
  const pool = createPool(hostOf(script), { threads: 1 })
  const limits = { memoryPages: 8_192, timeoutMs: 15_000, outputBytes: 100_000 }
  const program = { cid: module, bytes, runtime: 'wasi-p1' }
  await pool.deploy({ ...program, cid: 'small', bytes: small }, limits) // its worker stands
  const arriving = pool.arriving(program, limits)
  const began = performance.now()
  for (let at = 0; at < bytes.length; at += blockBytes) {
    await until(began + at / bytesPerMs)
    if (isReadAhead) arriving.grown(bytes, Math.min(bytes.length, at + blockBytes))
  }
  const last = performance.now()
  const deployed = await pool.deploy(program, limits)
  const now = performance.now()
  if (!deployed.ok) throw new Error(deployed.code)
  arriving.end()
  await pool.stop()
  return { fromFirstMs: now - began, fromLastMs: now - last }
}

/** A command that does nothing. */
const small = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1],
  ...[7, 19, 2, 6, ...ascii('_start'), 0, 0, 6, ...ascii('memory'), 2, 0, 10, 4, 1, 2, 0, 0x0b],
])
function ascii(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0))
}

async function until(at: number): Promise<void> {
  const waitMs = at - performance.now()
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
}

function hostOf(script: string): WorkerHost {
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  return {
    cores: 1,
    now: () => performance.now(),
    after(durationMs, then) {
      const timer = setTimeout(then, Math.min(durationMs, 2 ** 31 - 1))
      return () => clearTimeout(timer)
    },
    open(events) {
      const worker = new Worker(address)
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = ({ data }: MessageEvent<FromWorker>) => events.message(data)
      worker.onerror = ({ message }) => events.lost(message)
      worker.postMessage(0, [port2])
      return { say: (message, moved) => port1.postMessage(message, moved), end: async () => worker.terminate() }
    },
    close: async () => URL.revokeObjectURL(address),
  }
}
