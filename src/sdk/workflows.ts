import { jobId } from '../activity/job.ts'
import type { TaskInput } from '../activity/task.ts'
import {
  isWorkflowRunning,
  lastStages,
  type Workflow as NodeWorkflow,
  type Standing,
  type WorkflowStatus,
} from '../activity/workflow.ts'
import { stagesBefore } from '../activity/workflow-check.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import { StorageFailure } from '../adapters/storage.port.ts'
import { plus, zero } from '../kernel/amount.ts'
import { setBounded } from '../kernel/bound.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { costOfJob } from '../node/money.ts'
import { standingsIn } from '../node/workflows.ts'
import type { Cid } from '../wire/cid.ts'
import type { TaskRequest } from './api.ts'
import type {
  StageResult,
  StageView,
  Workflow,
  WorkflowRequest,
  WorkflowSummary,
  WorkflowView,
} from './api-workflows.ts'
import type { createJobs } from './jobs.ts'
import type { Parts } from './mesh.ts'
import { SourceEnded } from './source-ended.ts'
import { createStageResults } from './stage-results.ts'
import type { Sources } from './stage-source.ts'
import { type Store, until } from './store.ts'
import { resultOf, valuesOf } from './task-result.ts'

/** Refusals that can still be asked about, as of jobs. */
const mostRefused = 200
/** Tasks of a former attempt read at a time. */
const tasksPerRead = 16

type Jobs = ReturnType<typeof createJobs>

/**
 * Runs workflows of this node. Which stage is begun when is the node's own business; here its jobs are given their tasks, from
 * wherever an earlier life of this tab left off.
 */
export function createWorkflows(
  parts: Parts,
  { jobs, requestor, store }: { jobs: Jobs; requestor: RequestorPlane; store: Store },
) {
  const { node, shell, content, blocks, jobs: disk } = parts
  const stored = createStageResults({ ...parts, requestor })
  const feeding = new Set<Cid>()
  const begun = new Set<Cid>()
  const refused = new Map<Cid, WorkflowSummary>()
  /** Known in this life of the tab: whatever is missing later was forgotten. */
  const known = new Map<Cid, { readonly status: WorkflowStatus; readonly jobs: readonly Cid[] }>()

  function submit(request: WorkflowRequest): Workflow {
    const nonce = crypto.getRandomValues(new Uint8Array(16))
    const id = jobId(node.me, nonce)
    begun.add(id)
    void begin(id, nonce, request)
      .catch((error: unknown) => failureOf(error))
      .then((outcome) => {
        if (!outcome.ok) {
          setBounded(refused, id, { status: 'Failed', reason: outcome.code, cost: zero, stages: {} }, mostRefused)
          const facts = Object.entries(outcome.facts).map(([name, fact]) => `${name}: ${fact}`)
          parts.report({ code: outcome.code, phase: 'submit', message: facts.join(' ').slice(0, 256) })
          void blocks.unpin(id)
        }
        begun.delete(id)
        store.touch([`workflow:${id}`])
      })
    return handleOf(id)
  }

  async function begin(id: Cid, nonce: Uint8Array, request: WorkflowRequest): Promise<Result<unknown>> {
    const { workflowSpecOf } = await import('./workflow-request.ts')
    const spec = await workflowSpecOf(request, { specFor: jobs.specFor, content, subnet: parts.subnet })
    if (!spec.ok) return spec
    const { stages, inputs } = spec.value
    const read = stages.flatMap(({ spec: { module, content: files } }) => [module, ...(files ?? [])])
    for (const cid of new Set([...read, ...inputs.map((one) => one.cid)])) {
      const names = await content.namesOf(cid)
      for (const name of names.ok ? names.value : []) await blocks.pin(name, id)
    }
    return shell.command({ type: 'submitWorkflow', workflow: id, nonce, spec: spec.value })
  }

  /** Feeds every job of a stage that nobody feeds yet, and lets go of what is over. */
  function look(): void {
    for (const workflow of node.workflows.values()) {
      const { id, status, attempts } = workflow
      if (isWorkflowRunning(workflow)) for (const standing of standingsIn(node, workflow)) feedOnce(workflow, standing)
      else if (known.get(id)?.status === status) continue
      known.set(id, { status, jobs: [...attempts.values()].flat() })
      // What failed may be tried again, and needs its programs and files for that.
      if (status === 'Completed') void blocks.unpin(id)
    }
    for (const [id, { jobs }] of known) {
      if (node.workflows.has(id)) continue
      known.delete(id)
      void blocks.unpin(id)
      void stored.forget(jobs)
    }
  }

  function feedOnce(workflow: NodeWorkflow, standing: Standing): void {
    const job = standing.jobs.at(-1)
    if (standing.state !== 'running' || !job || feeding.has(job) || node.jobs.get(job)?.progress.isSealed) return
    feeding.add(job)
    void feed(workflow, standing, job)
      .catch((error: unknown) => failureOf(error))
      .then((fed) => {
        feeding.delete(job)
        if (fed.ok) return
        const { code, facts } = fed
        if (code === 'job-over') return
        parts.report({
          code,
          phase: 'stage',
          message: Object.entries(facts)
            .map(([name, fact]) => `${name}: ${fact}`)
            .join(' '),
        })
        void shell.command({ type: 'cancelJob', job, reason: code })
      })
  }

  async function feed(workflow: NodeWorkflow, { stage, jobs: attempts }: Standing, job: Cid): Promise<Result<unknown>> {
    if (stage.spec.runHere) void jobs.handle(job)?.runHere()
    const from = await disk.taskCount(job)
    let ended: SourceEnded | undefined
    const source = async function* (): AsyncGenerator<TaskRequest> {
      try {
        yield* behind(tasksOfAttempt(workflow, stage.id, attempts), from)
      } catch (error) {
        if (error instanceof SourceEnded) ended = error
        throw error
      }
    }
    const taken = await jobs.take(job, source(), from)
    return taken.ok ? jobs.seal(job, false, await stored.doneBefore(attempts)) : (ended?.refusal ?? taken)
  }

  /** Of a first attempt all tasks of the stage; of a later one what failed in the one before, and what that was not given. */
  async function* tasksOfAttempt(
    workflow: NodeWorkflow,
    id: string,
    attempts: readonly Cid[],
  ): AsyncGenerator<TaskRequest> {
    const [job, before] = [attempts.at(-1), attempts.at(-2)]
    const stage = workflow.spec.stages.find((one) => one.id === id)
    if (!stage || !job) return
    if (!before) {
      const { tasksOf } = await import('./stage-source.ts')
      return yield* tasksOf(stage, workflow.spec, sourcesOf(workflow))
    }
    const { failed, stored: given } = await stored.again(job, before)
    for (let at = 0; at < failed.length; at += tasksPerRead)
      for (const task of await disk.tasks(before, [...failed.subarray(at, at + tasksPerRead)])) yield askedAgain(task)
    if (!node.jobs.get(before)?.progress.isSealed)
      yield* behind(tasksOfAttempt(workflow, id, attempts.slice(0, -1)), given)
  }

  const sourcesOf = ({ attempts }: NodeWorkflow): Sources => ({
    async file(cid) {
      const found = await content.fetchFile(cid, {
        providers: [],
        open: () => Promise.reject(new Error('not stored here')),
      })
      if (!found.ok) throw new SourceEnded(found)
      return found.value
    },
    results: (stage) => stored.of(attempts.get(stage) ?? []),
  })

  function handleOf(id: Cid): Workflow {
    return {
      id,
      view: () => viewOf(id),
      results: (stage) => resultsOf(id, stage),
      get done() {
        return until(store, () => refused.get(id) ?? summaryOf(id))
      },
      async cancel(reason = 'cancelled') {
        await until(store, () => (begun.has(id) ? undefined : true))
        await shell.command({ type: 'cancelWorkflow', workflow: id, reason })
      },
      async retry() {
        const retried = await shell.command({ type: 'retryWorkflow', workflow: id })
        return retried.ok ? ok(undefined) : retried
      },
    }
  }

  function summaryOf(id: Cid): WorkflowSummary | undefined {
    const view = viewOf(id)
    if (!view && !begun.has(id)) return { status: 'Failed', reason: 'workflow-unknown', cost: zero, stages: {} }
    if (!view || view.status === 'Running') return undefined
    const { status, reason, cost } = view
    return { status, reason, cost, stages: Object.fromEntries(view.stages.map(({ id, state }) => [id, state])) }
  }

  async function* resultsOf(id: Cid, only: string | undefined): AsyncGenerator<StageResult> {
    await until(store, () => (begun.has(id) ? undefined : true))
    const spec = node.workflows.get(id)?.spec
    for (const stage of spec ? (only === undefined ? lastStages(spec) : [only]) : []) {
      const jobs = await until(store, () => endedJobs(id, stage))
      for await (const { index, result } of stored.of(jobs)) yield { ...resultOf(result), index, stage }
    }
  }

  /** Jobs of a stage that is over; none where its workflow ended before it began. */
  function endedJobs(id: Cid, stage: string): readonly Cid[] | undefined {
    const workflow = node.workflows.get(id)
    const standing = workflow && standingsIn(node, workflow).find((one) => one.stage.id === stage)
    if (!standing) return []
    const isOver = standing.state === 'done' || standing.state === 'failed' || !isWorkflowRunning(workflow)
    return isOver ? standing.jobs : undefined
  }

  function viewOf(id: Cid): WorkflowView | undefined {
    const workflow = node.workflows.get(id)
    if (!workflow) return undefined
    const { spec, status, reason, submittedAt, endedAt } = workflow
    const stages = standingsIn(node, workflow).map(stageView)
    return {
      id,
      name: spec.name,
      status,
      reason,
      submittedAt,
      endedAt,
      maxPrice: spec.maxPrice,
      cost: stages.reduce((sum, { cost }) => plus(sum, cost), zero),
      inputs: spec.inputs.map(({ key, sizeBytes }) => ({ key, sizeBytes })),
      stages,
    }
  }

  function stageView({ stage, state, reason, jobs: attempts, progress }: Standing): StageView {
    return {
      id: stage.id,
      kind: stage.kind,
      state,
      reason,
      after: stagesBefore(stage),
      reads: [...new Set(stage.inputs.flatMap(({ from, name }) => (from === 'job' ? [name] : [])))],
      jobs: attempts,
      progress,
      cost: attempts.reduce((sum, job) => plus(sum, costOfJob(node, job)), zero),
    }
  }

  return {
    submit,
    views: () =>
      [...node.workflows.keys()].flatMap((id) => viewOf(id) ?? []).sort((a, b) => b.submittedAt - a.submittedAt),
    handle: (id: string) =>
      node.workflows.has(id as Cid) || begun.has(id as Cid) || refused.has(id as Cid) ? handleOf(id as Cid) : undefined,
    /** After a start, and from then on whenever something changed. */
    resume() {
      look()
      return store.subscribe(look)
    },
  }
}

const failureOf = (error: unknown) =>
  error instanceof SourceEnded
    ? error.refusal
    : refuse(error instanceof StorageFailure ? error.code : 'unexpected', {
        reason: error instanceof Error ? error.message.slice(0, 160) : '',
      })

function askedAgain({ args, env, stdin, files, invoke, params }: TaskInput): TaskRequest {
  const called = { ...(invoke !== undefined && { invoke }), ...(params && { params: valuesOf(params) }) }
  return { args, env, stdin, files, ...called }
}

/** What comes behind the first `count`. */
async function* behind<T>(all: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count
  for await (const one of all) if (left-- <= 0) yield one
}
