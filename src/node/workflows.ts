import { isRunning, type Job, jobId } from '../activity/job.ts'
import { JobEnded, type StageRef } from '../activity/messages.ts'
import {
  endingOf,
  evolveWorkflow,
  isWorkflowRunning,
  type Standing,
  stageNonce,
  standings,
  type Workflow,
  type WorkflowBody,
  withAttempt,
} from '../activity/workflow.ts'
import { mostAttempts, WorkflowEnded, WorkflowRetried, WorkflowSubmitted } from '../activity/workflow-messages.ts'
import { type Amount, minus, plus, zero } from '../kernel/amount.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { after, secondMs, type Timestamp } from '../kernel/time.ts'
import { creditsPlatform, freePlatform } from '../market/demand.ts'
import { spentOf } from '../payment/allocation.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { Command } from './input.ts'
import { billsOfJob } from './money.ts'
import { submission } from './requestor.ts'
import type { NodeState } from './state.ts'
import { type Novelty, owe, say, type Turn, touch } from './turn.ts'

export function foldWorkflow(turn: Turn, event: Verified<WorkflowBody>): Result<Novelty> {
  const { node } = turn
  const { body } = event
  if (body.author !== node.me) return refuse('not-taken-here', { type: body.type })
  const workflow = evolveWorkflow(node.workflows.get(body.workflow), event)
  if (!workflow.ok) return workflow
  node.workflows.set(body.workflow, workflow.value)
  touch(turn, `workflow:${body.workflow}`)
  return ok('new')
}

/** A job of a stage is known to its workflow from its submission on. */
export function foldStage(turn: Turn, job: Cid, stage: StageRef): Result<void> {
  const known = turn.node.workflows.get(stage.workflow)
  if (!known) return refuse('workflow-unknown', { workflow: stage.workflow })
  const next = withAttempt(known, job, stage)
  if (!next.ok) return next
  turn.node.workflows.set(known.id, next.value)
  return ok(undefined)
}

/** How far each stage is. */
export const standingsIn = ({ jobs }: NodeState, workflow: Workflow): readonly Standing[] =>
  standings(workflow, (id) => jobs.get(id))

type WorkflowCommand = Extract<Command, { type: 'submitWorkflow' | 'retryWorkflow' | 'cancelWorkflow' }>

export function obeyWorkflow(turn: Turn, command: WorkflowCommand): Result<Cid | undefined> {
  const { node } = turn
  const { workflow: id } = command
  const known = node.workflows.get(id)
  if (command.type === 'submitWorkflow') {
    if (known) return refuse('workflow-known', { workflow: id })
    if (id !== jobId(node.me, command.nonce)) return refuse('workflow-misnamed', { workflow: id })
    return ok(say(turn, state(WorkflowSubmitted, { workflow: id, nonce: command.nonce, spec: command.spec })).id)
  }
  if (!known) return refuse('workflow-unknown', { workflow: id })
  if (command.type === 'cancelWorkflow') {
    if (!isWorkflowRunning(known)) return refuse('workflow-over', { status: known.status })
    return ok(say(turn, ended(id, 'Cancelled', command.reason)).id)
  }
  if (isWorkflowRunning(known) || known.status === 'Completed')
    return refuse('workflow-not-failed', { status: known.status })
  const stages = standingsIn(node, known).flatMap(({ state: at, stage }) => (at === 'failed' ? [stage.id] : []))
  if (stages.some((stage) => (known.attempts.get(stage)?.length ?? 0) >= mostAttempts))
    return refuse('too-many-attempts', { most: mostAttempts })
  return ok(say(turn, state(WorkflowRetried, { workflow: id, stages })).id)
}

const ended = (workflow: Cid, status: 'Completed' | 'Failed' | 'Cancelled', reason: string) =>
  state(WorkflowEnded, { workflow, status, reason })

/** WL1..WL4: begins every stage whose inputs are there, and ends what can go no further. */
export function reactWorkflow(turn: Turn, id: Cid): void {
  const workflow = turn.node.workflows.get(id)
  if (!workflow) return
  const all = standingsIn(turn.node, workflow)
  if (!isWorkflowRunning(workflow)) return cancelJobs(turn, workflow)
  const ending = endingOf(all)
  if (ending) return void say(turn, ended(id, ending.status, ending.reason))
  const ready = all.filter(({ state: at }) => at === 'ready')
  if (ready.length === 0) return
  const funds = fundsOf(turn.node, workflow, turn.now)
  if (funds.isAwaited) return owe(turn, [{ type: 'wake', key: `workflow:${id}`, at: after(turn.now, lookAgainMs) }])
  const share = (funds.left / BigInt(ready.length)) as Amount
  if (workflow.spec.maxPrice > zero && share === zero) {
    if (all.every(({ state: at }) => at !== 'running')) say(turn, ended(id, 'Failed', 'over-budget'))
    return
  }
  for (const one of ready) begin(turn, workflow, one, share)
}

function begin(turn: Turn, { id, spec: { name, maxPrice } }: Workflow, { stage, jobs }: Standing, share: Amount): void {
  const ref: StageRef = { workflow: id, stage: stage.id, attempt: jobs.length }
  const nonce = stageNonce(ref)
  const spec = {
    ...stage.spec,
    name: `${name.slice(0, 60)}: ${stage.id}`,
    policy: { ...stage.spec.policy, maxPrice: share },
    platform: maxPrice > zero ? creditsPlatform : freePlatform,
  }
  owe(turn, submission({ job: jobId(turn.node.me, nonce), nonce, spec, stage: ref }, turn.now))
}

/** WL4: with a workflow its jobs end. */
function cancelJobs(turn: Turn, { attempts, reason }: Workflow): void {
  for (const id of [...attempts.values()].flat()) {
    const job = turn.node.jobs.get(id)
    if (!job || !isRunning(job)) continue
    const { ok: okCount, failed: failedCount, fuelUsed } = job.progress
    say(turn, state(JobEnded, { job: id, status: 'Cancelled' as const, okCount, failedCount, fuelUsed, reason }))
  }
}

/**
 * WL3: what its jobs may still spend. What a job of it was given is not spent twice while the job runs; what it did not spend is
 * free again once its bills are paid, which is awaited for a while.
 */
function fundsOf(node: NodeState, { attempts, spec }: Workflow, now: Timestamp): { left: Amount; isAwaited: boolean } {
  let taken = zero
  let isAwaited = false
  for (const id of [...attempts.values()].flat()) {
    const allocation = node.allocations.get(id)
    const job = node.jobs.get(id)
    if (!allocation || !job) continue
    if (isRunning(job)) taken = plus(taken, allocation.total)
    else if (allocation.isReleased) taken = plus(taken, spentOf(allocation))
    else {
      taken = plus(taken, plus(spentOf(allocation), billsOfJob(node, id)))
      isAwaited ||= now < after(job.endedAt ?? now, billsMs)
    }
  }
  return { left: taken < spec.maxPrice ? minus(spec.maxPrice, taken) : zero, isAwaited }
}

/** Providers send their bill within a second of the end; one that is gone holds up nobody for longer. */
const billsMs = 15 * secondMs
const lookAgainMs = secondMs / 4

/** WL5: ended workflows kept with all their jobs; a person scrolls no further, and each may have many results on the disk. */
const mostEndedWorkflows = 32

/** The oldest of the ended workflows that nobody has a use for any more; a job belongs to its workflow until then. */
export function oldestWorkflows(node: NodeState): readonly Workflow[] {
  const over = [...node.workflows.values()].filter((workflow) => !isWorkflowRunning(workflow))
  const byEnd = over.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
  return byEnd.slice(0, Math.max(0, over.length - mostEndedWorkflows))
}

/** Whether a job stays at hand for its workflow. */
export const isOfWorkflow = (node: NodeState, { stage }: Job): boolean =>
  stage !== undefined && node.workflows.has(stage.workflow)
