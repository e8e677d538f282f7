import type { ComponentCode } from '../src/activity/component.ts'
import type { MeterCode } from '../src/activity/metering/meter.ts'
import { type PreparedProgram, prepareModule } from '../src/activity/prepare.ts'
import { failedTask, type TaskInput, type TaskOutcome } from '../src/activity/task.ts'
import type { FromWorker, Kit, KitName, ToWorker, WorkerRun } from '../src/activity/worker-messages.ts'
import type { Random } from '../src/adapters/workers/component-host.ts'
import type { ComponentGeneratorKit, ComponentHostKit } from '../src/adapters/workers/component-kits.ts'
import { disarm } from '../src/adapters/workers/disarm.ts'
import { compile, runTask } from '../src/adapters/workers/guest.ts'
import type { GuestLimits } from '../src/adapters/workers/guest-end.ts'
import { scriptLoader } from '../src/adapters/workers/script-loader.ts'
import { type Result, refuse } from '../src/kernel/result.ts'

/**
 * The thread that runs strangers' programs. It is given one port and nothing else, throws away what the browser lends a
 * worker, and answers each run as soon as it is done: the page must always know which task is running.
 */
const programs = new Map<string, Runner>()
type Runner = (input: TaskInput, limits: GuestLimits) => TaskOutcome

/** For components: scripts that come when the first of them does, and what has become of them. */
const kits = new Map<KitName, Kit>()
let host: ComponentHostKit | undefined
let generator: ComponentGeneratorKit | undefined
const loadScript = scriptLoader(self)
const random: Random = crypto.getRandomValues.bind(crypto)

/** Smaller buffers are cheaper to copy than to move. */
const smallestMoved = 16_384

function serve(port: MessagePort, tick: MessageChannel): void {
  const waiting: WorkerRun[] = []
  let isDue = false
  const say = (message: FromWorker, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved)

  port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.kind === 'kit') kits.set(data.kit.name, data.kit)
    if (data.kind === 'prepare') {
      const answered = prepare(data)
      if (answered instanceof Promise) void answered.then((message) => say(message))
      else say(answered)
    }
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

async function prepareComponent({ key, bytes, memoryPages }: Omit<ToPrepare, 'runtime'>): Promise<FromWorker> {
  generator ??= loadKit('component-generator') as ComponentGeneratorKit
  const prepared = await generator.prepare(bytes, { memoryPages })
  if (generator.isBroken()) generator = undefined
  return answer(key, prepared)
}

type ToPrepare = Extract<ToWorker, { kind: 'prepare' }>

function prepare({ runtime, ...asked }: ToPrepare): FromWorker | Promise<FromWorker> {
  const { key, bytes, memoryPages } = asked
  if (runtime === 'component') return prepareComponent(asked)
  return answer(key, prepareModule(bytes, { runtime, memoryPages }))
}

function answer(key: string, prepared: Result<PreparedProgram, ComponentCode | MeterCode>): FromWorker {
  if (!prepared.ok) return { kind: 'refused', key, refusal: prepared }
  return load(key, prepared.value) ?? { kind: 'prepared', key, module: prepared.value }
}

/** @returns what the engine has against it, if anything */
function load(key: string, prepared: PreparedProgram): FromWorker | undefined {
  try {
    programs.set(key, runnerOf(prepared))
    return undefined
  } catch (cause) {
    const engine = cause instanceof Error ? cause.message.slice(0, 200) : 'not compiled'
    return { kind: 'refused', key, refusal: refuse('malformed-module', { engine }) }
  }
}

function runnerOf(prepared: PreparedProgram): Runner {
  if (prepared.runtime === 'component') {
    host ??= loadKit('component-host') as ComponentHostKit
    return host.compile(prepared, { load: loadScript, random })
  }
  const program = compile(prepared)
  return (input, limits) => runTask(program, input, limits)
}

function loadKit(name: KitName): unknown {
  const { script = '', modules } = kits.get(name) ?? {}
  return loadScript(script, modules)
}

function perform(run: WorkerRun): TaskOutcome {
  const program = programs.get(run.key)
  return program ? program(run.input, run) : failedTask('start-failed', 'the worker has no such module')
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
