import type { ComponentCode } from '../src/activity/component.ts'
import { meterModule } from '../src/activity/metering/meter.ts'
import {
  type ArrivingModule,
  arrivingModule,
  type PrepareCode,
  type PreparedProgram,
  prepareModule,
} from '../src/activity/prepare.ts'
import { type Content, failedTask, type PlacedInput, type TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, Kit, KitName, ToWorker, WorkerRun } from '../src/activity/worker-messages.ts'
import type { Random } from '../src/adapters/workers/component-glue.ts'
import type { ComponentGeneratorKit, ComponentHostKit } from '../src/adapters/workers/component-kits.ts'
import { disarm } from '../src/adapters/workers/disarm.ts'
import { compile, type Program, runLive, runTask } from '../src/adapters/workers/guest.ts'
import type { GuestLimits } from '../src/adapters/workers/guest-end.ts'
import { type GuestTalk, suspension } from '../src/adapters/workers/guest-live.ts'
import { createReach, type Reach } from '../src/adapters/workers/guest-reach.ts'
import { scriptLoader } from '../src/adapters/workers/script-loader.ts'
import { type Result, refuse } from '../src/kernel/result.ts'

/**
 * The thread that runs strangers' programs. It is given one port and nothing else, throws away what the browser lends a
 * worker, and answers each run as soon as it is done: the page must always know which task is running.
 */
/** A component is what runs a task of it. */
const programs = new Map<string, { readonly program: Program | Runner; readonly contents: readonly Content[] }>()
type Runner = (input: PlacedInput, limits: GuestLimits) => TaskOutcome

/** For components: scripts that come when the first of them does, and what has become of them. */
const kits = new Map<KitName, Kit>()
let host: ComponentHostKit | undefined
let generator: ComponentGeneratorKit | undefined
const loadScript = scriptLoader(self)
const random: Random = crypto.getRandomValues.bind(crypto)

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
  /** The run that reaches outside: it has this worker to itself as well. */
  let reaching: { readonly id: number; readonly reach: Reach } | undefined
  const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => hear(data)
  // One run a turn, so that what was said during a long run is heard before the next one begins.
  tick.port2.onmessage = next
  say({ kind: 'ready' })

  function hear(data: ToWorker): void {
    if (data.kind === 'kit') kits.set(data.kit.name, data.kit)
    if (data.kind === 'prepare') {
      const answered = prepare(data)
      if (answered instanceof Promise) void answered.then((message) => say(message))
      else say(answered)
    }
    if (data.kind === 'arriving') say(readOn(data))
    if (data.kind === 'notArriving') arriving.delete(data.id)
    if (data.kind === 'module') say(load(data) ?? { kind: 'compiled', key: data.key })
    if (data.kind === 'forget') programs.delete(data.key)
    if (data.kind === 'cancel') cancel(data.id)
    if (data.kind === 'tell' && data.id === talking?.id) talking.talk.hear(data.word)
    if (data.kind === 'answer' && data.id === reaching?.id) reaching.reach.hear(data.answer)
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
    reaching = undefined
    say({ kind: 'done', id, outcome }, buffersOf(outcome))
    isDue = waiting.length > 0
    if (isDue) tick.port1.postMessage(0)
  }

  function perform(run: WorkerRun): TaskOutcome | Promise<TaskOutcome> {
    const known = programs.get(run.key)
    if (!known) return failedTask('start-failed', 'the worker has no such module')
    const { program, contents } = known
    const { id, input, limits, live: kind, mayAsk } = run
    if (typeof program === 'function') {
      if (kind === 'terminal') return failedTask('start-failed', 'a component cannot wait for its input here')
      return program(input, limits)
    }
    const plain = { input, limits, contents, progress: seldom((permille) => say({ kind: 'progress', id, permille })) }
    if (!kind && !mayAsk) return runTask(program, plain)
    if ((kind === 'terminal' || mayAsk) && !suspension && !blocking)
      return failedTask('start-failed', 'a program cannot wait in this browser')
    const waitForWord = blocking && (() => hear(blocking(port)))
    const reach = mayAsk && createReach({ ask: (ask) => say({ kind: 'ask', id, ask }), waitForWord })
    if (reach) reaching = { id, reach }
    return runLive(program, reach ? { ...plain, reach } : plain, {
      line: kind && { kind, say: (word) => say({ kind: 'said', id, word }), waitForWord },
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

/** Modules that are on their way. */
const arriving = new Map<number, ArrivingModule>()

function readOn({ id, sizeBytes, bytes, ...how }: Extract<ToWorker, { kind: 'arriving' }>): FromWorker {
  const module = arriving.get(id) ?? arrivingModule(sizeBytes, how)
  arriving.set(id, module)
  module.take(bytes)
  return { kind: 'read', id }
}

type ToPrepare = Extract<ToWorker, { kind: 'prepare' }>

function prepare(asked: ToPrepare): FromWorker | Promise<FromWorker> {
  const { bytes, runtime, memoryPages, isDeterministic = false, arriving: id = 0 } = asked
  if (runtime === 'component') return prepareComponent(asked)
  const begun = arriving.get(id)
  arriving.delete(id)
  return answer(asked, begun?.prepare(bytes) ?? prepareModule(bytes, { runtime, memoryPages, isDeterministic }))
}

async function prepareComponent(asked: ToPrepare): Promise<FromWorker> {
  generator ??= loadKit('component-generator') as ComponentGeneratorKit
  const { bytes, memoryPages, isDeterministic = false } = asked
  const prepared = await generator.prepare(bytes, { memoryPages, isDeterministic, meter: meterModule })
  if (generator.isBroken()) generator = undefined
  return answer(asked, prepared)
}

function answer(
  { key, contents }: ToPrepare,
  prepared: Result<PreparedProgram, ComponentCode | PrepareCode>,
): FromWorker {
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
  module: PreparedProgram
  contents?: readonly Content[] | undefined
}): FromWorker | undefined {
  try {
    programs.set(key, { program: runnerOf(module), contents })
    return undefined
  } catch (cause) {
    const engine = cause instanceof Error ? cause.message.slice(0, 200) : 'not compiled'
    return { kind: 'refused', key, refusal: refuse('malformed-module', { engine }) }
  }
}

function runnerOf(prepared: PreparedProgram): Program | Runner {
  if (prepared.runtime !== 'component') return compile(prepared)
  host ??= loadKit('component-host') as ComponentHostKit
  return host.compile(prepared, { load: loadScript, random })
}

function loadKit(name: KitName): unknown {
  const { script = '', modules } = kits.get(name) ?? {}
  return loadScript(script, modules)
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
