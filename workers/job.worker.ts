import { type PreparedModule, prepareModule } from '../src/activity/prepare.ts'
import { type Content, failedTask, type TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, ToWorker, WorkerRun } from '../src/activity/worker-messages.ts'
import { disarm } from '../src/adapters/workers/disarm.ts'
import { compile, type Program, runTask } from '../src/adapters/workers/guest.ts'
import { refuse } from '../src/kernel/result.ts'

/**
 * The thread that runs strangers' programs. It is given one port and nothing else, throws away what the browser lends a
 * worker, and answers each run as soon as it is done: the page must always know which task is running.
 */
const programs = new Map<string, { readonly program: Program; readonly contents: readonly Content[] }>()

/** Whoever watches sees a bar move; more often it would cost the page. */
const tellEveryMs = 100

/** Smaller buffers are cheaper to copy than to move. */
const smallestMoved = 16_384

function serve(port: MessagePort, tick: MessageChannel): void {
  const waiting: WorkerRun[] = []
  let isDue = false
  const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'prepare') say(prepare(data))
    if (data.kind === 'module') say(load(data) ?? { kind: 'compiled', key: data.key })
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
    const outcome = perform(run, (permille) => say({ kind: 'progress', id: run.id, permille }))
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

function prepare({ key, bytes, runtime, contents, ...options }: Extract<ToWorker, { kind: 'prepare' }>): FromWorker {
  if (runtime === 'component') return { kind: 'refused', key, refusal: refuse('is-a-component') }
  const prepared = prepareModule(bytes, { runtime, ...options })
  if (!prepared.ok) return { kind: 'refused', key, refusal: prepared }
  const module = prepared.value
  return load({ key, module, contents }) ?? { kind: 'prepared', key, module }
}

/** @returns what the engine has against it, if anything */
function load({
  key,
  module,
  contents = [],
}: {
  key: string
  module: PreparedModule
  contents?: readonly Content[] | undefined
}): FromWorker | undefined {
  try {
    programs.set(key, { program: compile(module), contents })
    return undefined
  } catch (cause) {
    const engine = cause instanceof Error ? cause.message.slice(0, 200) : 'not compiled'
    return { kind: 'refused', key, refusal: refuse('malformed-module', { engine }) }
  }
}

function perform({ key, input, limits }: WorkerRun, tell: (permille: number) => void): TaskOutcome {
  const known = programs.get(key)
  if (!known) return failedTask('start-failed', 'the worker has no such module')
  let toldAt = Number.NEGATIVE_INFINITY
  const progress = (permille: number): void => {
    const now = performance.now()
    if (now < toldAt + tellEveryMs) return
    toldAt = now
    tell(permille)
  }
  return runTask(known.program, { input, limits, contents: known.contents, progress })
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
