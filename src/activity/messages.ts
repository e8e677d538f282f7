import * as v from 'valibot'
import { minuteMs } from '../kernel/time.ts'
import { redundancy } from '../market/messages.ts'
import { presetNames } from '../market/presets.ts'
import { event } from '../wire/event.ts'
import { streamProtocol } from '../wire/protocol.ts'
import {
  amount,
  bigCount,
  bytes,
  cid,
  count,
  did,
  exactBytes,
  flag,
  type Infer,
  list,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../wire/schema.ts'
import { hostLimits } from './host-abi.ts'
import { jobStatuses } from './job-status.ts'
import { liveKinds, mostTypedBytes, outputStreams } from './live.ts'
import { mostSignatures } from './module-signature.ts'
import { mostNumbers } from './numbers.ts'
import { outboundLimits } from './outbound.ts'
import { channelLimits } from './outside.ts'
import { mostCommands } from './script.ts'
import { mostNameLength, mostValues } from './task.ts'
import { mostValueLength } from './value-text.ts'

/** A result travels in one frame of 8 MiB, with room for its names and its receipt. */
export const mostOutputBytes = 7 * 1024 * 1024

/** A task of another job in whose place the first of this one stands: programs and chance see that place. */
const standsFor = optional(object({ job: cid, index: count(mostNumbers) }))

const own = { version: 1, perPeer: { count: 0, windowMs: minuteMs } } // never taken from a peer

/** Of one task, agreed with whoever computes it. */
const taskLimits = object({
  memoryPages: count(65_536),
  timeoutMs: count(60 * minuteMs),
  outputBytes: count(mostOutputBytes),
  fuel: optional(bigCount),
  hostUnits: optional(bigCount),
  /** With it a task is deterministic. */
  seed: optional(exactBytes(32)),
})
/** Files that every task may read by their CID. */
const contents = optional(list(cid, hostLimits.contents))
/** Origins that its tasks may fetch from, through whoever computes them. */
const outbound = optional(list(text(outboundLimits.originLength), outboundLimits.origins))

/** What is to be run, under which limits and for how much: written down before anybody is told. */
export const jobSpec = object({
  name: text(96),
  module: cid,
  moduleSizeBytes: count(64 * 1024 * 1024),
  /** Who signed it; absent where nobody did. */
  signers: optional(list(did, mostSignatures)),
  runtime: text(32),
  limits: taskLimits,
  content: contents,
  outbound,
  /** Its tasks speak to one another while they run. */
  channels: optional(flag()),
  /** Its program, files, inputs and results can be read by whoever computes them alone: `module` and `content` name what is sealed. */
  isSealed: optional(flag()),
  standsFor,
  /** Its program cannot see which of the tasks it runs: they may travel under any number. */
  isPlaceless: optional(flag()),
  policy: object({
    /** Of the whole job. */
    maxPrice: amount,
    /** Of the whole job; only with a limit of one task. */
    maxFuel: optional(bigCount),
    minReputationPermille: count(1_000),
    regions: list(text(32), 32),
    /** A private room: only its executors are asked. */
    guild: optional(cid),
    /** Who is not asked. */
    avoid: optional(list(did, 16)),
    selection: oneOf(['lowest-price', 'reputation', 'hybrid']),
    /** Instead of its preset's. */
    priceWeightPermille: optional(count(1_000)),
    reputationWeightPermille: optional(count(1_000)),
    preset: optional(oneOf(presetNames)),
    redundancy,
    /** Tabs that work on it at once: more than 64 cost more in talk than they bring. */
    mostProviders: count(64),
    /** Threads of one provider that work on it at once; absent: all that it has. */
    mostThreads: optional(count(256)),
    /** Threads that its agreements reserve at least, for other jobs beside it. */
    reserveThreads: optional(count(256)),
    /** So long after its end they stay open for the next job: less than a provider waits for one (B3.5: 90 s). */
    keepMs: optional(count(minuteMs)),
    door: oneOf(['offers', 'announcement']),
  }),
  platform: text(48),
  subnet: text(64),
  /** Also, or only, in this tab: visibly as own work. */
  runHere: flag(),
  /** Somebody types into its programs while they run: only providers that can wait for input are asked. */
  isInteractive: flag(),
  /** Whether output comes with a task's result alone, or also as it is written. */
  capture: oneOf(['atEnd', 'stream']),
})
export type JobSpec = Infer<typeof jobSpec>

/** A word for people and for the graph: letters, digits, `-` and `_`. */
export const stageId = text(32)
/** Which part of a workflow a job is: told to nobody else. */
export const stageRef = object({ workflow: cid, stage: stageId, attempt: count(64) })
export type StageRef = Infer<typeof stageRef>

/** `job` is named before its module is hashed: the CID of its author and a nonce (JB0). */
export const JobSubmitted = event('activity/job-submitted', {
  ...own,
  maxBytes: 10_240,
  fields: { job: cid, nonce: exactBytes(16), spec: jobSpec, stage: optional(stageRef) },
})
/** The iterable of tasks came to its end, or was lost with the tab that held it. */
export const JobSealed = event('activity/job-sealed', {
  ...own,
  maxBytes: 1_024,
  fields: {
    job: cid,
    taskCount: count(10_000_000),
    sourceLost: flag(),
    /** Of a later attempt of a workflow's stage: tasks that those before it did well, and that it does not do again. */
    earlierCount: optional(count(10_000_000)),
  },
})
export const JobEnded = event('activity/job-ended', {
  ...own,
  maxBytes: 2_048,
  fields: {
    job: cid,
    status: oneOf(jobStatuses),
    okCount: count(10_000_000),
    failedCount: count(10_000_000),
    reason: text(256),
    /** Of all tasks, also of those that were done twice. */
    fuelUsed: bigCount,
  },
})

/** One use of an agreement's reservation: consecutive ones, or parallel within it. */
export const ActivityCreated = event('activity/created', {
  version: 1,
  maxBytes: 6_144,
  perPeer: { count: 600, windowMs: minuteMs }, // as many as agreements: ten small jobs a second
  fields: {
    to: did,
    agreement: cid,
    job: cid,
    module: cid,
    threads: count(256),
    limits: taskLimits,
    content: contents,
    outbound,
    channels: optional(flag()),
    isSealed: optional(flag()),
    /** CO1: what tasks came to is committed to first, and shown when the requestor has said who else committed. */
    commits: optional(flag()),
    standsFor,
  },
})

export const activityEvents = [JobSubmitted, JobSealed, JobEnded, ActivityCreated] as const

/** The bulk: tasks one way, results the other. A frame carries many small tasks or one large. */
export const Tasks = streamProtocol('/tabmesh/activity/tasks/1', { maxFrameBytes: 8 * 1024 * 1024, window: 16 })

const mostFileBytes = 8 * 1024 * 1024
const taskFile = bytes(mostFileBytes)
/** What a task brings and what is typed behind it. */
const mostInputBytes = mostFileBytes + mostTypedBytes
/** Of a live task: a piece of what its worker says at once. */
const piece = bytes(65_536)
/** A task's place in the job, and which of its starts in this activity: a word about an earlier one is none about this. */
const start = { index: count(mostNumbers), start: count(10_000_000) }
const valueText = text(mostValueLength)
const argumentList = list(text(131_072), 4_096)
const call = { invoke: optional(text(mostNameLength)), params: optional(list(valueText, mostValues)) }
const mostPathLength = 4_096
/** A path or a CID, with the prefix that says which. */
const transferPlace = text(mostPathLength + 'content:'.length)
const wireCommand = v.variant('type', [
  object({ type: oneOf(['deploy']) }),
  object({ type: oneOf(['start']), args: optional(argumentList) }),
  object({ type: oneOf(['transfer']), from: transferPlace, to: transferPlace }),
  object({ type: oneOf(['run']), args: optional(argumentList), stdin: optional(taskFile), ...call }),
  object({ type: oneOf(['sign']) }),
  object({ type: oneOf(['terminate']) }),
])
export const wireTask = object({
  /** The task's number in its activity: its place in the job, unless that would tell which answers are known (KN1). */
  index: count(mostNumbers),
  args: argumentList,
  env: record(131_072, text(131_072), 4_096),
  stdin: taskFile,
  files: record(mostPathLength, taskFile, 4_096),
  live: optional(oneOf(liveKinds)),
  ...call,
  script: optional(list(wireCommand, mostCommands)),
})
export type WireTask = Infer<typeof wireTask>

const status = oneOf(['ok', 'failed'])
const exitCode = count(2 ** 32) // −1 of no exit travels as 2³²
const wireCommandResult = object({
  index: count(mostCommands),
  type: oneOf(['deploy', 'start', 'transfer', 'run', 'sign', 'terminate']),
  status,
  exitCode,
  stdout: taskFile,
  stderr: taskFile,
  values: optional(list(valueText, mostValues)),
  durationUs: count(2 ** 52),
  fuel: bigCount,
  message: text(512),
  content: optional(taskFile),
})

export const wireResult = object({
  index: count(mostNumbers),
  status,
  exitCode,
  stdout: taskFile,
  stderr: taskFile,
  files: record(mostPathLength, taskFile, 4_096),
  durationUs: count(2 ** 52),
  memoryBytes: count(2 ** 40),
  fuel: bigCount,
  waitedUs: optional(count(2 ** 52)),
  /** Of a task with a terminal: how much of its input the program read, and the receipt covers. */
  readBytes: optional(count(mostInputBytes)),
  hostUnits: optional(bigCount),
  log: optional(bytes(hostLimits.logBytes)),
  anchors: optional(list(bytes(hostLimits.anchorBytes), hostLimits.anchors)),
  custom: optional(record(hostLimits.counterNameLength, bigCount, hostLimits.counters)),
  values: optional(list(valueText, mostValues)),
  commands: optional(list(wireCommandResult, mostCommands)),
  error: optional(object({ code: text(48), message: text(512) })),
  /** Of a result that was committed to: the salt that opens its commit. */
  reveal: optional(exactBytes(32)),
})
export type WireResult = Infer<typeof wireResult>

/** Requestor to provider. The commands are Golem's: Deploy, Start, Run, Sign, Terminate; Transfer goes by content. */
export const requestorFrame = {
  /** `received`: receipts of this activity that the requestor has; `secret` salts the leaves and is never published. */
  open: object({
    type: oneOf(['open']),
    activity: cid,
    received: count(10_000_000),
    secret: exactBytes(16),
    /** Of a sealed activity: what its program and files are sealed with. */
    contentKey: optional(exactBytes(32)),
  }),
  /** The first frame of a sealed activity, and the only one that is not sealed: the requestor's key for this stream. */
  seal: object({ type: oneOf(['seal']), activity: cid, key: exactBytes(32) }),
  run: object({ type: oneOf(['run']), tasks: list(wireTask, 1_024) }),
  ack: object({ type: oneOf(['ack']), sequence: count(2 ** 40) }),
  recall: object({ type: oneOf(['recall']), indexes: list(count(mostNumbers), 1_024) }),
  terminate: object({ type: oneOf(['terminate']), reason: text(64) }),
  /** `sequence`: place of its first byte in the input, what the task brought included. */
  input: object({ type: oneOf(['input']), ...start, sequence: count(mostInputBytes), bytes: piece, isFinal: flag() }),
  /** Of a job whose tasks speak to one another: which of them is with whom, whenever that has changed. */
  places: object({
    type: oneOf(['places']),
    tasks: list(object({ index: count(channelLimits.tasks), provider: did }), channelLimits.tasks),
  }),
  /** All output before `sequence` is here; so much again may be sent. */
  credit: object({ type: oneOf(['credit']), ...start, sequence: count(mostOutputBytes) }),
  /** All commits to some of its tasks: a sealed `receipts/commits-closed`. */
  closed: object({ type: oneOf(['closed']), commits: bytes(131_328) }),
  /** Task proofs of one receipt of another's: whether it stands for these tasks too, which it has shown before. */
  attest: object({
    type: oneOf(['attest']),
    id: count(2 ** 40),
    /** A sealed `receipts/witness-asked`. */
    asked: bytes(1_152),
    proofs: list(bytes(5_376), 64),
  }),
} as const

/** Provider to requestor. */
export const providerFrame = {
  state: object({
    type: oneOf(['state']),
    state: oneOf(['Initialized', 'Deployed', 'Ready', 'Terminated', 'Unresponsive']),
    progressPermille: count(1_000),
    code: optional(text(48)),
    message: optional(text(256)),
    /** Of what is ready: tasks of before that it has at hand and has not told of. */
    holds: optional(list(count(mostNumbers), 1_024)),
  }),
  /** How far tasks are, as their programs say. */
  progress: object({
    type: oneOf(['progress']),
    tasks: list(object({ index: count(mostNumbers), permille: count(1_000) }), 256),
  }),
  results: object({ type: oneOf(['results']), results: list(wireResult, 1_024), receipt: bytes(8_192) }),
  returned: object({ type: oneOf(['returned']), indexes: list(count(mostNumbers), 1_024), code: text(48) }),
  /** What some tasks came to, not yet shown: a sealed `receipts/results-committed`. */
  committed: object({ type: oneOf(['committed']), commits: bytes(16_640) }),
  /** A sealed `receipts/attested`, or why there is none. */
  attested: object({
    type: oneOf(['attested']),
    id: count(2 ** 40),
    attestation: optional(bytes(2_560)),
    code: optional(text(48)),
  }),
  /** `sequence`: place of its first byte in the output, both streams together. `readBytes`: of the input, by then. */
  output: object({
    type: oneOf(['output']),
    ...start,
    sequence: count(mostOutputBytes),
    stream: oneOf(outputStreams),
    bytes: piece,
    readBytes: count(mostInputBytes),
  }),
  /** What of the input is here and what was read of it. The first word of a start, and the first about it on a new stream. */
  awaiting: object({
    type: oneOf(['awaiting']),
    ...start,
    received: count(mostInputBytes),
    readBytes: count(mostInputBytes),
    /** Of its output, by then. */
    written: count(mostOutputBytes),
    isAwaiting: flag(),
  }),
  /** Each second while something runs: of the whole activity so far. Figures of a task that runs alone come with its end. */
  usage: object({
    type: oneOf(['usage']),
    durationUs: count(2 ** 52),
    cpuUs: count(2 ** 52),
    memoryBytes: count(2 ** 40),
    storageBytes: count(2 ** 40),
    bytesIn: count(2 ** 52),
    bytesOut: count(2 ** 52),
    fuel: bigCount,
    hostUnits: optional(bigCount),
    /** Further counters of a runtime's own, by name: as many as a usage vector may have. */
    counters: record(64, bigCount, 8),
  }),
} as const

/** From provider to provider, what tasks of one job say to one another: each side opens a stream for what it says. */
export const Channel = streamProtocol('/tabmesh/activity/channel/1', { maxFrameBytes: 128 * 1024, window: 16 })
export const channelFrame = {
  /** The first of a stream: which job it is about. */
  enter: object({ type: oneOf(['enter']), requestor: did, job: cid }),
  /** `id`: its sender waits for the word that it is there; without one it may be lost. */
  message: object({
    type: oneOf(['message']),
    id: optional(count(2 ** 40)),
    from: count(channelLimits.tasks),
    to: count(channelLimits.tasks),
    bytes: bytes(channelLimits.messageBytes),
  }),
  /** Back to the sender: whether the task can take it. */
  taken: object({ type: oneOf(['taken']), id: count(2 ** 40), isThere: flag() }),
} as const
export type ChannelFrame = Infer<(typeof channelFrame)[keyof typeof channelFrame]>
