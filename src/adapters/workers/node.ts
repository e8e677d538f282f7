import { availableParallelism } from 'node:os'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { Runtime } from '../../activity/runtime.ts'
import type { FromWorker } from '../../activity/worker-messages.ts'
import { createPool, type PoolOptions } from './pool.ts'
import type { WorkerEvents, WorkerHandle } from './worker-host.ts'

export type NodeRuntimeOptions = PoolOptions & {
  /** The bundled job worker: `virtual:job-worker`, or `bundleJobWorker()` of scripts/worker-plugin.ts. */
  readonly script: string
  readonly cores?: number
}

/**
 * The runtime in threads of a Node process, for headless peers and tests. It isolates less than the browser's: WebAssembly
 * reaches only the host calls it is given and its own memory, and a thread's heap is bounded, but behind that wall stands a
 * process with its user's rights, and no sandbox, origin or policy. Whoever runs strangers' programs in it should give the
 * process a user or a container of its own. Call `stop`, or its threads keep the process alive.
 */
export function nodeRuntime({ script, cores = availableParallelism(), ...options }: NodeRuntimeOptions): Runtime {
  return createPool(
    {
      cores,
      now: () => performance.now(),
      after: (durationMs, then) => {
        const timer = setTimeout(then, Math.min(durationMs, longestTimerMs))
        return () => clearTimeout(timer)
      },
      open: (events) => openThread(script, events),
      close: async () => {},
    },
    options,
  )
}

/** setTimeout takes 31 bits; the pool looks again when a timer comes early. */
const longestTimerMs = 2 ** 31 - 1

/** A worker in a page is handed its port by an event of its own scope; here a thread does the same for the same script. */
const prelude = `globalThis.self = globalThis;
const { parentPort, receiveMessageOnPort, workerData: said } = require('node:worker_threads');
parentPort.once('message', (port) => self.onmessage({ ports: [port] }));
self.nextMessage = (port) => {
  for (;;) {
    const before = Atomics.load(said, 0);
    const next = receiveMessageOnPort(port);
    if (next) return next.message;
    Atomics.wait(said, 0, before);
  }
};
`

function openThread(script: string, events: WorkerEvents): WorkerHandle {
  const { port1: own, port2: theirs } = new MessageChannel()
  /** Counts what was said to it: a thread that blocks until a program's input comes is woken by that. */
  const said = new Int32Array(new SharedArrayBuffer(4))
  const thread = new Worker(prelude + script, {
    eval: true,
    env: {},
    workerData: said,
    // 1 GiB of JavaScript heap: a guest's memory is not in it, its inputs and outputs are.
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  })
  let ended = false
  const lose = (reason: string): void => {
    if (!ended) events.lost(reason)
  }
  own.on('message', (message: FromWorker) => ended || events.message(message))
  thread.once('error', (error) => lose(error instanceof Error ? error.message : 'the thread failed'))
  thread.once('exit', (code) => lose(`the thread exited with ${code}`))
  thread.postMessage(theirs, [theirs])
  return {
    say: (message, moved) => {
      own.postMessage(message, moved)
      Atomics.add(said, 0, 1)
      Atomics.notify(said, 0)
    },
    end: async () => {
      ended = true
      own.close()
      await thread.terminate()
    },
  }
}
