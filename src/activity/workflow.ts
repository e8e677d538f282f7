import { machine, type StateOf } from '../kernel/machine.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import { type Cid, cidBytes, cidOf } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import { isRunning, type Job, jobId, nothingYet } from './job.ts'
import type { StageRef } from './messages.ts'
import type { Progress } from './schedule.ts'
import { stagesBefore } from './workflow-check.ts'
import type { StageSpec, WorkflowEnded, WorkflowRetried, WorkflowSpec, WorkflowSubmitted } from './workflow-messages.ts'

/** WF3: what failed or was cancelled may be taken up again. */
export const workflowMachine = machine('Running', {
  Running: { complete: 'Completed', fail: 'Failed', cancel: 'Cancelled' },
  Failed: { retry: 'Running' },
  Cancelled: { retry: 'Running' },
  Completed: {},
})
export type WorkflowStatus = StateOf<typeof workflowMachine>
export type WorkflowBody = BodyOf<typeof WorkflowSubmitted | typeof WorkflowRetried | typeof WorkflowEnded>
export type WorkflowRefusal =
  | 'workflow-misnamed'
  | 'workflow-known'
  | 'workflow-unknown'
  | 'workflow-not-yours'
  | 'workflow-over'
  | 'workflow-not-failed'
  | 'stage-unknown'
  | 'stage-misplaced'

/** Several jobs, one after the other and side by side, as its requestor's own node sees them. */
export type Workflow = {
  readonly id: Cid
  readonly requestor: Did
  readonly spec: WorkflowSpec
  readonly submittedAt: Timestamp
  readonly status: WorkflowStatus
  readonly reason: string
  readonly endedAt?: Timestamp | undefined
  /** The jobs of each stage that has begun, the newest attempt last. */
  readonly attempts: ReadonlyMap<string, readonly Cid[]>
  /** Stages that failed and are to run again. */
  readonly due: ReadonlySet<string>
}

/** The nonce of a stage's job: whoever begins the same attempt twice begins the same job (WF6). */
export function stageNonce({ workflow, stage, attempt }: StageRef): Uint8Array {
  const digest = cidBytes(cidOf(encode([workflow, stage, attempt]), 'dag-cbor')) ?? new Uint8Array(0)
  return digest.slice(4, 20) // behind the head of the CID
}

/** Folds one fact of an own workflow. */
export function evolveWorkflow(
  workflow: Workflow | undefined,
  { body }: Verified<WorkflowBody>,
): Result<Workflow, WorkflowRefusal> {
  if (body.type === 'activity/workflow-submitted') return workflow ? refuse('workflow-known') : submitted(body)
  if (!workflow || body.workflow !== workflow.id) return refuse('workflow-unknown', { workflow: body.workflow })
  if (body.author !== workflow.requestor) return refuse('workflow-not-yours', { author: body.author })
  if (body.type === 'activity/workflow-retried') {
    const status = workflowMachine.next(workflow.status, 'retry')
    if (!status) return refuse('workflow-not-failed', { status: workflow.status })
    return ok({ ...workflow, status, reason: '', endedAt: undefined, due: new Set(body.stages) })
  }
  const step = ({ Completed: 'complete', Failed: 'fail', Cancelled: 'cancel' } as const)[body.status]
  const status = workflowMachine.next(workflow.status, step)
  if (!status) return refuse('workflow-over', { status: workflow.status })
  return ok({ ...workflow, status, reason: body.reason, endedAt: body.issuedAt, due: new Set() })
}

function submitted(body: BodyOf<typeof WorkflowSubmitted>): Result<Workflow, WorkflowRefusal> {
  const { author: requestor, workflow: id, nonce, spec, issuedAt: submittedAt } = body
  if (id !== jobId(requestor, nonce)) return refuse('workflow-misnamed', { workflow: id })
  const status = workflowMachine.initial
  return ok({ id, requestor, spec, submittedAt, status, reason: '', attempts: new Map(), due: new Set() })
}

/** WF6: a stage's next attempt has begun, as this job. */
export function withAttempt(workflow: Workflow, job: Cid, at: StageRef): Result<Workflow, WorkflowRefusal> {
  if (!workflow.spec.stages.some(({ id }) => id === at.stage)) return refuse('stage-unknown', { stage: at.stage })
  const before = workflow.attempts.get(at.stage) ?? []
  const isNext = before.length === at.attempt && job === jobId(workflow.requestor, stageNonce(at))
  if (!isNext) return refuse('stage-misplaced', { stage: at.stage, attempt: at.attempt })
  const attempts = new Map(workflow.attempts).set(at.stage, [...before, job])
  return ok({ ...workflow, attempts, due: new Set([...workflow.due].filter((id) => id !== at.stage)) })
}

export type StageState = 'waiting' | 'ready' | 'running' | 'done' | 'failed'
/** How far one stage is. */
export type Standing = {
  readonly stage: StageSpec
  readonly state: StageState
  readonly jobs: readonly Cid[]
  readonly reason: string
  /** Over all attempts: each task counts once. */
  readonly progress: Progress
}

/** WF4: the stages in the order in which they were given, told by their jobs. @param jobOf of this workflow, all at hand */
export function standings(workflow: Workflow, jobOf: (id: Cid) => Job | undefined): readonly Standing[] {
  const done = new Set<string>()
  const known = workflow.spec.stages.map((stage) => {
    const jobs = workflow.attempts.get(stage.id) ?? []
    const ran = jobs.flatMap((id) => jobOf(id) ?? [])
    const state = ranState(ran.at(-1), workflow.due.has(stage.id))
    if (state === 'done') done.add(stage.id)
    return { stage, state, jobs, reason: reasonOf(ran.at(-1)), progress: together(ran) }
  })
  return known.map((one) => {
    const mayBegin = one.state === 'waiting' && stagesBefore(one.stage).every((id) => done.has(id))
    return mayBegin ? { ...one, state: 'ready' } : one
  })
}

/** WF5: a stage with a task that failed has failed; what it brought stays, and is not computed again. */
function ranState(last: Job | undefined, isDue: boolean): StageState {
  if (!last) return 'waiting'
  if (isRunning(last)) return 'running'
  if (last.outcome === 'Completed' && last.progress.failed === 0) return 'done'
  return isDue ? 'ready' : 'failed'
}

function reasonOf(last: Job | undefined): string {
  if (!last || isRunning(last)) return ''
  return last.reason === '' && last.progress.failed > 0 ? 'tasks-failed' : last.reason
}

function together(ran: readonly Job[]): Progress {
  const last = ran.at(-1)?.progress ?? nothingYet
  // What came in while a job was being cancelled is done too, and not in its own words on its end.
  const before = ran.at(-1)?.earlierCount ?? ran.slice(0, -1).reduce((sum, { progress }) => sum + progress.ok, 0)
  const fuelUsed = ran.reduce((sum, { progress }) => sum + progress.fuelUsed, 0n)
  return { ...last, total: before + last.total, done: before + last.done, ok: before + last.ok, fuelUsed }
}

export const isWorkflowRunning = ({ status }: Workflow): boolean => status === 'Running'

/** WF7: how a workflow that runs has ended, or undefined while a stage runs or may begin. */
export function endingOf(all: readonly Standing[]): { status: 'Completed' | 'Failed'; reason: string } | undefined {
  if (all.some(({ state }) => state === 'running' || state === 'ready')) return undefined
  return all.every(({ state }) => state === 'done')
    ? { status: 'Completed', reason: '' }
    : { status: 'Failed', reason: 'stage-failed' }
}

/** Stages that nobody reads: what came out of the workflow. */
export function lastStages({ stages }: WorkflowSpec): readonly string[] {
  const read = new Set(stages.flatMap(stagesBefore))
  return stages.flatMap(({ id }) => (read.has(id) ? [] : [id]))
}
