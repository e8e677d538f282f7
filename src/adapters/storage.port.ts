import type { Checked } from '../activity/checking.ts'
import type { CommandResult } from '../activity/script.ts'
import type { TaskInput } from '../activity/task.ts'
import type { Result } from '../kernel/result.ts'
import type { MerkleProof } from '../receipts/merkle.ts'
import type { Cid } from '../wire/cid.ts'

/** One fact of the log: a body this node decided, or one that passed the gate. */
export type LogEntry = {
  /** Position in this node's log, from 1, without gaps: given by `append`. */
  readonly seq: number
  readonly id: Cid
  /** Canonical bytes of the body. */
  readonly body: Uint8Array<ArrayBuffer>
  /** Absent on our own facts: they are signed on their way out. */
  readonly signature?: Uint8Array<ArrayBuffer> | undefined
}
export type NewLogEntry = Omit<LogEntry, 'seq'>

/** The node's memory, one per identity slot. Every write resolves only when it would survive the browser's end. */
export type EventLog = {
  /** Appends in order and in one transaction; concurrent calls share a transaction. Rejects with StorageFailure. */
  append(entries: readonly NewLogEntry[]): Promise<void>
  /** At most `most` entries with seq > after, in order. */
  read(after: number, most: number): Promise<readonly LogEntry[]>
  byId(id: Cid): Promise<LogEntry | undefined>
  /** The last state that was folded up to `seq`, as structured-cloneable data; undefined before the first. */
  readSnapshot(): Promise<{ readonly seq: number; readonly version: number; readonly state: unknown } | undefined>
  writeSnapshot(seq: number, version: number, state: unknown): Promise<void>
  /** Small settings of the slot: limits, switches, whether donating was on. Structured-cloneable. */
  readSetting(key: string): Promise<unknown>
  writeSetting(key: string, value: unknown): Promise<void>
}

/** What one task gave, kept as long as its job is at hand. */
export type StoredResult = {
  readonly index: number
  readonly status: 'ok' | 'failed'
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly values?: readonly string[] | undefined
  /** Of a script. */
  readonly commands?: readonly CommandResult[] | undefined
  readonly durationUs: number
  /** Absent on what was stored before anything was metered. */
  readonly fuel?: bigint | undefined
  readonly hostUnits?: bigint | undefined
  readonly log?: Uint8Array | undefined
  readonly anchors?: readonly Uint8Array[] | undefined
  readonly custom?: Readonly<Record<string, bigint>> | undefined
  readonly provider: string
  /** Absent on own work. */
  readonly receipt?: Cid | undefined
  /** That this task is in that receipt: the rest of its frame may be another's result, or none, and is not stored beside it. */
  readonly proof?: MerkleProof | undefined
  /** Under which its receipt has it, where that is not its index. */
  readonly number?: number | undefined
  readonly error?: { readonly code: string; readonly phase: string; readonly message: string } | undefined
  /** How it was checked, and who said the same or another thing; absent where nothing was to be checked. */
  readonly check?: ResultCheck | undefined
}
export type ResultCheck = Omit<Checked, 'digest' | 'verdict'>

/** Inputs and results of a job's tasks: bulk that never enters the log. */
export type JobStore = {
  /** Appends tasks at the end; indexes are positions from 0. */
  addTasks(job: Cid, tasks: readonly TaskInput[]): Promise<void>
  taskCount(job: Cid): Promise<number>
  /** The inputs of these indexes, in the same order. */
  tasks(job: Cid, indexes: readonly number[]): Promise<readonly TaskInput[]>
  /** Replaces the standard input of a stored task: somebody typed into it, or said that no more comes. */
  setStdin(job: Cid, index: number, typed: Pick<TaskInput, 'stdin' | 'isInputEnded'>): Promise<void>
  /** Stores results in order of completion; an index that has a result keeps its first one, unless that was taken back. Returns the indexes that were new. */
  addResults(job: Cid, results: readonly StoredResult[]): Promise<readonly number[]>
  /** At most `most` results behind position `after` in order of completion (positions from 1). */
  results(
    job: Cid,
    after: number,
    most: number,
  ): Promise<readonly { readonly position: number; readonly result: StoredResult }[]>
  /** Takes results back: nobody reads them any more, and their tasks have none until another is stored. @returns what they were */
  takeBack(job: Cid, indexes: readonly number[]): Promise<readonly StoredResult[]>
  /** Keeps answers of tasks that have no result yet: of each provider its first to a task. */
  addAnswers(job: Cid, answers: readonly StoredResult[]): Promise<void>
  /** Those to these tasks, or to all, by index. */
  answers(job: Cid, indexes?: readonly number[]): Promise<readonly StoredResult[]>
  dropAnswers(job: Cid, indexes: readonly number[]): Promise<void>
  /** The position of the last result that was ever stored; 0 before the first. */
  lastPosition(job: Cid): Promise<number>
  /** Indexes that have a result: what a reload resumes from. */
  doneIndexes(job: Cid): Promise<readonly number[]>
  /** Every job that has tasks here. */
  jobs(): Promise<readonly Cid[]>
  remove(job: Cid): Promise<void>
}

/** Blocks by CID, shared by every slot of this browser, under one quota. */
export type BlockStore = {
  has(cid: Cid): Promise<boolean>
  get(cid: Cid): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Stores bytes under their own name. Refuses `over-quota` when nothing unpinned is left to drop. */
  put(cid: Cid, bytes: Uint8Array): Promise<Result<void, 'over-quota' | 'disk-full'>>
  /** A pinned block is not dropped to make room. `owner` is whoever needs it, a job or agreement. */
  pin(cid: Cid, owner: string): Promise<void>
  unpin(owner: string): Promise<void>
  usage(): Promise<{ readonly usedBytes: number; readonly quotaBytes: number; readonly blocks: number }>
}

export type StorageCode = 'disk-full' | 'storage-blocked' | 'storage-broken'
/** What storage adapters throw: the code says whether to free space, allow storage or report a fault. */
export class StorageFailure extends Error {
  override name = 'StorageFailure'
  readonly code: StorageCode
  constructor(code: StorageCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
