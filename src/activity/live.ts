import type { TaskErrorCode } from './task.ts'

/** How a running program is listened to: its output as it comes, or that and its input as somebody types it. */
export const liveKinds = ['output', 'terminal'] as const
export type LiveKind = (typeof liveKinds)[number]

export const outputStreams = ['stdout', 'stderr'] as const
export type OutputStream = (typeof outputStreams)[number]

/** What a running program lets hear. `readBytes`: how much of its input it has read by then. */
export type ProgramWord =
  | {
      readonly kind: 'output'
      readonly stream: OutputStream
      readonly bytes: Uint8Array
      readonly readBytes: number
    }
  /** It stands still until there is input, or until its output was taken; or it goes on. */
  | {
      readonly kind: 'awaiting'
      readonly for: 'input' | 'room' | 'nothing'
      readonly readBytes: number
      readonly memoryBytes: number
      readonly fuel: bigint
    }

/** What a running program is told. Whatever comes after its end is dropped. */
export type WordToProgram =
  | { readonly kind: 'input'; readonly bytes: Uint8Array; readonly isFinal: boolean }
  /** So much more of its output was taken. */
  | { readonly kind: 'taken'; readonly bytes: number }
  /** Nobody answers it: it ends with this code, and what it wrote is kept. */
  | { readonly kind: 'giveUp'; readonly code: TaskErrorCode }

/** A run that somebody listens to. */
export type Live = {
  readonly kind: LiveKind
  heard(word: ProgramWord): void
  /** Called once, when a worker has the run: with what speaks to it. */
  begun(tell: (word: WordToProgram) => void): void
}

/** Why something cannot be typed. */
export type TypeCode = 'terminal-over' | 'input-ended' | 'input-too-long' | 'no-such-task' | 'disk-full'

/** What came out, in order. `readBytes`: how much of the input was read before it was written. */
export type TerminalPiece = {
  readonly stream: OutputStream
  readonly bytes: Uint8Array
  readonly readBytes: number
}
/** A terminal as its requestor sees it. */
export type TerminalView = {
  readonly pieces: readonly TerminalPiece[]
  /** All that was given so far: what the task brought, and what was typed behind it. */
  readonly input: Uint8Array
  readonly readBytes: number
  readonly isAwaitingInput: boolean
  /** No more input may be given. */
  readonly isInputEnded: boolean
  /** Its result is there. */
  readonly isOver: boolean
  /** Runs of it that were begun; from the second on, what was typed before was given again. */
  readonly starts: number
}

/** Output that was written and not yet taken; beyond, the program stands still in its write. A screen holds 4 KiB. */
export const mostUntakenBytes = 65_536
/** Input that was given and not yet read: nobody types so much ahead. */
export const mostUnreadBytes = 65_536
/** Input of one program in all: an hour of fast typing is a tenth of it. */
export const mostTypedBytes = 1_048_576
/** Somebody who looks something up comes back within ten minutes; longer a lent machine is not held for nothing. */
export const mostSilenceMs = 600_000
/** From its start to its end, waiting and all: as long as an agreement lasts. */
export const mostSessionMs = 3_600_000
