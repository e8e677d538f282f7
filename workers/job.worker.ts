import { type PreparedModule, prepareModule } from '../src/activity/prepare.ts'
import { type Content, failedTask, type TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, ToWorker, WorkerRun } from '../src/activity/worker-messages.ts'
import { disarm } from '../src/adapters/workers/disarm.ts'
import { compile, type Program, runLive, runTask } from '../src/adapters/workers/guest.ts'
import { type GuestTalk, suspension } from '../src/adapters/workers/guest-live.ts'
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
  let isBusy = false
  /** The run that somebody listens to: it has this worker to itself. */
  let talking: { readonly id: number; readonly talk: GuestTalk } | undefined
  const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => hear(data)
  // One run a turn, so that what was said during a long run is heard before the next one begins.
  tick.port2.onmessage = next
  say({ kind: 'ready' })

  function hear(data: ToWorker): void {
    if (data.kind === 'prepare') say(prepare(data))
    if (data.kind === 'module') say(load(data) ?? { kind: 'compiled', key: data.key })
    if (data.kind === 'forget') programs.delete(data.key)
    if (data.kind === 'cancel') cancel(data.id)
    if (data.kind === 'tell' && data.id === talking?.id) talking.talk.hear(data.word)
    if (data.kind === 'run' && waiting.push(...data.runs) === data.runs.length && !isDue && !isBusy) next()
  }

  function next(): void {
    isDue = false
    const run = waiting.shift()
    if (!run) return
    isBusy = true
    const outcome = perform(run)
    if (outcome instanceof Promise) void outcome.then((found) => done(run, found))
    else done(run, outcome)
  }

  function done({ id }: WorkerRun, outcome: TaskOutcome): void {
    isBusy = false
    talking = undefined
    say({ kind: 'done', id, outcome }, buffersOf(outcome))
    isDue = waiting.length > 0
    if (isDue) tick.port1.postMessage(0)
  }

  function perform(run: WorkerRun): TaskOutcome | Promise<TaskOutcome> {
    const known = programs.get(run.key)
    if (!known) return failedTask('start-failed', 'the worker has no such module')
    const { program, contents } = known
    const { id, input, limits, live: kind } = run
    const task = { input, limits, contents, progress: seldom((permille) => say({ kind: 'progress', id, permille })) }
    if (!kind) return runTask(program, task)
    if (kind === 'terminal' && !suspension && !blocking)
      return failedTask('start-failed', 'a program cannot wait for its input in this browser')
    const waitForWord = blocking && (() => hear(blocking(port)))
    return runLive(program, task, {
      line: { kind, say: (word) => say({ kind: 'said', id, word }), waitForWord },
      hears(talk) {
        talking = { id, talk }
      },
    })
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

/** Blocks until something is said on the port: what a thread of Node has, and no browser's worker without shared memory. */
const blocking = (self as { nextMessage?: (port: MessagePort) => ToWorker }).nextMessage

/** Tells it, but not more often than anybody would see. */
function seldom(tell: (permille: number) => void): (permille: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (permille) => {
    const now = performance.now()
    if (now < toldAt + tellEveryMs) return
    toldAt = now
    tell(permille)
  }
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
