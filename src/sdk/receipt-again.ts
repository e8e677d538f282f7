import { inspectModule, mostModuleBytes } from '../activity/module.ts'
import type { Deployable, Deployment, Runtime } from '../activity/runtime.ts'
import type { PlacedInput, TaskInput, TaskLimits, TaskOutcome } from '../activity/task.ts'
import { fetchContents } from '../adapters/plane/contents.ts'
import { createTaskRuns } from '../adapters/plane/task-runs.ts'
import type { ReferenceEngine } from '../adapters/workers/wasmtime.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { compareRuns, type Run } from '../receipts/again.ts'
import { type Leaf, outputHash } from '../receipts/merkle.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'
import type { StoredTask } from './receipt-verify.ts'
import type { TaskAgain, Verification, VerifyOptions, WasmtimeRun } from './receipts-api.ts'
import { filesOf } from './sealed-job.ts'

type Ran = Pick<Verification, 'tasks' | 'reads' | 'wasmtime'>
type Program = Deployable & {
  readonly limits: TaskLimits
  /** What its tasks saw that nobody can show them again. */
  readonly unseen?: 'typed-into' | 'fetched' | 'spoken-to' | undefined
}

const nowhere = () => Promise.reject(new Error('only what is stored here'))

/** Runs the tasks of a receipt again, in a sandbox of their own, under the limits of the job, and holds what comes out against the receipt. */
export function createAgain(parts: Parts) {
  const { node, content, jobs: disk, openRuntime } = parts

  async function programOf({ activity, job, module }: ReceiptBody): Promise<Result<Program>> {
    const spec = node.jobs.get(job)?.spec
    const limits = node.activities.get(activity)?.limits ?? spec?.limits
    if (!limits || !spec) return refuse('job-unknown', { job })
    const files = await filesOf(parts, { id: job, spec }, stored)
    const found = await files.fetchFile(module, mostModuleBytes)
    if (!found.ok) return found
    const contents = await fetchContents(spec.content ?? [], files)
    if (!contents.ok) return contents
    const { runtime } = spec
    const unseen = spec.isInteractive
      ? 'typed-into'
      : spec.outbound
        ? 'fetched'
        : spec.channels
          ? 'spoken-to'
          : undefined
    return ok({ cid: module, bytes: found.value, runtime, contents: contents.value, limits, unseen })
  }

  const stored = (cid: Cid, mostBytes?: number) =>
    content.fetchFile(cid, { providers: [], open: nowhere, ...(mostBytes !== undefined && { mostBytes }) })

  const inputOf = async (job: Cid, index: number): Promise<PlacedInput> => {
    const input = structuredClone((await disk.tasks(job, [index]))[0]!) // the runtime may move it away
    return { ...input, place: { job, index } }
  }

  return async (
    body: ReceiptBody,
    tasks: readonly StoredTask[],
    options: Omit<VerifyOptions, 'execute'>,
  ): Promise<Ran> => {
    const program = await programOf(body)
    if (!program.ok) return { tasks: tasks.map((task) => notRun(task, program.code)), reads: [], wasmtime: 'not-asked' }
    const runtime = openRuntime()
    try {
      const told = await withRuntime(runtime, program.value, { body, tasks, ...options })
      return {
        tasks: told,
        reads: readsOf(program.value),
        wasmtime: await withReference(program.value, body, tasks),
      }
    } finally {
      await runtime.stop()
    }
  }

  async function withRuntime(
    runtime: Runtime,
    { limits, unseen, ...program }: Program,
    {
      body,
      tasks,
      signal,
      onTask,
    }: Omit<VerifyOptions, 'execute'> & { body: ReceiptBody; tasks: readonly StoredTask[] },
  ): Promise<TaskAgain[]> {
    const deployed = await runtime.deploy(program, limits)
    // What a script puts into the store is there already, or was not wanted.
    const runs = createTaskRuns({ runtime, keep: () => Promise.resolve() })
    const all: TaskAgain[] = []
    for (const task of tasks) {
      const whyNot = signal?.aborted ? 'stopped' : (unseen ?? (deployed.ok ? undefined : deployed.code))
      const one =
        deployed.ok && whyNot === undefined
          ? await once(deployed.value, {
              task,
              input: await inputOf(body.job, task.index),
              run: (deployment, input) => runs.run(deployment, input, { signal, fetchContent: stored }),
            })
          : notRun(task, whyNot ?? 'stopped')
      all.push(one)
      onTask?.(one)
    }
    return all
  }

  async function withReference(
    { bytes, runtime, limits }: Program,
    { job }: ReceiptBody,
    tasks: readonly StoredTask[],
  ): Promise<Verification['wasmtime']> {
    if (!parts.wasmtime) return 'not-in-a-page'
    const engine = await foundOf(parts.wasmtime)
    if (!engine) return 'not-installed'
    const isFit = runtime === 'wasi-p1' || (runtime === 'function' && engine.isExact)
    const runs: WasmtimeRun[] = []
    for (const task of tasks) {
      const input = await inputOf(job, task.index)
      if (!isFit) runs.push(notCompared(task, 'runtime-not-compared'))
      else if (input.script) runs.push(notCompared(task, 'script-not-compared'))
      else if (!engine.isExact && task.leaf.exitCode < 0) runs.push(notCompared(task, 'exit-code-not-told'))
      else runs.push(await onReference(engine, bytes, { task, input, limits }))
    }
    return runs
  }
}

/** The first that is there. */
async function foundOf(engines: readonly ReferenceEngine[]): Promise<ReferenceEngine | undefined> {
  for (const engine of engines) if ((await engine.version()) !== undefined) return engine
  return undefined
}

const notCompared = ({ index }: StoredTask, why: string): WasmtimeRun => ({ index, isSame: undefined, why })

async function onReference(
  engine: ReferenceEngine,
  bytes: Uint8Array,
  { task, input, limits }: { task: StoredTask; input: TaskInput; limits: TaskLimits },
): Promise<WasmtimeRun> {
  const told = runOfLeaf(task.leaf, task.code)
  const found = await engine.run(bytes, { input, limits, fuel: told.fuel })
  if (!found.ok) return notCompared(task, found.code)
  const { fuel, ...ended } = found.value
  const status = ended.exitCode === 0 ? 'ok' : 'failed'
  const hash = outputHash(ended)
  // One that does not tell what it used needs no more than was told, or it would have trapped.
  const compared = compareRuns(told, { status, exitCode: ended.exitCode, outputHash: hash, fuel: fuel ?? told.fuel })
  return {
    index: task.index,
    isSame: compared.isSame,
    ...('why' in compared && { why: compared.why }),
    ...(fuel !== undefined && { fuel: { told: told.fuel, found: fuel } }),
  }
}

async function once(
  deployment: Deployment,
  {
    task: { index, leaf, code },
    input,
    run,
  }: { task: StoredTask; input: PlacedInput; run(deployment: Deployment, input: PlacedInput): Promise<TaskOutcome> },
): Promise<TaskAgain> {
  const told = runOfLeaf(leaf, code)
  const found = runOf(await run(deployment, input))
  const compared = compareRuns(told, found)
  return {
    index,
    isSame: compared.isSame,
    differs: 'differs' in compared ? compared.differs : [],
    ...('why' in compared && { why: compared.why }),
    status: { told: told.status, found: found.status },
    exitCode: { told: told.exitCode, found: found.exitCode },
    fuel: { told: told.fuel, found: found.fuel },
  }
}

const notRun = ({ index }: StoredTask, why: string): TaskAgain => ({
  index,
  isSame: undefined,
  differs: [],
  why,
})

const runOfLeaf = ({ status, exitCode, outputHash, fuel, hostUnits }: Leaf, code: string | undefined): Run => ({
  status,
  exitCode,
  outputHash,
  fuel: fuel ?? 0n,
  hostUnits,
  code,
})
const runOf = (outcome: TaskOutcome): Run => ({
  status: outcome.status,
  exitCode: outcome.exitCode,
  outputHash: outputHash(outcome),
  fuel: outcome.usage.fuel,
  hostUnits: outcome.usage.hostUnits,
  code: outcome.error?.code,
})

/** Through which of its imports a program can see more than its input. */
function readsOf({ bytes, runtime, limits }: Program): Ran['reads'] {
  if (limits.seed || (runtime !== 'wasi-p1' && runtime !== 'function')) return []
  const facts = inspectModule(bytes, runtime)
  const imports = facts.ok ? facts.value.imports : []
  return [
    ...(imports.includes('clock_time_get') ? (['clock'] as const) : []),
    ...(imports.includes('random_get') ? (['chance'] as const) : []),
  ]
}
