import type { Progress } from '../activity/schedule.ts'
import type { StageState, WorkflowStatus } from '../activity/workflow.ts'
import type { Amount } from '../kernel/amount.ts'
import type { Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import type { SubmitRequest, TaskResult } from './api.ts'

export type WorkflowRequest = {
  readonly name?: string
  /** Files that stages read, by a key of your choice; at most 64. */
  readonly inputs?: Readonly<Record<string, Uint8Array | Blob | string>>
  /** Of all its jobs together, micro-credits; absent or 0: only work given away is asked for. */
  readonly maxPrice?: bigint
  /** 1 to 64, in any order; a circle is refused with `workflow-cycle`. */
  readonly stages: readonly StageRequest[]
}
/** A part of a workflow: all that a job can be asked for, but for its list of tasks. */
export type StageRequest = Omit<SubmitRequest, 'tasks' | 'name' | 'policy'> & {
  /** 1 to 32 letters, digits, `-` and `_`. */
  readonly id: string
  /** One task; a task for each item of the first input; one task for all items of it, or for each `fanIn`. `single` unless said. */
  readonly kind?: 'single' | 'map' | 'reduce'
  readonly inputs?: readonly StageInputRequest[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Of a module of functions, or of a component: which of them each task calls, with its inputs as values. */
  readonly invoke?: string
  /** Of a reduce: items for one task, at most 4,096. */
  readonly fanIn?: number
  readonly policy?: Omit<NonNullable<SubmitRequest['policy']>, 'maxPrice'>
}
export type StageInputRequest = (
  | { readonly from: 'job'; readonly key: string }
  /**
   * `output` is `stdout`, or the path of a file that each task of that stage writes; `stdout` unless said. Of a stage with `invoke` it is
   * `values` unless said: what the function gave, a line a value.
   */
  | { readonly from: 'stage'; readonly stage: string; readonly output?: string }
) & {
  /**
   * `stdin`, a path, or a folder that ends in a slash and gets a file for each item: `0000000`, `0000001`. `stdin` unless said. Of a stage with
   * `invoke` it is `params` unless said: each line is a value.
   */
  readonly into?: string
  /** So many lines are an item; else a file is one, and each result of a stage. */
  readonly linesEach?: number
}

export type Workflow = {
  /** Known at once, also where the submission is then refused. */
  readonly id: Cid
  view(): WorkflowView | undefined
  /** Of one stage, or of those that no other reads: each once, by stage and task, as soon as the stage has ended. */
  results(stage?: string): AsyncIterable<StageResult>
  /** Resolves when it has ended, again after a retry. Never rejects. */
  readonly done: Promise<WorkflowSummary>
  /** Ends it and its jobs. */
  cancel(reason?: string): Promise<void>
  /** Runs what failed again, and then what waited for it; refuses `workflow-not-failed`, `too-many-attempts`. */
  retry(): Promise<Result<void>>
}
export type StageResult = TaskResult & { readonly stage: string }
export type WorkflowSummary = {
  readonly status: Exclude<WorkflowStatus, 'Running'>
  readonly reason: string
  readonly cost: Amount
  readonly stages: Readonly<Record<string, StageState>>
}
export type WorkflowView = {
  readonly id: Cid
  readonly name: string
  readonly status: WorkflowStatus
  readonly reason: string
  readonly submittedAt: Timestamp
  readonly endedAt?: Timestamp | undefined
  readonly maxPrice: Amount
  readonly cost: Amount
  /** Keys of its files, and how large each is. */
  readonly inputs: readonly { readonly key: string; readonly sizeBytes: number }[]
  readonly stages: readonly StageView[]
}
export type StageView = {
  readonly id: string
  readonly kind: 'single' | 'map' | 'reduce'
  readonly state: StageState
  readonly reason: string
  /** Stages and files that it reads. */
  readonly after: readonly string[]
  readonly reads: readonly string[]
  /** Its attempts, the newest last. */
  readonly jobs: readonly Cid[]
  /** Over all attempts: each task counts once. */
  readonly progress: Progress
  readonly cost: Amount
}
