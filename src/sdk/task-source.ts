import { fitsFrame, sizeOfBytes } from '../activity/frames.ts'
import { Tasks } from '../activity/messages.ts'
import type { Command } from '../activity/script.ts'
import { checkInput, type TaskInput } from '../activity/task.ts'
import { valueText } from '../activity/value-text.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { TaskRequest } from './api.ts'
import type { CommandRequest } from './api-scripts.ts'

/** As many tasks, or bytes of them, as go to the disk in one write. */
const chunkTasks = 256
const chunkBytes = 1_048_576
/** On their way to the disk at a time, four full chunks: more would only lie in memory, for the disk writes those that wait together. */
const mostStoringTasks = 1_024
const mostStoringBytes = 4_194_304
/** What a frame's own words may take beside one task. */
const frameSlackBytes = 4_096

const utf8 = new TextEncoder()
const bytesOf = (content: Uint8Array | string | undefined): Uint8Array =>
  typeof content === 'string' ? utf8.encode(content) : (content ?? new Uint8Array(0))

/** The input that a request means, or why no program could be given it. */
export function inputOf({
  args = [],
  env = {},
  stdin,
  files = {},
  invoke,
  params,
  script,
}: TaskRequest): Result<TaskInput> {
  const entries = Object.entries(files).map(([path, content]) => [path, bytesOf(content)] as const)
  const input: TaskInput = {
    args: args.map(String),
    env,
    stdin: bytesOf(stdin),
    files: Object.fromEntries(entries),
    ...(invoke !== undefined && { invoke }),
    ...(params && { params: params.map(valueText) }),
    ...(script && { script: script.map(commandOf) }),
  }
  const fits = fitsFrame(sizeOfBytes(input), Tasks.maxFrameBytes - frameSlackBytes)
  return fits.ok ? checkInput(input) : fits
}

/** Nothing but what the wire knows: a word more would make a provider refuse the frame. */
function commandOf(command: CommandRequest): Command {
  if (command.type === 'start') return { type: 'start', ...(command.args && { args: command.args.map(String) }) }
  if (command.type === 'transfer') return { type: 'transfer', from: String(command.from), to: String(command.to) }
  if (command.type !== 'run') return { type: command.type }
  const { type, args, stdin, invoke, params } = command
  return {
    type,
    ...(args && { args: args.map(String) }),
    ...(stdin !== undefined && { stdin: bytesOf(stdin) }),
    ...(invoke !== undefined && { invoke }),
    ...(params && { params: params.map(valueText) }),
  }
}

/** Where tasks go. */
export type TaskSink = {
  /** Chunks are stored in the order in which they were given. */
  store(chunk: readonly TaskInput[]): Promise<void>
  /** Somebody waits for what is being stored. */
  hurry(): void
  /** Somebody types into the tasks: then none may be a script. */
  readonly isInteractive?: boolean
}

/**
 * Hands tasks on in chunks, in order; while many of them are being stored, the source is asked for no more: that is the
 * back-pressure. A source that fails is refused as `source-lost`, after what it gave was stored. Rejects as `store` does.
 */
export async function drain(
  tasks: Iterable<TaskRequest> | AsyncIterable<TaskRequest>,
  sink: TaskSink,
): Promise<Result<void>> {
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]()
  let chunk: TaskInput[] = []
  let sizeBytes = 0
  const storing = createStoring(sink)
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) storing.add(chunk, sizeBytes)
    chunk = []
    sizeBytes = 0
    await storing.hasRoom()
  }
  for (;;) {
    const coming = asked(source)
    // A source that waits, for a person or for a result, must not keep back what it already gave.
    if (chunk.length > 0 && (await isSlow(coming))) await flush()
    const given = await coming.then(ok, lost)
    if (!given.ok) {
      await flush()
      await storing.isDone()
      return given
    }
    if (given.value.done) break
    const input = inputOf(given.value.value)
    if (!input.ok) return input
    if (sink.isInteractive && input.value.script) return refuse('script-not-interactive')
    chunk.push(input.value)
    sizeBytes += sizeOfBytes(input.value)
    if (chunk.length >= chunkTasks || sizeBytes >= chunkBytes) await flush()
  }
  await flush()
  await storing.isDone()
  return ok(undefined)
}

/** Chunks on their way to the disk. Whoever waits for one makes it hurry. */
function createStoring(sink: TaskSink) {
  const chunks: { readonly stored: Promise<void>; readonly tasks: number; readonly sizeBytes: number }[] = []
  let tasks = 0
  let sizeBytes = 0
  let hasFailed = false

  const isFull = (): boolean => tasks > mostStoringTasks || sizeBytes > mostStoringBytes
  const oldest = async (): Promise<void> => {
    sink.hurry()
    await chunks[0]?.stored
  }
  return {
    add(chunk: readonly TaskInput[], chunkSizeBytes: number): void {
      const one = { stored: sink.store(chunk), tasks: chunk.length, sizeBytes: chunkSizeBytes }
      chunks.push(one)
      tasks += one.tasks
      sizeBytes += one.sizeBytes
      one.stored.then(
        () => {
          chunks.shift()
          tasks -= one.tasks
          sizeBytes -= one.sizeBytes
        },
        () => {
          hasFailed = true // and stays the oldest, for whoever waits
        },
      )
    },
    async hasRoom(): Promise<void> {
      while (isFull() || hasFailed) await oldest()
    },
    async isDone(): Promise<void> {
      while (chunks.length > 0) await oldest()
    },
  }
}

const lost = (error: unknown) => refuse('source-lost', { reason: error instanceof Error ? error.message : '' })

/** A generator that throws, throws here. */
function asked(source: Iterator<TaskRequest> | AsyncIterator<TaskRequest>): Promise<IteratorResult<TaskRequest>> {
  try {
    return Promise.resolve(source.next())
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Whether the next task is not there at once. A source that has it answers within a few turns of the queue of microtasks. */
async function isSlow(coming: Promise<unknown>): Promise<boolean> {
  let isHere = false
  void coming.then(
    () => {
      isHere = true
    },
    () => {
      isHere = true
    },
  )
  for (let turn = 0; turn < promptTurns && !isHere; turn++) await undefined
  return !isHere
}

/** An async generator takes three; a few more for one that wraps another. */
const promptTurns = 8
