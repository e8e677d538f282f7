import { Tasks } from '../activity/messages.ts'
import { isForParams } from '../activity/workflow-check.ts'
import type { StageInput, StageSpec, WorkflowSpec } from '../activity/workflow-messages.ts'
import type { StoredResult } from '../adapters/storage.port.ts'
import { refuse } from '../kernel/result.ts'
import type { Cid } from '../wire/cid.ts'
import type { TaskRequest } from './api.ts'
import { SourceEnded } from './source-ended.ts'
import { linesOf, valuesIn } from './stage-values.ts'

/** Where a stage reads from: files of its workflow, and results of the stages before it in the order of their tasks. */
export type Sources = {
  file(cid: Cid): Promise<Uint8Array>
  results(stage: string): AsyncIterable<{ readonly index: number; readonly result: StoredResult }>
}

/** WF8: the tasks of a stage: the same ones in the same order however often they are asked for. Throws SourceEnded. */
export async function* tasksOf(
  stage: StageSpec,
  workflow: WorkflowSpec,
  sources: Sources,
): AsyncGenerator<TaskRequest> {
  const { kind, args, env, inputs, fanIn, invoke } = stage
  const [first, ...others] = inputs
  const items = (input: StageInput) => itemsOf(input, workflow, sources)
  const room = roomy()
  const given = await parts(kind === 'single' ? inputs : others, items, room)
  const task = (own: readonly Part[]): TaskRequest => ({
    args,
    env,
    ...placed([...own, ...given], stage),
    ...(invoke !== undefined && { invoke }),
  })
  if (kind === 'single' || !first) return yield task([])
  let group: Uint8Array[] = []
  let groupRoom = room
  let count = 0
  const flush = (): TaskRequest => {
    const own = task(partsOf(first.into, group, kind === 'map' ? count - group.length : 0))
    group = []
    groupRoom = room
    return own
  }
  const most = kind === 'map' ? 1 : (fanIn ?? Number.POSITIVE_INFINITY)
  for await (const item of items(first)) {
    groupRoom = groupRoom.after(item)
    group.push(item)
    count += 1
    if (group.length >= most) yield flush()
  }
  if (group.length > 0 || (kind === 'reduce' && count === 0)) yield flush()
}

/** A piece of what a task is given, and where its program finds it. */
type Part = { readonly at: string; readonly bytes: Uint8Array }

/** A folder has a file for each item; a file and the standard input have them one behind the other. @param from number of the first */
const partsOf = (into: string, items: readonly Uint8Array[], from = 0): Part[] =>
  into.endsWith('/')
    ? items.map((bytes, n) => ({ at: `${into}${String(from + n).padStart(7, '0')}`, bytes }))
    : [{ at: into, bytes: joined(items) }]

async function parts(
  inputs: readonly StageInput[],
  items: (input: StageInput) => AsyncIterable<Uint8Array>,
  room: Room,
): Promise<Part[]> {
  const all: Part[] = []
  let left = room
  for (const input of inputs) {
    const whole: Uint8Array[] = []
    for await (const item of items(input)) {
      left = left.after(item)
      whole.push(item)
    }
    all.push(...partsOf(input.into, whole))
  }
  return all
}

function placed(parts: readonly Part[], stage: StageSpec): Pick<TaskRequest, 'stdin' | 'files' | 'params'> {
  const all = parts.filter(({ at }) => !isForParams(stage, at))
  const params = parts.filter(({ at }) => isForParams(stage, at)).flatMap(({ bytes }) => valuesIn(bytes, stage.id))
  const stdin = all.find(({ at }) => at === 'stdin')?.bytes
  const files = Object.fromEntries(all.flatMap(({ at, bytes }) => (at === 'stdin' ? [] : [[at, bytes]])))
  return { ...(stdin && { stdin }), files, ...(stage.invoke !== undefined && { params }) }
}

/** Ends the source before more is held than one task may be given. */
type Room = { after(item: Uint8Array): Room }
const roomy = (sizeBytes = 0): Room => ({
  after(item) {
    const next = sizeBytes + item.length
    if (next > Tasks.maxFrameBytes)
      throw new SourceEnded(refuse('input-too-large', { sizeBytes: next, mostBytes: Tasks.maxFrameBytes }))
    return roomy(next)
  },
})

async function* itemsOf(input: StageInput, workflow: WorkflowSpec, sources: Sources): AsyncGenerator<Uint8Array> {
  const wholes = input.from === 'job' ? fileOf(input, workflow, sources) : outputsOf(input, workflow, sources)
  const { linesEach } = input
  for await (const whole of wholes) {
    if (linesEach === undefined || linesEach === 0) yield whole
    else yield* byLines(whole, linesEach)
  }
}

async function* fileOf({ name }: StageInput, { inputs }: WorkflowSpec, sources: Sources): AsyncGenerator<Uint8Array> {
  for (const { key, cid } of inputs) if (key === name) yield sources.file(cid)
}

async function* outputsOf(
  { name, output }: StageInput,
  { stages }: WorkflowSpec,
  sources: Sources,
): AsyncGenerator<Uint8Array> {
  const isCalled = stages.find(({ id }) => id === name)?.invoke !== undefined
  for await (const { index, result } of sources.results(name)) {
    const bytes =
      isCalled && output === 'values'
        ? linesOf(result.values)
        : output === 'stdout'
          ? result.stdout
          : result.files[output]
    if (!bytes) throw new SourceEnded(refuse('output-missing', { stage: name, task: index, output }))
    yield bytes.slice() // it may be a view of a frame, and moving a view would move the frame
  }
}

const newline = 10

/** Pieces of so many lines; the last may have fewer, and need not end in a line feed. */
export function* byLines(bytes: Uint8Array, linesEach: number): Generator<Uint8Array> {
  let from = 0
  let lines = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) {
    lines += 1
    if (lines < linesEach) continue
    yield bytes.slice(from, at + 1)
    from = at + 1
    lines = 0
  }
  if (from < bytes.length) yield bytes.slice(from)
}

function joined(items: readonly Uint8Array[]): Uint8Array {
  const [only] = items
  if (only && items.length === 1) return only
  const all = new Uint8Array(items.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const item of items) {
    all.set(item, at)
    at += item.length
  }
  return all
}
