import { valueText } from '../../activity/value-text.ts'
import type { Job, TaskResult } from '../../sdk/api.ts'
import type { CommandView } from '../../sdk/api-scripts.ts'
import type { Did } from '../../wire/schema.ts'
import { createStore, type Store } from '../app/store.ts'
import type { JobMemory } from '../run/job-memory.ts'
import { type CheckTally, noChecks, noteCheck } from './check-tally.ts'
import { noRemarks, noteRemarks, type Remarks } from './remarks.ts'
import { type Output, pour, type Sink, sinkFor } from './sinks.ts'

/** What the page keeps of one command of a script. */
export type CommandRow = {
  readonly type: CommandView['type']
  readonly isOk: boolean
  readonly exitCode: number
  readonly durationMs: number
  readonly sizeBytes: number
  /** What it gave, put into the store or signed, or why it failed; else how its output begins. */
  readonly words: string
}

/** What the page keeps of one result; its bytes stay in the node's store. */
export type Row = {
  readonly index: number
  readonly isOk: boolean
  readonly exitCode: number
  readonly durationMs: number
  readonly fuel: bigint | undefined
  readonly provider: Did
  /** Own work has none. */
  readonly hasReceipt: boolean
  readonly preview: string
  /** What a called function gave; undefined of a program that is no function. */
  readonly values: string | undefined
  readonly sizeBytes: number
  /** Of a script; undefined also where the page keeps no more of them. */
  readonly commands?: readonly CommandRow[] | undefined
  readonly error?: TaskResult['error']
  /** How it was checked; undefined where each task is computed once. */
  readonly check?: TaskResult['check']
}

/** Of the work of a provider; `timed` of its tasks have their time, and copies of others’ have none. */
export type Share = { readonly done: number; readonly timed: number; readonly durationMs: number }

export type Collected = {
  /** Grows with every frame that brings something. */
  readonly version: number
  /** In order of completion. The list grows in place: look at `version`. */
  readonly rows: readonly Row[]
  readonly failures: readonly Row[]
  /** How much each provider has done, over all results. */
  readonly shares: ReadonlyMap<Did, Share>
  /** By task: 0 not done, 1 done, 2 failed. */
  readonly states: Uint8Array
  readonly remarks: Remarks
  readonly checks: CheckTally
  readonly sink: Sink
  readonly isComplete: boolean
}

/** Twenty thousand rows are about 8 MB; beyond them results are counted, shown on the wall and in the download. */
const mostRows = 20_000
const mostFailures = 1_000
/** As many as rows: of scripts behind them only the whole is shown. */
const mostCommandRows = 20_000
/** A third of a frame: the page's other work comes between two of those. */
const sliceMs = 6
/** A result that comes alone shows at once; of a flood four looks a second are what a person reads. */
const tellEveryMs = 250
const previewLength = 160

/** Follows a job's results from the first to the end, also after a reload. @returns the view, and how to stop */
export function collect(
  job: Job,
  memory: JobMemory,
): { view: Pick<Store<Collected>, 'read' | 'subscribe'>; stop(): void } {
  const sink = sinkFor(memory)
  const rows: Row[] = []
  const failures: Row[] = []
  const shares = new Map<Did, Share>()
  const remarks = noRemarks()
  const checks = noChecks()
  const places = new Map<number, number>()
  let states = new Uint8Array(1_024)
  const seen = (version: number, isComplete: boolean): Collected => ({
    version,
    rows,
    failures,
    shares,
    states,
    remarks,
    checks,
    sink,
    isComplete,
  })
  const store = createStore<Collected>(seen(0, false))
  const results = job.results()[Symbol.asyncIterator]()
  let waiting: Output[] = []
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let toldAt = 0
  let commandRows = 0

  const tell = (isComplete: boolean): void => {
    clearTimeout(timer)
    timer = undefined
    toldAt = performance.now()
    for (const index of pour(sink, waiting)) states[index] = 2
    waiting = []
    store.write(seen(store.read().version + 1, isComplete))
  }
  const share = (provider: Did, more: Share): void => {
    const { done, timed, durationMs } = shares.get(provider) ?? { done: 0, timed: 0, durationMs: 0 }
    const next = { done: done + more.done, timed: timed + more.timed, durationMs: durationMs + more.durationMs }
    if (next.done > 0) shares.set(provider, next)
    else shares.delete(provider)
  }
  const note = ({ provider, durationMs, check }: Row, sign: 1 | -1): void => {
    share(provider, { done: sign, timed: sign, durationMs: sign * durationMs })
    for (const other of check?.agreed ?? [])
      if (other !== provider) share(other, { done: sign, timed: 0, durationMs: 0 })
    noteCheck(checks, check, sign)
  }
  const keep = (row: Row): void => {
    const place = places.get(row.index)
    const before = place === undefined ? undefined : rows[place]
    // What was not believed any more was computed again: the newer result is the one that counts.
    if (before && place !== undefined) {
      note(before, -1)
      rows[place] = row
      const failed = failures.indexOf(before)
      if (failed >= 0) failures.splice(failed, 1)
    } else if (rows.length < mostRows) places.set(row.index, rows.push(row) - 1)
    note(row, 1)
  }
  const take = (result: TaskResult): void => {
    if (result.index >= states.length) states = grown(states, result.index)
    states[result.index] = result.status === 'ok' ? 1 : 2
    commandRows += result.commands?.length ?? 0
    const row = rowOf(result, { commands: commandRows <= mostCommandRows })
    noteRemarks(remarks, result)
    keep(row)
    if (!row.isOk && failures.length < mostFailures) failures.push(row)
    if (row.isOk && sink.kind !== 'none') waiting.push({ index: result.index, stdout: result.stdout })
    timer ??= setTimeout(tell, Math.max(0, toldAt + tellEveryMs - performance.now()), false)
  }
  const follow = async (): Promise<void> => {
    let sliceEnds = performance.now() + sliceMs
    for (;;) {
      const { done, value } = await results.next()
      if (isStopped) return
      if (done) return tell(true)
      take(value)
      if (performance.now() < sliceEnds) continue
      await new Promise((resolve) => setTimeout(resolve))
      sliceEnds = performance.now() + sliceMs
    }
  }
  void follow().catch(() => tell(false))
  return {
    view: store,
    stop: () => {
      isStopped = true
      clearTimeout(timer)
      void results.return?.()
    },
  }
}

function grown(states: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(states.length * 2, index + 1))
  larger.set(states)
  return larger
}

/** @param commands whether those of a script are kept too */
function rowOf(result: TaskResult, { commands: isKept }: { readonly commands: boolean }): Row {
  const { index, status, exitCode, durationMs, fuel, provider, receipt, files, values, error } = result
  const { stdout, stderr } = shownOf(result)
  const sizes = Object.values(files).map((file) => file.length)
  const written = (result.commands ?? [result]).map((one) => one.stdout.length)
  return {
    index,
    isOk: status === 'ok',
    exitCode,
    durationMs,
    fuel,
    provider,
    hasReceipt: receipt !== undefined,
    values: values?.map(valueText).join(', '),
    preview: previewOf(status === 'ok' ? stdout : stderr),
    sizeBytes: [...sizes, ...written].reduce((sum, size) => sum + size, 0),
    ...(isKept && { commands: result.commands?.map(commandRow) }),
    error,
    check: result.check,
  }
}

function commandRow({ type, status, exitCode, durationUs, stdout, stderr, values, message, content }: CommandView) {
  const given = values && values.length > 0 ? values.map(valueText).join(', ') : message
  return {
    type,
    isOk: status === 'ok',
    exitCode,
    durationMs: durationUs / 1_000,
    sizeBytes: stdout.length + stderr.length + (content?.length ?? 0),
    words: (given || previewOf(stdout.length > 0 ? stdout : stderr)).slice(0, previewLength),
  }
}

/** Of a script, the last of its commands that wrote anything. */
const shownOf = (result: TaskResult): Pick<TaskResult, 'stdout' | 'stderr'> =>
  result.commands?.findLast(({ stdout, stderr }) => stdout.length + stderr.length > 0) ?? result

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The first line of an output, or nothing where it is no text. */
function previewOf(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes.subarray(0, previewLength * 4), { stream: true })
    decoder.decode()
    const [line = ''] = text.trimStart().split('\n')
    return line.includes('\0') ? '' : line.slice(0, previewLength)
  } catch {
    return resetDecoder()
  }
}

function resetDecoder(): string {
  try {
    decoder.decode()
  } catch {
    // what was left of a character that the cut went through
  }
  return ''
}
