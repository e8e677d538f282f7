import type { FrameOf } from '../../activity/frames.ts'
import { type Live, type LiveKind, mostUnreadBytes, type ProgramWord, type WordToProgram } from '../../activity/live.ts'
import type { WireTask } from '../../activity/messages.ts'
import { Growing } from '../workers/guest-output.ts'

type Said = FrameOf<'output' | 'awaiting'>

/** A task that somebody listens to, as its provider has it: all of its input and of its output, until its result is over. */
export type ProviderTerminal = {
  /** What the runtime is given. */
  readonly live: Live
  readonly start: number
  /** Takes input at its place; what came before is passed over, and a gap is asked for again. */
  given(frame: FrameOf<'input'>): 'taken' | 'input-over-window'
  credited(frame: FrameOf<'credit'>): void
  /** On a new stream both sides say what they have: nothing else is said before the requestor did. */
  hello(): void
  /** The input that the program read: what its receipt covers. */
  read(bytes: number): Uint8Array
  figures(): {
    readonly memoryBytes: number
    readonly fuel: bigint
    readonly waitedMs: number
    readonly writtenBytes: number
  }
}

/** Output ahead of the requestor's word that it has what came before: a second of a slow connection. */
const windowBytes = 262_144
/** As much as a frame takes. */
const pieceBytes = 65_536

export function createProviderTerminal(
  { index, stdin }: Pick<WireTask, 'index' | 'stdin'>,
  { kind, start, say, now }: { kind: LiveKind; start: number; say(frame: Said): void; now(): number },
): ProviderTerminal {
  // The runtime may move the task's own buffer away.
  const input = new Growing(stdin.slice())
  const brought = stdin.length
  const output: FrameOf<'output'>[] = []
  let written = 0
  let isFinal = false
  let readBytes = 0
  let standsStill: 'input' | 'room' | 'nothing' = 'nothing'
  let standsSince = 0
  let waitedMs = 0
  let memoryBytes = 0
  let fuel = 0n
  /** Of this stream: undefined until the requestor said what it has. */
  let credit: number | undefined
  let sent = 0
  /** The farthest of all streams: what the program was told. */
  let taken = 0
  /** What came before a worker had the run. */
  let early: WordToProgram[] = []
  let toProgram: ((word: WordToProgram) => void) | undefined
  const tell = (word: WordToProgram): void => (toProgram ? toProgram(word) : void early.push(word))

  function heard(word: ProgramWord): void {
    readBytes = word.readBytes
    if (word.kind === 'output') {
      for (const piece of piecesOf(word)) {
        output.push({ type: 'output', index, start, sequence: written, ...piece })
        written += piece.bytes.length
      }
      return pump()
    }
    if (standsStill !== 'nothing') waitedMs += now() - standsSince
    standsStill = word.for
    standsSince = now()
    memoryBytes = Math.max(memoryBytes, word.memoryBytes)
    fuel = word.fuel
    state()
  }

  const state = (): void =>
    say({ type: 'awaiting', index, start, received: input.length, readBytes, isAwaiting: standsStill === 'input' })

  /** Sends what there is room for, in order. */
  function pump(): void {
    while (credit !== undefined && sent < output.length) {
      const next = output[sent]!
      if (next.sequence + next.bytes.length > credit + windowBytes) return
      sent += 1
      say(next)
    }
  }

  return {
    start,
    live: {
      kind,
      heard,
      begun(tellIt) {
        toProgram = tellIt
        for (const word of early) tellIt(word)
        early = []
      },
    },
    given({ sequence, bytes, isFinal: ends }) {
      const end = sequence + bytes.length
      if (sequence > input.length) {
        state()
        return 'taken'
      }
      if (end - Math.max(readBytes, brought) > mostUnreadBytes) return 'input-over-window'
      if (isFinal || kind === 'output') return 'taken'
      const fresh = bytes.subarray(Math.min(bytes.length, input.length - sequence))
      isFinal = ends
      if (fresh.length === 0 && !ends) return 'taken'
      input.append(fresh)
      tell({ kind: 'input', bytes: fresh.slice(), isFinal: ends })
      return 'taken'
    },
    credited({ sequence }) {
      const has = Math.min(sequence, written)
      // Behind what this stream was sent: it is what an earlier life of the requestor did not keep.
      if (credit === undefined) sent = firstBehind(output, has)
      credit = Math.max(credit ?? 0, has)
      if (has > taken) tell({ kind: 'taken', bytes: has - taken })
      taken = Math.max(taken, has)
      pump()
    },
    hello() {
      credit = undefined
      state()
    },
    read: (bytes) => input.bytes.slice(0, bytes),
    figures: () => ({
      memoryBytes,
      fuel,
      writtenBytes: written,
      waitedMs: waitedMs + (standsStill === 'nothing' ? 0 : now() - standsSince),
    }),
  }
}

/** A worker gathers less than a frame takes, but one write of a program may be larger. */
function* piecesOf({ stream, bytes, readBytes }: Extract<ProgramWord, { kind: 'output' }>) {
  for (let at = 0; at < bytes.length; at += pieceBytes)
    yield { stream, bytes: bytes.subarray(at, at + pieceBytes), readBytes }
}

const firstBehind = (output: readonly FrameOf<'output'>[], sequence: number): number => {
  const at = output.findIndex((one) => one.sequence >= sequence)
  return at < 0 ? output.length : at
}
