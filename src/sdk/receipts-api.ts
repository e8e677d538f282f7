import type { StageRef } from '../activity/messages.ts'
import type { Facts, Result } from '../kernel/result.ts'
import type { Accepted } from '../receipts/acceptance.ts'
import type { Difference } from '../receipts/again.ts'
import type { DagFault, ReceiptNode } from '../receipts/dag.ts'
import type { Leaf } from '../receipts/merkle.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { TaskProof } from '../receipts/task-proof.ts'
import type { Attested, RefusedWord } from '../receipts/words.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { TaskRequest, TaskResult } from './api.ts'
import type { DisputeOptions, DisputeView } from './disputes-api.ts'

export type ReceiptView = { readonly id: Cid; readonly body: ReceiptBody }
/** With the stage of a workflow that its job runs, where it runs one. */
export type JobReceiptView = ReceiptView & {
  /** That its activity signed for until now. */
  readonly tasks: number
  /** Its requestor's signature, where that is here: over this receipt, or an earlier one of its activity. */
  readonly accepted?: Accepted | undefined
  readonly stage?: StageRef | undefined
}

export type ReceiptsApi = {
  /** From our own log, else the DHT, else asked of `from` and of whoever is known to hold it. Its signature was checked. */
  get(cid: Cid, from?: Did): Promise<Result<ReceiptView>>
  ofJob(job: Cid): readonly JobReceiptView[]
  /** The newest receipt of each activity with somebody, whoever of the two computed: at most 64, the newest first. */
  withPeer(did: Did): readonly JobReceiptView[]
  /** That a provider signed for this task of an own job: for anybody to check, without a word of the other tasks. */
  proof(job: Cid, index: number): Promise<Result<ExportedProof>>
  /** Checks a proof from anybody, as bytes or as a value, and what is claimed to have gone in and come out. */
  checkProof(proof: unknown, claimed?: ClaimedTask): Promise<Result<ProvenTask>>
  /** All receipts of a job, each linked to the one before it; checked. */
  dag(job: Cid, options?: DagOptions): Promise<ReceiptGraph>
  /**
   * Disputes a receipt of an own job: its author runs the task again and concedes or contests; then jurors decide. Refused where nothing of it comes to
   * something else here, and where it need not.
   */
  dispute(receipt: Cid, options?: DisputeOptions): Promise<Result<Cid>>
  /** Ours and those against us, the newest first. */
  disputes(): readonly DisputeView[]
  /** Whether a receipt holds against what is stored here, and where asked, against running its tasks again. */
  verify(cid: Cid, options?: VerifyOptions): Promise<Result<Verification>>
}

export type ExportedProof = {
  readonly proof: TaskProof
  /** Canonical DAG-CBOR: what to hand on. */
  readonly bytes: Uint8Array
}
export type ClaimedTask = {
  readonly input?: TaskRequest
  readonly output?: Pick<TaskResult, 'stdout' | 'stderr' | 'files' | 'commands'>
}
export type ProvenTask = {
  readonly receipt: ReceiptView
  readonly leaf: Leaf
  /** In the receipt's frame, from 0. */
  readonly position: number
  readonly isInputProven: boolean
  readonly isOutputProven: boolean
}

export type DagOptions = {
  /** Receipts that are known to be of this job, for whoever took no part in it. */
  readonly heads?: readonly Cid[]
  /** Who is asked for what is not here, beside its author. */
  readonly from?: Did
}
export type ReceiptGraph = {
  readonly job: Cid
  /** Of a workflow, where the job runs one of its stages and is our own. */
  readonly stage?: StageRef | undefined
  readonly nodes: readonly ReceiptNode[]
  readonly heads: readonly Cid[]
  readonly missing: readonly Cid[]
  readonly faults: readonly DagFault[]
  /** Words of witnesses that say nothing, and why. */
  readonly refused: readonly RefusedWord[]
  /** Of the heads, those that this node has seen in the DHT. */
  readonly anchored: readonly Cid[]
}

export type VerifyOptions = {
  /** Who is asked for what is not here. */
  readonly from?: Did
  /** Runs the tasks of the receipt again, here. */
  readonly execute?: boolean
  /** Ends it: what was not run by then is told as not compared. */
  readonly signal?: AbortSignal
  /** After each task that was run again. */
  readonly onTask?: (task: TaskAgain) => void
}
export type Verification = {
  readonly receipt: ReceiptView
  readonly checks: readonly ReceiptCheck[]
  /** Who computed some of its tasks too and signed that they came to the same: seven at most, each asked by the receipt's requestor. */
  readonly attested: readonly Attested[]
  /** What its requestor signed: this receipt, or a later one that it leads to. */
  readonly accepted?: Accepted | undefined
  /** In the order of the frame; empty unless asked to execute. */
  readonly tasks: readonly TaskAgain[]
  /** Of the receipt's tasks, those that are not stored here and were therefore not run. */
  readonly notStored: number
  /** What of the world its program may ask for: where a task differs, that can be why. */
  readonly reads: readonly ('clock' | 'chance')[]
  readonly wasmtime: 'not-asked' | 'not-in-a-page' | 'not-installed' | readonly WasmtimeRun[]
}
export type ReceiptCheck = {
  readonly name: 'signature' | 'chain' | 'tasks' | 'usage' | 'cost' | 'requestor' | 'witnesses'
  /** `unknown` where what it takes is not here; `code` says what. */
  readonly how: 'holds' | 'fails' | 'unknown'
  readonly code?: string | undefined
  readonly facts?: Facts | undefined
}
export type Pair<T> = { readonly told: T; readonly found: T }
export type TaskAgain = {
  readonly index: number
  /** Undefined where nothing can be compared; `why` says why. */
  readonly isSame: boolean | undefined
  readonly differs: readonly Difference[]
  readonly why?: string | undefined
  readonly status?: Pair<'ok' | 'failed'> | undefined
  readonly exitCode?: Pair<number> | undefined
  readonly fuel?: Pair<bigint> | undefined
}
export type WasmtimeRun = {
  readonly index: number
  readonly isSame: boolean | undefined
  readonly why?: string | undefined
  /** Where that wasmtime tells how much was used. */
  readonly fuel?: Pair<bigint> | undefined
}
