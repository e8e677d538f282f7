import { minuteMs } from '../kernel/time.ts'
import { event } from '../wire/event.ts'
import {
  amount,
  cid,
  count,
  exactBytes,
  type Infer,
  list,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../wire/schema.ts'
import { jobSpec, stageId } from './messages.ts'
import { mostNameLength } from './task.ts'

/** Nodes of a graph that a person can still follow; as many jobs run at once. */
export const mostStages = 64
/** Files of a workflow, and inputs of one stage: a stage that needs more is given an archive. */
export const mostInputs = 64
/** One stage is run again so often: whoever has tried this often mends the program first. */
export const mostAttempts = 64
/** Results that one task of a reduce may take: as many files as a task may have. */
export const mostFanIn = 4_096
/** The largest body of a submission: 64 stages with 4 KB of arguments each. */
export const mostWorkflowBytes = 262_144

/** Where one input of a stage comes from, and where its program finds it. */
const stageInput = object({
  from: oneOf(['job', 'stage']),
  /** Of the workflow's file, or of the stage. */
  name: text(64),
  /** `stdout`, or the path of a file that the stage's program writes; of the workflow's file `stdout` too; of a function `values`. */
  output: text(256),
  /** `stdin`, the path of a file, or a folder that ends in a slash and has a file for each item; of a function also `params`. */
  into: text(256),
  /** So many lines are an item; else a file is one, and each result of a stage. */
  linesEach: optional(count(1_000_000)),
})
export type StageInput = Infer<typeof stageInput>

const stageSpec = object({
  id: stageId,
  /** One task; a task for each item of the first input; a task for each `fanIn` items of it, or for all. */
  kind: oneOf(['single', 'map', 'reduce']),
  /** What each of its jobs is submitted with, but for the price. */
  spec: jobSpec,
  inputs: list(stageInput, mostInputs),
  args: list(text(4_096), 256),
  env: record(256, text(4_096), 256),
  fanIn: optional(count(mostFanIn)),
  /** Which exported function each of its tasks calls. */
  invoke: optional(text(mostNameLength)),
})
export type StageSpec = Infer<typeof stageSpec>

/** A graph of stages: what each runs, and whose outputs it is given. */
export const workflowSpec = object({
  name: text(96),
  /** Of all its jobs together. */
  maxPrice: amount,
  inputs: list(object({ key: text(64), cid, sizeBytes: count(2 ** 30) }), mostInputs),
  stages: list(stageSpec, mostStages),
})
export type WorkflowSpec = Infer<typeof workflowSpec>

const own = { version: 1, perPeer: { count: 0, windowMs: minuteMs } } // never taken from a peer

/** `workflow` is named as a job is: the CID of its author and a nonce (WF1). */
export const WorkflowSubmitted = event('activity/workflow-submitted', {
  ...own,
  maxBytes: mostWorkflowBytes,
  fields: { workflow: cid, nonce: exactBytes(16), spec: workflowSpec },
})
/** What failed is to run again: these stages. */
export const WorkflowRetried = event('activity/workflow-retried', {
  ...own,
  maxBytes: 8_192,
  fields: { workflow: cid, stages: list(stageId, mostStages) },
})
export const WorkflowEnded = event('activity/workflow-ended', {
  ...own,
  maxBytes: 2_048,
  fields: { workflow: cid, status: oneOf(['Completed', 'Failed', 'Cancelled']), reason: text(256) },
})

export const workflowEvents = [WorkflowSubmitted, WorkflowRetried, WorkflowEnded] as const
