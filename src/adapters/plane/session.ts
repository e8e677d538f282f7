import type { Activity } from '../../activity/activity.ts'
import { encodeFrame, type FrameOf, type ProviderFrame, sizeOfBytes } from '../../activity/frames.ts'
import type { LiveKind } from '../../activity/live.ts'
import type { WireTask } from '../../activity/messages.ts'
import type { Deployment } from '../../activity/runtime.ts'
import type { TaskOutcome, TaskPlace } from '../../activity/task.ts'
import type { Facts } from '../../kernel/result.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { Input } from '../../node/input.ts'
import type { NodeState } from '../../node/state.ts'
import type { Usage } from '../../receipts/messages.ts'
import type { TaskTime } from '../../receipts/usage.ts'
import { noUsage } from '../../receipts/usage.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import type { Channels } from './channels.ts'
import { type Committing, newCommitting, type Opening } from './committing.ts'
import { createProviderTerminal, type ProviderTerminal } from './provider-terminal.ts'
import { nothingSpent, type Spent } from './spent.ts'

/** One activity at work here, from its first stream to its last receipt; it outlives a stream that breaks. */
export type Session = {
  readonly activity: Cid
  readonly requestor: Did
  readonly job: Cid
  readonly module: Cid
  /** Who signed that, once it is here. */
  signers: readonly Did[]
  readonly runtime: string
  stream: FrameStream | undefined
  /** Salts the leaves: known to both parties and published nowhere. */
  secret: Uint8Array
  /** Of a sealed activity: opens its program and files. */
  readonly contentKey: Uint8Array | undefined
  deployment: Deployment | undefined
  /** Where its tasks speak to others of their job. */
  channels: Channels | undefined
  queue: WireTask[]
  readonly running: Map<number, Running>
  /** By task that still runs, what receipts said of it already. */
  readonly charged: Map<number, TaskTime>
  /** Of all starts of live tasks here: the next one's number. */
  starts: number
  /** What ended tasks used, told each second; receipts count for themselves. */
  spent: Spent
  ready: Computed[]
  /** Of an activity whose results are committed to first: those that may not be shown yet. */
  readonly committing: Committing | undefined
  /** What the frame that is being signed is over. */
  signing: readonly Computed[]
  /** Frames sent or about to be, by their receipt's sequence, until the requestor stored what is in them. */
  readonly unacknowledged: Map<number, SentFrame>
  usage: Usage
  readonly startedAt: Timestamp
  isSigning: boolean
  /** When the last frame of results was begun. */
  sentAt: number
  gathering: ReturnType<typeof setTimeout> | undefined
  /** Resolves when the frames that are being signed were sent. */
  flushed: Promise<void>
  isEnding: boolean
  isOver: boolean
  done: number
}
export type Running = {
  readonly abort: AbortController
  readonly since: number
  readonly terminal: ProviderTerminal | undefined
}
export type Computed = {
  readonly index: number
  readonly inputHash: Uint8Array
  readonly outcome: TaskOutcome
  /** What its commit was made of. */
  readonly opening?: Opening | undefined
}
export type SentFrame = { readonly bytes: Uint8Array; readonly indexes: readonly number[] }

/** Tasks as short as this are queued in a worker's port, so that it does not wait for the page (pool.ts). */
const shortMs = 8

/**
 * VF4: no more at once than was agreed, whatever else is idle, where others have a part of the machine too: by that the time is bounded
 * that receipts may tell. Short tasks may wait in a worker's port as long as their time in all is within that bound.
 */
export function isWithinShare(
  { activity, running, spent, done, startedAt }: Pick<Session, 'activity' | 'running' | 'spent' | 'done' | 'startedAt'>,
  { node, now }: { node: Pick<NodeState, 'activities' | 'plan'>; now: Timestamp },
): boolean {
  const threads = node.activities.get(activity)?.threads ?? 0
  const lentThreads = node.plan?.threads ?? 0
  if (threads >= lentThreads || running.size < threads) return true
  const spentMs = spent.durationUs / 1_000
  return done > 0 && spentMs / done < shortMs && spentMs < threads * (now - startedAt)
}

export const mayBegin = ({ deployment, isEnding }: Session): boolean => deployment !== undefined && !isEnding

export function newSession(
  { id, requestor, job, module, hasCommits }: Activity,
  from: Pick<Session, 'stream' | 'secret' | 'contentKey' | 'startedAt' | 'runtime'>,
): Session {
  return {
    activity: id,
    requestor,
    job,
    module,
    signers: [],
    ...from,
    deployment: undefined,
    channels: undefined,
    queue: [],
    running: new Map(),
    charged: new Map(),
    starts: 0,
    spent: nothingSpent,
    ready: [],
    committing: hasCommits ? newCommitting() : undefined,
    signing: [],
    unacknowledged: new Map(),
    usage: noUsage,
    isSigning: false,
    sentAt: 0,
    gathering: undefined,
    flushed: Promise.resolve(),
    isEnding: false,
    isOver: false,
    done: 0,
  }
}

/** Tasks whose results are on their way: asked for again after a stream broke, they are not computed again. */
export function coming(session: Session): ReadonlySet<number> {
  const sent = [...session.unacknowledged.values()].flatMap(({ indexes }) => indexes)
  return new Set([...held(session), ...sent])
}

/** Those of them that have not been sent. */
export const held = ({ running, ready, signing, committing }: Session): readonly number[] => [
  ...running.keys(),
  ...(committing?.waiting.keys() ?? []),
  ...[...signing, ...ready].map(({ index }) => index),
]

/** Its stream broke: what was computed waits for the next one, and what was queued is asked for again. @returns what the node is told */
export function lost(session: Session, { chains }: Pick<NodeState, 'chains'>): Extract<Input, { step: unknown }> {
  const { activity, queue } = session
  const hasSentAll = chains.has(activity) && queue.length === 0 && held(session).length === 0
  session.stream = undefined
  session.queue = []
  return { type: 'activityStepped', activity, step: 'lose', hasSentAll }
}

/** All up to there are stored: they need not be sent again. */
export function acknowledged({ unacknowledged }: Session, upTo: number): void {
  for (const sequence of unacknowledged.keys()) if (sequence <= upTo) unacknowledged.delete(sequence)
}

/** Ends what is queued and what runs; nothing that comes of it is told. */
export function abandon(session: Session): void {
  session.isEnding = true
  session.queue = []
  for (const { abort } of session.running.values()) abort.abort()
}

export const terminated = (code: string, message: string): ProviderFrame => ({
  type: 'state',
  state: 'Terminated',
  progressPermille: 0,
  code,
  message: message.slice(0, 256),
})

/** What the requestor sent is part of what it is charged for, where the terms count it. */
export const received = (usage: Usage, tasks: readonly WireTask[]): Usage => ({
  ...usage,
  bytesIn: tasks.reduce((sum, task) => sum + sizeOfBytes(task), usage.bytesIn),
})

/** The terminal of a task that is begun now. */
export const listened = (
  session: Session,
  task: WireTask,
  { send, ...how }: { kind: LiveKind; now(): number; send(session: Session, frame: Uint8Array): Promise<void> },
): ProviderTerminal =>
  createProviderTerminal(task, {
    ...how,
    start: session.starts++,
    say: (frame) => void send(session, encodeFrame(frame)),
  })

/** A word to a task that is over, or to an earlier start of it, is none to this one. */
export function terminalOf(
  { running }: Session,
  { index, start }: { readonly index: number; readonly start: number },
): ProviderTerminal | undefined {
  const terminal = running.get(index)?.terminal
  return terminal?.start === start ? terminal : undefined
}

/** What is typed counts like what a task brings. */
export function typed(session: Session, frame: FrameOf<'input'>): 'taken' | 'input-over-window' {
  const taken = terminalOf(session, frame)?.given(frame) ?? 'taken'
  session.usage = { ...session.usage, bytesIn: session.usage.bytesIn + frame.bytes.length }
  return taken
}

/** Where a program finds itself: in its job, or in the place that it stands for. */
export const placeOf = (session: Session, activity: Activity | undefined, index: number): TaskPlace => {
  const { job, index: from } = activity?.standsFor ?? { job: session.job, index: 0 }
  return { job, index: from + index }
}

/** What is being computed for whom: for the page. */
export type Work = {
  readonly activity: Cid
  readonly requestor: Did
  readonly job: Cid
  readonly module: Cid
  readonly signers: readonly Did[]
  readonly queued: number
  readonly running: number
  readonly done: number
}

export const workOf = ({ activity, requestor, job, module, signers, queue, running, done }: Session): Work => ({
  activity,
  requestor,
  job,
  module,
  signers,
  queued: queue.length,
  running: running.size,
  done,
})

/** What a refusal says, for people. */
export const factsIn = (facts: Facts): string =>
  Object.entries(facts)
    .map(([name, fact]) => `${name}: ${fact}`)
    .join(', ')
