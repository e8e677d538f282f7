import { jobId } from '../activity/job.ts'
import { isWorkflowRunning, lastStages, type Standing } from '../activity/workflow.ts'
import { stagesBefore } from '../activity/workflow-check.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import { plus, zero } from '../kernel/amount.ts'
import { setBounded } from '../kernel/bound.ts'
import { ok } from '../kernel/result.ts'
import { costOfJob } from '../node/money.ts'
import { standingsIn } from '../node/workflows.ts'
import type { Cid } from '../wire/cid.ts'
import type {
  StageResult,
  StageView,
  Workflow,
  WorkflowRequest,
  WorkflowSummary,
  WorkflowView,
} from './api-workflows.ts'
import type { createJobs } from './jobs.ts'
import { loadedOnce } from './loaded-once.ts'
import type { Parts } from './mesh.ts'
import { type Store, until } from './store.ts'
import { resultOf } from './task-result.ts'
import { failureOf } from './workflow-failure.ts'

/** Refusals that can still be asked about, as of jobs. */
const mostRefused = 200
/** A server that does not answer may be back by then. */
const loadAgainMs = 5_000

type Jobs = ReturnType<typeof createJobs>

/** Workflows of this node, as programs and pages have them. What feeds them is loaded with the first one. */
export function createWorkflows(
  parts: Parts,
  { jobs, requestor, store }: { jobs: Jobs; requestor: RequestorPlane; store: Store },
) {
  const { node, shell, blocks } = parts
  const driver = loadedOnce(async () =>
    (await import('./workflow-driver.ts')).createWorkflowDriver(parts, { jobs, requestor }),
  )
  /** Once it is loaded. */
  let driving: Awaited<ReturnType<typeof driver>> | undefined
  let isLoading = false
  let loadingAgain: ReturnType<typeof setTimeout> | undefined
  const begun = new Set<Cid>()
  const refused = new Map<Cid, WorkflowSummary>()

  function submit(request: WorkflowRequest): Workflow {
    const nonce = crypto.getRandomValues(new Uint8Array(16))
    const id = jobId(node.me, nonce)
    begun.add(id)
    void driver()
      .then(({ begin }) => begin(id, nonce, request))
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

  function look(): void {
    if (driving) return driving.look()
    if (node.workflows.size === 0 || isLoading) return
    isLoading = true
    void driver().then(
      (ready) => {
        driving = ready
        ready.look()
      },
      () => {
        loadingAgain = setTimeout(() => {
          isLoading = false
          look()
        }, loadAgainMs)
      },
    )
  }

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
      for await (const { index, result } of (await driver()).results(jobs)) yield { ...resultOf(result), index, stage }
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
      const unsubscribe = store.subscribe(look)
      look()
      return () => {
        unsubscribe()
        clearTimeout(loadingAgain)
      }
    },
  }
}
