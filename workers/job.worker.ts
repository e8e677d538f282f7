import { type PreparedModule, prepareModule } from '../src/activity/prepare.ts'
import { failedTask, type TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, ToWorker, WorkerRun } from '../src/activity/worker-messages.ts'
import { disarm } from '../src/adapters/workers/disarm.ts'
import { compile, type Program, runTask } from '../src/adapters/workers/guest.ts'
import { refuse } from '../src/kernel/result.ts'

/**
 * The thread that runs strangers' programs. It is given one port and nothing else, throws away what the browser lends a
 * worker, and answers each run as soon as it is done: the page must always know which task is running.
 */
const programs = new Map<string, Program>()

/** Smaller buffers are cheaper to copy than to move. */
const smallestMoved = 16_384

function serve(port: MessagePort, tick: MessageChannel): void {
  const waiting: WorkerRun[] = []
  let isDue = false
  const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'prepare') say(prepare(data))
    if (data.kind === 'module') say(load(data.key, data.module) ?? { kind: 'compiled', key: data.key })
    if (data.kind === 'forget') programs.delete(data.key)
    if (data.kind === 'cancel') cancel(data.id)
    if (data.kind === 'run' && waiting.push(...data.runs) === data.runs.length && !isDue) next()
  }
  // One run a turn, so that what was said during a long run is heard before the next one begins.
  tick.port2.onmessage = next
  say({ kind: 'ready' })

  function next(): void {
    isDue = false
    const run = waiting.shift()
    if (!run) return
    const outcome = perform(run)
    say({ kind: 'done', id: run.id, outcome }, buffersOf(outcome))
    isDue = waiting.length > 0
    if (isDue) tick.port1.postMessage(0)
  }

  function cancel(id: number): void {
    const at = waiting.findIndex((run) => run.id === id)
    if (at < 0) return
    waiting.splice(at, 1)
    say({ kind: 'cancelled', id })
  }
}

function prepare({ key, runtime, bytes, memoryPages }: Extract<ToWorker, { kind: 'prepare' }>): FromWorker {
  if (runtime === 'component') return { kind: 'refused', key, refusal: refuse('is-a-component') }
  const prepared = prepareModule(bytes, { runtime, memoryPages })
  if (!prepared.ok) return { kind: 'refused', key, refusal: prepared }
  return load(key, prepared.value) ?? { kind: 'prepared', key, module: prepared.value }
}

/** @returns what the engine has against it, if anything */
function load(key: string, module: PreparedModule): FromWorker | undefined {
  try {
    programs.set(key, compile(module))
    return undefined
  } catch (cause) {
    const engine = cause instanceof Error ? cause.message.slice(0, 200) : 'not compiled'
    return { kind: 'refused', key, refusal: refuse('malformed-module', { engine }) }
  }
}

function perform(run: WorkerRun): TaskOutcome {
  const program = programs.get(run.key)
  return program ? runTask(program, run.input, run) : failedTask('start-failed', 'the worker has no such module')
}

const buffersOf = ({ stdout, stderr, files }: TaskOutcome): ArrayBuffer[] =>
  [stdout, stderr, ...Object.values(files)]
    .filter((bytes) => bytes.length >= smallestMoved)
    .map((bytes) => bytes.buffer as ArrayBuffer)

self.onmessage = ({ ports }) => {
  self.onmessage = null
  const tick = new MessageChannel()
  disarm(self)
  serve(ports[0]!, tick)
}
