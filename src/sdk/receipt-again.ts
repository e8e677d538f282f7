import { inspectModule } from '../activity/module.ts'
import type { Deployment, Runtime } from '../activity/runtime.ts'
import type { TaskInput, TaskLimits, TaskOutcome } from '../activity/task.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { compareRuns, type Run } from '../receipts/again.ts'
import { type Leaf, outputHash } from '../receipts/merkle.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'
import type { StoredTask } from './receipt-verify.ts'
import type { TaskAgain, Verification, VerifyOptions, WasmtimeRun } from './receipts-api.ts'

type Ran = Pick<Verification, 'tasks' | 'reads' | 'wasmtime'>
type Program = { readonly module: Cid; readonly bytes: Uint8Array; readonly limits: TaskLimits }

/** Another implementation of WebAssembly on this machine: what it makes of a task is not ours to get wrong. */
export type ReferenceEngine = {
  /** What it says of itself; undefined where there is none. */
  version(): Promise<string | undefined>
  /** With as much fuel as was told for the task. */
  run(bytes: Uint8Array, task: { input: TaskInput; limits: TaskLimits; fuel: bigint }): Promise<TaskOutcome>
}

/** The command of wasmtime says of a larger exit code, or of a trap, only that there was one, and writes about it. */
const mostTold = 125

/** Runs the tasks of a receipt again, in a sandbox of their own, under the limits of the job, and holds what comes out against the receipt. */
export function createAgain(parts: Parts) {
  const { node, content, jobs: disk, openRuntime } = parts

  async function programOf({ activity, job, module }: ReceiptBody): Promise<Result<Program>> {
    const limits = node.activities.get(activity)?.limits ?? node.jobs.get(job)?.spec.limits
    if (!limits) return refuse('job-unknown', { job })
    const found = await content.fetchFile(module, {
      providers: [],
      open: () => Promise.reject(new Error('only what is stored here')),
    })
    return found.ok ? ok({ module, bytes: found.value, limits }) : found
  }

  const inputOf = async (job: Cid, index: number): Promise<TaskInput> =>
    structuredClone((await disk.tasks(job, [index]))[0]!) // the runtime may move it away

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
        reads: readsOf(program.value.bytes),
        wasmtime: await withReference(program.value, body, tasks),
      }
    } finally {
      await runtime.stop()
    }
  }

  async function withRuntime(
    runtime: Runtime,
    { module, bytes, limits }: Program,
    {
      body,
      tasks,
      signal,
      onTask,
    }: Omit<VerifyOptions, 'execute'> & { body: ReceiptBody; tasks: readonly StoredTask[] },
  ): Promise<TaskAgain[]> {
    const deployed = await runtime.deploy({ cid: module, bytes }, limits)
    const all: TaskAgain[] = []
    for (const task of tasks) {
      const one = signal?.aborted
        ? notRun(task, 'stopped')
        : deployed.ok
          ? await once(runtime, deployed.value, { task, input: await inputOf(body.job, task.leaf.index), signal })
          : notRun(task, deployed.code)
      all.push(one)
      onTask?.(one)
    }
    return all
  }

  async function withReference(
    { bytes, limits }: Program,
    { job }: ReceiptBody,
    tasks: readonly StoredTask[],
  ): Promise<Verification['wasmtime']> {
    if (!parts.wasmtime) return 'not-in-a-page'
    if ((await parts.wasmtime.version()) === undefined) return 'not-installed'
    const runs: WasmtimeRun[] = []
    for (const { leaf, code } of tasks) {
      if (leaf.exitCode < 0 || leaf.exitCode > mostTold) {
        runs.push({ index: leaf.index, isSame: undefined, why: 'exit-code-not-told' })
        continue
      }
      const fuel = leaf.fuel ?? 0n
      const found = await parts.wasmtime.run(bytes, { input: await inputOf(job, leaf.index), limits, fuel })
      // It does not tell what it used: that it needs no more than was told is all that is compared.
      const compared = compareRuns(runOfLeaf(leaf, code), { ...runOf(found), fuel })
      runs.push({ index: leaf.index, isSame: compared.isSame, ...('why' in compared && { why: compared.why }) })
    }
    return runs
  }
}

async function once(
  runtime: Runtime,
  deployment: Deployment,
  { task: { leaf, code }, input, signal }: { task: StoredTask; input: TaskInput; signal: AbortSignal | undefined },
): Promise<TaskAgain> {
  const told = runOfLeaf(leaf, code)
  const found = runOf(await runtime.run(deployment, input, signal))
  const compared = compareRuns(told, found)
  return {
    index: leaf.index,
    isSame: compared.isSame,
    differs: 'differs' in compared ? compared.differs : [],
    ...('why' in compared && { why: compared.why }),
    status: { told: told.status, found: found.status },
    exitCode: { told: told.exitCode, found: found.exitCode },
    fuel: { told: told.fuel, found: found.fuel },
  }
}

const notRun = ({ leaf: { index } }: StoredTask, why: string): TaskAgain => ({
  index,
  isSame: undefined,
  differs: [],
  why,
})

const runOfLeaf = ({ status, exitCode, outputHash, fuel }: Leaf, code: string | undefined): Run => ({
  status,
  exitCode,
  outputHash,
  fuel: fuel ?? 0n,
  code,
})
const runOf = (outcome: TaskOutcome): Run => ({
  status: outcome.status,
  exitCode: outcome.exitCode,
  outputHash: outputHash(outcome),
  fuel: outcome.usage.fuel,
  code: outcome.error?.code,
})

/** Through which of its imports a program can see more than its input. */
function readsOf(bytes: Uint8Array): Ran['reads'] {
  const facts = inspectModule(bytes)
  const imports = facts.ok ? facts.value.imports : []
  return [
    ...(imports.includes('clock_time_get') ? (['clock'] as const) : []),
    ...(imports.includes('random_get') ? (['chance'] as const) : []),
  ]
}
