import type { TaskInput } from '../activity/task.ts'
import { isWorkflowRunning, type Standing, type Workflow, type WorkflowStatus } from '../activity/workflow.ts'
import type { RequestorPlane } from '../adapters/plane/requestor-plane.ts'
import type { Result } from '../kernel/result.ts'
import { standingsIn } from '../node/workflows.ts'
import type { Cid } from '../wire/cid.ts'
import type { TaskRequest } from './api.ts'
import type { WorkflowRequest } from './api-workflows.ts'
import type { createJobs } from './jobs.ts'
import type { Parts } from './mesh.ts'
import { SourceEnded } from './source-ended.ts'
import { createStageResults } from './stage-results.ts'
import { type Sources, tasksOf } from './stage-source.ts'
import { valuesOf } from './task-result.ts'
import { failureOf } from './workflow-failure.ts'
import { workflowSpecOf } from './workflow-request.ts'

/** Tasks of a former attempt read at a time. */
const tasksPerRead = 16

/**
 * Runs workflows of this node. Which stage is begun when is the node's own business; here its jobs are given their tasks, from
 * wherever an earlier life of this tab left off.
 */
export function createWorkflowDriver(
  parts: Parts,
  { jobs, requestor }: { jobs: ReturnType<typeof createJobs>; requestor: RequestorPlane },
) {
  const { node, shell, content, blocks, jobs: disk } = parts
  const stored = createStageResults({ ...parts, requestor })
  const feeding = new Set<Cid>()
  /** Known in this life of the tab: whatever is missing later was forgotten. */
  const known = new Map<Cid, { readonly status: WorkflowStatus; readonly jobs: readonly Cid[] }>()

  async function begin(id: Cid, nonce: Uint8Array, request: WorkflowRequest): Promise<Result<unknown>> {
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

  function feedOnce(workflow: Workflow, standing: Standing): void {
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

  async function feed(workflow: Workflow, { stage, jobs: attempts }: Standing, job: Cid): Promise<Result<unknown>> {
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
    workflow: Workflow,
    id: string,
    attempts: readonly Cid[],
  ): AsyncGenerator<TaskRequest> {
    const [job, before] = [attempts.at(-1), attempts.at(-2)]
    const stage = workflow.spec.stages.find((one) => one.id === id)
    if (!stage || !job) return
    if (!before) {
      return yield* tasksOf(stage, workflow.spec, sourcesOf(workflow))
    }
    const { failed, stored: given } = await stored.again(job, before)
    for (let at = 0; at < failed.length; at += tasksPerRead)
      for (const task of await disk.tasks(before, [...failed.subarray(at, at + tasksPerRead)])) yield askedAgain(task)
    if (!node.jobs.get(before)?.progress.isSealed)
      yield* behind(tasksOfAttempt(workflow, id, attempts.slice(0, -1)), given)
  }

  const sourcesOf = ({ attempts }: Workflow): Sources => ({
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

  return { begin, look, results: stored.of }
}

function askedAgain({ args, env, stdin, files, invoke, params }: TaskInput): TaskRequest {
  const called = { ...(invoke !== undefined && { invoke }), ...(params && { params: valuesOf(params) }) }
  return { args, env, stdin, files, ...called }
}

/** What comes behind the first `count`. */
async function* behind<T>(all: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count
  for await (const one of all) if (left-- <= 0) yield one
}
