import type { FetchAnswer } from './outbound.ts'

/** What a program asks of its provider while it stands still. */
export type Ask =
  /** See `readFetch`. */
  | { readonly kind: 'fetch'; readonly request: Uint8Array }
  /** Bytes for another task of the job; with `mayDrop` at once, and lost where there is no room. */
  | { readonly kind: 'send'; readonly to: number; readonly bytes: Uint8Array; readonly mayDrop: boolean }
  /** The next message of other tasks, waited for so long. */
  | { readonly kind: 'receive'; readonly waitMs: number }

/** Why there is nothing, by the names of `hostError`. */
export type NotAnswered = 'overLimit' | 'absent' | 'invalid' | 'notAllowed' | 'failed'
export type Message = { readonly from: number; readonly bytes: Uint8Array }
export type None = { readonly kind: 'none'; readonly why: NotAnswered }
export type Answer = FetchAnswer | { readonly kind: 'sent' } | ({ readonly kind: 'message' } & Message) | None

export const none = (why: NotAnswered): None => ({ kind: 'none', why })

/** What an offer says where programs of one job may speak to one another. */
export const channelsCapability = 'channels'

/** Bounds of what tasks of one job say to one another. */
export const channelLimits = {
  /** Tasks that can be spoken to, by their place in the job: all are told of all. */
  tasks: 64,
  messageBytes: 65_536,
  /** Of one task, received and not yet taken: beyond, whoever sends stands still, or what may be dropped is. */
  waiting: 64,
  waitingBytes: 1_048_576,
  /** For the other task to begin and to have room: as long as two providers take to be found and to load a module. */
  patienceMs: 30_000,
  /** For a message to be waited for at once. */
  receiveMs: 60_000,
} as const
