import type { ActivityState } from '../activity/activity.ts'
import type { JobOutcome, JobStatus, StandardJobStatus } from '../activity/job-status.ts'
import type { JobSpec, StageRef } from '../activity/messages.ts'
import type { Value } from '../activity/value-text.ts'
import type { Via } from '../adapters/network.port.ts'
import type { Amount } from '../kernel/amount.ts'
import type { Result } from '../kernel/result.ts'
import type { Timestamp } from '../kernel/time.ts'
import type { AgreementState } from '../market/agreement.ts'
import type { Reason, Redundancy } from '../market/messages.ts'
import type { PriceList } from '../market/offer-price.ts'
import type { PresetName } from '../market/presets.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did, PeerId } from '../wire/schema.ts'
import type { RedundancyRequest, TaskCheck } from './api-checking.ts'
import type { ContentApi } from './api-content.ts'
import type { GuildsApi } from './api-guilds.ts'
import type { MarketApi } from './api-market.ts'
import type { ModulesApi } from './api-modules.ts'
import type { ReputationApi } from './api-reputation.ts'
import type { SandboxApi } from './api-sandbox.ts'
import type { CommandRequest, CommandView } from './api-scripts.ts'
import type { Workflow, WorkflowRequest, WorkflowView } from './api-workflows.ts'
import type { ReceiptsApi } from './receipts-api.ts'
import type { Terminal, UsageView } from './terminal-api.ts'

/** The node in this tab or process. One object: what a developer imports, what the console has, what the tests drive. */
export type Mesh = {
  readonly did: Did
  readonly peerId: PeerId
  /** Fellow nodes with a connection now; relays are in `network()`. */
  peers(): readonly PeerView[]
  network(): NetworkView
  /** Resolves when so many other nodes, relays not counted, are directly connected. Rejects with `timed-out` after `timeoutMs`. */
  ready(wanted?: { peers?: number; timeoutMs?: number }): Promise<void>
  /** Connects to a node by its DID or PeerId, through relays or common neighbours. */
  dial(peer: string): Promise<Result<void>>

  /** Sells or donates this machine's time. The same call again changes the terms. */
  provide(options?: ProvideOptions): Promise<Provider>
  provider(): ProviderView

  submit(request: SubmitRequest): Job
  jobs(): readonly JobView[]
  /** A job of this identity, also one from before a reload. */
  job(id: string): Job | undefined

  /** Several jobs, one after the other and side by side: a graph of stages. Gone on with after a reload. */
  runWorkflow(request: WorkflowRequest): Workflow
  workflows(): readonly WorkflowView[]
  workflow(id: string): Workflow | undefined

  readonly market: MarketApi
  readonly content: ContentApi
  readonly modules: ModulesApi
  readonly receipts: ReceiptsApi
  readonly payments: PaymentsApi
  readonly sandbox: SandboxApi
  readonly reputation: ReputationApi
  readonly metrics: () => Metrics
  /** Come with later versions: every call refuses with `not-available`. */
  readonly guilds: GuildsApi
  readonly governance: NotAvailable
  readonly inference: NotAvailable

  /** Calls back, at most once a frame, when what `selector` gives has changed (compared by identity). */
  subscribe<T>(selector: (mesh: Mesh) => T, listener: (value: T) => void): () => void
  /** Faults for people: newest last, at most 200. */
  faults(): readonly Fault[]
  /** Says goodbye to peers and stops all work within 3 s. */
  stop(): Promise<void>
}

export type PeerView = {
  readonly did: Did
  readonly peerId: PeerId
  readonly via: Via
  readonly direct: boolean
  readonly rttMs?: number | undefined
}
export type NetworkView = {
  readonly status: 'starting' | 'online' | 'alone' | 'stopped'
  /** Where others can dial this node. */
  readonly addresses: readonly string[]
  readonly relays: readonly {
    readonly address: string
    readonly connected: boolean
    readonly rttMs?: number | undefined
  }[]
}

export type ProvideOptions = {
  /** Micro-credits for a unit of whatever is counted; absent or all 0: free. */
  readonly pricing?: PriceList
  /** `memoryMb` and `dataCapBytes`, spelled as a group; the flat options win where both are given. */
  readonly limits?: { readonly memoryMb?: number; readonly dataBytes?: number }
  /** Share of this machine's processor, 0.05 to 1; 0.5 unless said. */
  readonly cpuShare?: number
  /** Memory lent, MiB. */
  readonly memoryMb?: number
  /** Only modules that this page brings with it. */
  readonly readyMadeOnly?: boolean
  /** Bytes sent and received for others, a day; undefined: no cap. */
  readonly dataCapBytes?: number
  readonly region?: string
  readonly blocked?: readonly Did[]
  /** Origins that programs may fetch from through this machine, such as `https://api.example.org`: at most 8; none unless said. */
  readonly outbound?: readonly string[]
}
export type Provider = { stop(): Promise<void> }
export type ProviderView = {
  readonly isOn: boolean
  readonly options: ProvideOptions
  readonly threads: number
  /** Share of all cores, 0 to 1: what was set and what was measured over 30 s. */
  readonly targetShare: number
  readonly actualShare: number
  readonly working: readonly WorkView[]
  /** Newest last, at most 600: the tiles of the wall. */
  readonly recent: readonly TileView[]
  readonly tasksDone: number
  readonly givenMs: number
  readonly since?: Timestamp | undefined
  readonly usedDataBytes: number
  readonly owed: Amount
  readonly settled: Amount
}
export type WorkView = {
  readonly activity: Cid
  readonly agreement: Cid
  /** Which activity under that agreement it is, from 1. */
  readonly number: number
  readonly threads: number
  readonly state: ActivityState
  readonly requestor: Did
  readonly job: Cid
  readonly module: Cid
  /** Who signed it; none until it is here. */
  readonly signers: readonly Did[]
  readonly running: number
  readonly queued: number
  readonly done: number
}
export type TileView = {
  readonly job: Cid
  readonly requestor: Did
  readonly status: 'ok' | 'failed'
  readonly at: Timestamp
  readonly durationUs: number
}

export type TaskRequest = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array | string
  readonly files?: Readonly<Record<string, Uint8Array | string>>
  /** Of a module of functions: which export is called, and with what: a bigint for each 64-bit integer, a number for the others. */
  readonly invoke?: string
  readonly params?: readonly Value[]
  /** Instead of one run: commands, one after the other, in files that they share. `args`, `stdin`, `invoke` and `params` are then each run's own. */
  readonly script?: readonly CommandRequest[]
}
export type SubmitRequest = {
  readonly name?: string
  /** A program: its bytes, a file, an address to fetch, or the CID of something already here. */
  readonly module: Uint8Array | Blob | URL | Cid
  /**
   * What runs it: `wasi-p1`, `function`, or a runtime that providers registered under a name of their own. Where absent, what the
   * bytes say: a module that exports `_start` is a command, another one's functions are called.
   */
  readonly runtime?: string
  /** A list that has none is refused with `no-tasks`; an async source may end without one, and its job is then done. */
  readonly tasks: Iterable<TaskRequest> | AsyncIterable<TaskRequest>
  readonly limits?: {
    /** Units of one task, 1 to 2^47 − 1: what wasmtime's `consume_fuel` counts. */
    readonly fuel?: bigint
    /** What one task's calls to its host may cost, 1 to 2^47 − 1: prices in docs/host-abi.md. */
    readonly hostUnits?: bigint
    /** Of one task, MiB, 1 to 4,096; 64 unless said. */
    readonly memoryMb?: number
    /** Of one task, 1 ms to an hour; 30 s unless said. */
    readonly timeoutMs?: number
    /** Of one task, all outputs together, 1 B to 7 MiB; 4 MiB unless said. */
    readonly outputBytes?: number
  }
  /**
   * Every task computes the same on every machine: clocks, chance, order and the bits of floats are fixed. A program that cannot is refused before
   * anybody is asked. `seed` decides on chance: 32 bytes, or any text.
   */
  readonly deterministic?: boolean | { readonly seed?: string | Uint8Array }
  /** Files that were added with `content.add` and that every task may read by their CID: at most 64, of 32 MiB together. */
  readonly content?: readonly Cid[]
  /** Origins that its programs may fetch from; only providers that list all of them are asked. At most 8. */
  readonly outbound?: readonly string[]
  /** Program, files, inputs and results are sealed to each chosen provider's key: it reads them, nobody in between does. */
  readonly sealed?: boolean
  /** Its tasks speak to one another while they run, from provider to provider. */
  readonly channels?: boolean
  readonly policy?: {
    /** Of the whole job, micro-credits; absent or 0: only work given away is asked for. */
    readonly maxPrice?: bigint
    /** Units of fuel of the whole job, twin copies and retries counted; needs `limits.fuel`. */
    readonly maxFuel?: bigint
    /** The rest of the policy by name; what is said beside it counts instead. `best-effort` unless said. */
    readonly preset?: PresetName
    /** Permille, 0 to 1,000 each, of a `hybrid` choice: 300 and 700 unless the preset says otherwise. */
    readonly weights?: { readonly price?: number; readonly reputation?: number }
    /** Permille, 0 to 1,000. */
    readonly minReputation?: number
    /** A room of ours: only its executors are asked, and the job is sealed. */
    readonly guild?: Cid
    /** At most 16. */
    readonly avoid?: readonly Did[]
    /** Of which a provider says that it is in one: at most 32, of 32 characters; anywhere unless said. */
    readonly regions?: readonly string[]
    /** How results are checked before they are given; `adaptive` unless said, where runs can be compared. */
    readonly redundancy?: RedundancyRequest
    readonly strategy?: 'lowest-price' | 'reputation' | 'hybrid'
    /** 1 to 64; 16 unless said. */
    readonly mostProviders?: number
    /** Threads of one provider that work on it at once, 1 to 256; all that it has unless said. */
    readonly mostThreads?: number
    /** What its agreements hold for this node's other jobs: threads in all, 1 to 256, and for how long after it they stay open, at most a minute. */
    readonly reserve?: { readonly threads?: number; readonly keepMs?: number }
    /** Ask whoever offers, or announce the job and let providers bid; `offers` unless said. */
    readonly door?: 'offers' | 'announcement'
  }
  /** Whether this tab may do its own work: 'too' beside others, 'only', or not at all. */
  readonly here?: 'no' | 'too' | 'only'
  /** Its programs wait for what is typed into `job.terminal()`; only providers that can wait are asked. */
  readonly interactive?: boolean
  /** Whether output comes with a task's result alone, or also as it is written; `atEnd` unless said or interactive. */
  readonly capture?: 'atEnd' | 'stream'
}

export type Job = {
  /** Known at once, also where the submission is then refused. */
  readonly id: Cid
  /** As of now; a job of which nothing is known yet has done nothing. */
  readonly progress: JobView['progress']
  readonly view: () => JobView | undefined
  /** How its results are checked, and `because` of what not, where nobody said; undefined until its program was looked at. */
  readonly checking: Redundancy | undefined
  /** Results in order of completion, each once, from the first; ends with the job. */
  results(): AsyncIterable<TaskResult>
  /** Never rejects for a task's failure, nor for a refused submission: that is a failed job with its code as reason. */
  readonly done: Promise<JobSummary>
  cancel(reason?: string): Promise<void>
  /** Run in this tab too, visibly as own work. */
  runHere(): Promise<void>
  /** Of an interactive or streamed job: what a task's program writes, as it comes, and what is typed into it. @param index 0 unless said */
  terminal(index?: number): Terminal
  /** What its tasks used so far, told by providers each second: claims, of which receipts are the proof. */
  usage(): UsageView
}
export type TaskResult = {
  readonly index: number
  readonly status: 'ok' | 'failed'
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly files: Readonly<Record<string, Uint8Array>>
  /** What the function that was called gave back. */
  readonly values?: readonly Value[] | undefined
  /** Of a script, what came of each command that was begun; what they wrote stands here and not above. */
  readonly commands?: readonly CommandView[] | undefined
  /** Units used; undefined on results that an earlier version stored. */
  readonly fuel: bigint | undefined
  /** What its calls to its host cost; undefined on results that an earlier version stored. */
  readonly hostUnits: bigint | undefined
  /** What the program gave to `log`, in order; undefined where it gave nothing. */
  readonly log?: readonly LogLine[] | undefined
  /** Data that it put into the receipt, each under 1 KiB. */
  readonly anchors?: readonly Uint8Array[] | undefined
  /** Counters of its own. */
  readonly custom?: Readonly<Record<string, bigint>> | undefined
  readonly durationMs: number
  readonly provider: Did
  readonly receipt?: Cid | undefined
  readonly error?: TaskError | undefined
  /** How it was checked, and who said the same or another thing; undefined where each task is computed once. */
  readonly check?: TaskCheck | undefined
}
export type LogLine = { readonly level: string; readonly text: string }
export type TaskError = { readonly code: string; readonly phase: string; readonly message: string }
export type JobSummary = {
  readonly status: JobOutcome
  readonly reason: string
  readonly completed: number
  readonly failed: number
  readonly cost: Amount
  readonly receipts: readonly Cid[]
  readonly providers: readonly Did[]
}
export type JobView = {
  readonly id: Cid
  readonly spec: JobSpec
  /** Where it runs a stage of a workflow. */
  readonly stage?: StageRef | undefined
  readonly status: JobStatus
  readonly standardStatus: StandardJobStatus
  readonly outcome?: JobOutcome | undefined
  readonly reason: string
  readonly submittedAt: Timestamp
  readonly endedAt?: Timestamp | undefined
  readonly progress: {
    readonly total: number
    readonly isSealed: boolean
    readonly done: number
    readonly ok: number
    readonly failed: number
    readonly inFlight: number
    /** Units, of all results that came, also of those that came second. */
    readonly fuelUsed: bigint
  }
  /** Tasks a second over the last 10 s, and what that leaves; undefined while unknown. */
  readonly ratePerSecond?: number | undefined
  readonly leftMs?: number | undefined
  readonly cost: Amount
  readonly usage: UsageView
  readonly lanes: readonly LaneView[]
  readonly agreements: readonly AgreementView[]
}
export type LaneView = {
  readonly provider: Did
  readonly isHere: boolean
  readonly threads: number
  readonly inFlight: readonly number[]
  /** Of those, how far their programs say that they are, in thousandths. */
  readonly told: readonly { readonly index: number; readonly permille: number }[]
  readonly done: number
  readonly taskMs: number
  readonly isPaused: boolean
  readonly via?: Via | undefined
}
export type AgreementView = {
  readonly id: Cid
  readonly provider: Did
  readonly requestor: Did
  readonly state: AgreementState
  /** Of this job's newest activity under it. */
  readonly activity?: ActivityState | undefined
  /** This job's, oldest first. */
  readonly activities: readonly ActivityView[]
  /** Jobs of this node that it has served, this one among them. */
  readonly jobCount: number
  /** Reserved, for all of them together. */
  readonly threads: number
  readonly reason?: Reason | undefined
  /** For this job. */
  readonly cost: Amount
  /** As agreed; empty where it is a gift. */
  readonly pricing: PriceList
}

/** One use of an agreement: each has receipts and debit notes of its own. */
export type ActivityView = {
  readonly id: Cid
  /** Which one under its agreement it is, from 1. */
  readonly number: number
  readonly threads: number
  readonly state: ActivityState
}

export type PaymentsApi = {
  /** Micro-credits: what we owe others, what others owe us, both as signed by the payer. */
  balance(): { readonly owedByUs: Amount; readonly owedToUs: Amount }
  documents(): readonly DocumentView[]
}
export type DocumentView = {
  readonly id: Cid
  readonly kind: 'debit-note' | 'invoice'
  readonly agreement: Cid
  readonly counterparty: Did
  readonly isOurs: boolean
  readonly amount: Amount
  readonly status: string
  readonly at: Timestamp
}
export type NotAvailable = { readonly [name: string]: (...args: never[]) => Promise<Result<never, 'not-available'>> }

export type Metrics = {
  readonly steps: number
  readonly stepP99Ms: number
  readonly events: number
  readonly startMs: number
  readonly peers: number
  readonly queued: number
}
export type Fault = {
  readonly at: Timestamp
  readonly code: string
  readonly phase: string
  readonly peer?: string | undefined
  readonly message: string
}
