import type { Activity } from '../../activity/activity.ts'
import { type FrameOf, type ProviderFrame, sizeOfBytes } from '../../activity/frames.ts'
import type { WireTask } from '../../activity/messages.ts'
import type { Deployment } from '../../activity/runtime.ts'
import type { TaskOutcome } from '../../activity/task.ts'
import type { Timestamp } from '../../kernel/time.ts'
import type { Usage } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { FrameStream } from '../network.port.ts'
import type { ProviderTerminal } from './provider-terminal.ts'
import { nothingSpent, type Spent } from './spent.ts'

/** One activity at work here, from its first stream to its last receipt; it outlives a stream that breaks. */
export type Session = {
  readonly activity: Cid
  readonly requestor: Did
  readonly job: Cid
  readonly module: Cid
  readonly runtime: string
  stream: FrameStream | undefined
  /** Salts the leaves: known to both parties and published nowhere. */
  secret: Uint8Array
  deployment: Deployment | undefined
  queue: WireTask[]
  readonly running: Map<number, Running>
  /** Of all starts of live tasks here: the next one's number. */
  starts: number
  /** What ended tasks used, told each second; receipts count for themselves. */
  spent: Spent
  ready: Computed[]
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
export type Computed = { readonly index: number; readonly inputHash: Uint8Array; readonly outcome: TaskOutcome }
export type SentFrame = { readonly bytes: Uint8Array; readonly indexes: readonly number[] }

const noUsage: Usage = {
  durationUs: 0,
  memoryBytes: 0,
  storageBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
  fuel: 0n,
  hostUnits: 0n,
}

export function newSession(
  { id, requestor, job, module }: Activity,
  from: { stream: FrameStream; secret: Uint8Array; startedAt: Timestamp; runtime: string },
): Session {
  return {
    activity: id,
    requestor,
    job,
    module,
    ...from,
    deployment: undefined,
    queue: [],
    running: new Map(),
    starts: 0,
    spent: nothingSpent,
    ready: [],
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
export function coming({ running, ready, unacknowledged }: Session): ReadonlySet<number> {
  const sent = [...unacknowledged.values()].flatMap(({ indexes }) => indexes)
  return new Set([...running.keys(), ...ready.map(({ index }) => index), ...sent])
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
