import type { FrameOf } from '../../activity/frames.ts'
import {
  mostTypedBytes,
  mostUnreadBytes,
  type OutputStream,
  type TerminalPiece,
  type TerminalView,
  type TypeCode,
} from '../../activity/live.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { TaskInput } from '../../activity/task.ts'
import { concatBytes } from '../../kernel/bytes.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import { Growing } from '../workers/guest-output.ts'

/** One stream, as far as terminals need to know it. */
export type TerminalLine = {
  readonly activity: Cid
  send(frame: FrameOf<'input' | 'credit'>): void
}

type Piece = { readonly stream: OutputStream; readonly content: Growing; readonly readBytes: number }

type Terminal = {
  readonly index: number
  input: Uint8Array
  typedBytes: number
  isInputEnded: boolean
  pieces: Piece[]
  writtenBytes: number
  readBytes: number
  isAwaitingInput: boolean
  /** It waits, having written so much: shown once all of that is here. */
  awaitsBehind: number | undefined
  isOver: boolean
  starts: number
  /** Which run it is of: the activity and its start there. */
  run: { readonly activity: Cid; readonly start: number } | undefined
  line: TerminalLine | undefined
  sentBytes: number
  isEndSent: boolean
  /** What was typed is stored one after the other. */
  storing: Promise<unknown>
  view: TerminalView | undefined
}

/** Beyond so many transcripts those of tasks that are over leave memory; of running ones there are as many as threads at work. */
const mostTerminals = 64
/** What a frame takes. */
const pieceBytes = 65_536
/** Beyond so many pieces a transcript tells no more what was read before each: as many as a person types in a day. */
const mostPieces = 16_384

/** What was written between two reads of the same input is one piece. */
function add({ pieces }: Terminal, { stream, bytes, readBytes }: TerminalPiece): void {
  if (bytes.length === 0) return
  const isFull = pieces.length >= mostPieces
  const last = isFull ? pieces.slice(-2).find((one) => one.stream === stream) : pieces.at(-1)
  if (last && (isFull || (last.stream === stream && last.readBytes === readBytes))) return last.content.append(bytes)
  const content = new Growing()
  content.append(bytes)
  pieces.push({ stream, content, readBytes })
}

function look(terminal: Terminal): void {
  const { awaitsBehind } = terminal
  terminal.isAwaitingInput = awaitsBehind !== undefined && terminal.writtenBytes >= awaitsBehind
}

function goesOn(terminal: Terminal): void {
  terminal.awaitsBehind = undefined
  terminal.isAwaitingInput = false
}

export type RequestorTerminals = ReturnType<typeof createRequestorTerminals>

/** What the requestor has of its live tasks: typed and stored, sent and read, written and heard. */
export function createRequestorTerminals(ports: {
  /** The task as it is stored by now. */
  stored(job: Cid, index: number): Promise<TaskInput | undefined>
  store(job: Cid, index: number, stdin: Uint8Array): Promise<void>
  mostOutputBytes(job: Cid): number
  changed(job: Cid): void
}) {
  const terminals = new Map<string, Terminal>()
  const nameOf = (job: Cid, index: number): string => `${job}/${index}`

  async function open(job: Cid, index: number): Promise<Terminal | undefined> {
    const known = terminals.get(nameOf(job, index))
    if (known) return known
    const task = await ports.stored(job, index)
    if (!task) return undefined
    const meanwhile = terminals.get(nameOf(job, index))
    if (meanwhile) return meanwhile
    const made: Terminal = {
      index,
      input: task.stdin,
      typedBytes: 0,
      isInputEnded: false,
      pieces: [],
      writtenBytes: 0,
      readBytes: 0,
      isAwaitingInput: false,
      awaitsBehind: undefined,
      isOver: false,
      starts: 0,
      run: undefined,
      line: undefined,
      sentBytes: 0,
      isEndSent: false,
      storing: Promise.resolve(),
      view: undefined,
    }
    terminals.set(nameOf(job, index), made)
    const spare = terminals.size > mostTerminals && [...terminals].find(([, { isOver }]) => isOver)
    if (spare) terminals.delete(spare[0])
    return made
  }

  function changed(job: Cid, terminal: Terminal): void {
    terminal.view = undefined
    ports.changed(job)
  }

  /** Gives its provider what it may have by now, in order. */
  function push(terminal: Terminal): void {
    const { line, run, index } = terminal
    if (!line || !run || terminal.isOver) return
    const end = Math.min(terminal.input.length, terminal.readBytes + mostUnreadBytes)
    const word = { type: 'input', index, start: run.start } as const
    while (terminal.sentBytes < end) {
      const sequence = terminal.sentBytes
      const bytes = terminal.input.subarray(sequence, Math.min(end, sequence + pieceBytes))
      terminal.sentBytes += bytes.length
      line.send({ ...word, sequence, bytes, isFinal: false })
    }
    if (!terminal.isInputEnded || terminal.isEndSent || terminal.sentBytes < terminal.input.length) return
    terminal.isEndSent = true
    line.send({ ...word, sequence: terminal.sentBytes, bytes: terminal.input.subarray(0, 0), isFinal: true })
  }

  /** The first word of a run, or the first of this run on a new stream. @returns whether the word is of the run that counts */
  function met(terminal: Terminal, line: TerminalLine, { start, received }: FrameOf<'awaiting'>): boolean {
    const { run } = terminal
    const isKnown = run?.activity === line.activity && run.start === start
    if (isKnown && terminal.line === line) return true
    if (run?.activity === line.activity && start < run.start) return false
    if (!isKnown) {
      terminal.run = { activity: line.activity, start }
      terminal.starts += 1
      terminal.pieces = []
      terminal.writtenBytes = 0
      terminal.readBytes = 0
    }
    terminal.line = line
    terminal.sentBytes = received
    terminal.isEndSent = false
    line.send({ type: 'credit', index: terminal.index, start, sequence: terminal.writtenBytes })
    return true
  }

  /** @returns what is wrong with the word, if anything: a provider that says it is not believed any further */
  async function awaiting(job: Cid, line: TerminalLine, frame: FrameOf<'awaiting'>): Promise<string | undefined> {
    const terminal = await open(job, frame.index)
    if (!terminal || terminal.isOver) return undefined
    if (frame.received > terminal.input.length || frame.readBytes > frame.received) return 'input-not-given'
    if (!met(terminal, line, frame)) return undefined
    terminal.readBytes = Math.max(terminal.readBytes, frame.readBytes)
    const awaits = frame.isAwaiting && frame.received === terminal.input.length && !terminal.isInputEnded
    terminal.awaitsBehind = awaits ? frame.written : undefined
    look(terminal)
    push(terminal)
    changed(job, terminal)
    return undefined
  }

  function output(job: Cid, line: TerminalLine, frame: FrameOf<'output'>): string | undefined {
    const terminal = terminals.get(nameOf(job, frame.index))
    if (!terminal || terminal.isOver || terminal.line !== line || terminal.run?.start !== frame.start) return undefined
    const { stream, bytes, readBytes, sequence } = frame
    if (sequence !== terminal.writtenBytes) return sequence > terminal.writtenBytes ? 'output-gap' : undefined
    if (sequence + bytes.length > ports.mostOutputBytes(job)) return 'output-over-limit'
    if (readBytes > terminal.input.length) return 'input-not-given'
    add(terminal, { stream, bytes, readBytes })
    terminal.writtenBytes += bytes.length
    terminal.readBytes = Math.max(terminal.readBytes, readBytes)
    look(terminal)
    line.send({ type: 'credit', index: frame.index, start: frame.start, sequence: terminal.writtenBytes })
    changed(job, terminal)
    return undefined
  }

  async function give(job: Cid, index: number, bytes: Uint8Array): Promise<Result<void, TypeCode>> {
    const terminal = await open(job, index)
    if (!terminal) return refuse('no-such-task', { index })
    const giving = terminal.storing.then(() => typed(job, terminal, bytes))
    terminal.storing = giving
    return giving
  }

  /** Stored before it is said: after a reload both sides count from the same bytes. */
  async function typed(job: Cid, terminal: Terminal, bytes: Uint8Array): Promise<Result<void, TypeCode>> {
    if (terminal.isOver) return refuse('terminal-over')
    if (terminal.isInputEnded) return refuse('input-ended')
    if (terminal.typedBytes + bytes.length > mostTypedBytes)
      return refuse('input-too-long', { typedBytes: terminal.typedBytes + bytes.length, mostBytes: mostTypedBytes })
    const input = new Uint8Array(terminal.input.length + bytes.length)
    input.set(terminal.input)
    input.set(bytes, terminal.input.length)
    try {
      await ports.store(job, terminal.index, input)
    } catch {
      return refuse('disk-full')
    }
    terminal.input = input
    terminal.typedBytes += bytes.length
    goesOn(terminal)
    push(terminal)
    changed(job, terminal)
    return ok(undefined)
  }

  async function end(job: Cid, index: number): Promise<Result<void, TypeCode>> {
    const terminal = await open(job, index)
    if (!terminal) return refuse('no-such-task', { index })
    await terminal.storing
    if (terminal.isOver) return refuse('terminal-over')
    terminal.isInputEnded = true
    goesOn(terminal)
    push(terminal)
    changed(job, terminal)
    return ok(undefined)
  }

  /** Its result is there: what was not heard of its output is in it. */
  function over(job: Cid, result: WireResult): void {
    const { index, readBytes = 0 } = result
    const terminal = terminals.get(nameOf(job, index))
    if (!terminal || terminal.isOver) return
    const heard = (stream: OutputStream): number =>
      terminal.pieces.reduce((sum, piece) => sum + (piece.stream === stream ? piece.content.length : 0), 0)
    add(terminal, { stream: 'stdout', bytes: writtenTo('stdout', result).subarray(heard('stdout')), readBytes })
    add(terminal, { stream: 'stderr', bytes: writtenTo('stderr', result).subarray(heard('stderr')), readBytes })
    terminal.readBytes = readBytes
    goesOn(terminal)
    terminal.isOver = true
    terminal.line = undefined
    changed(job, terminal)
  }

  function viewOf(terminal: Terminal): TerminalView {
    if (terminal.view) return terminal.view
    const { input, readBytes, isAwaitingInput, isInputEnded, isOver, starts } = terminal
    const pieces = terminal.pieces.map(({ content, ...piece }) => ({ ...piece, bytes: content.bytes }))
    terminal.view = { pieces, input, readBytes, isAwaitingInput, isInputEnded, isOver, starts }
    return terminal.view
  }

  let starts = 0
  return {
    /** Own work begins its tasks under numbers of this tab's life. */
    nextStart: () => starts++,
    awaiting,
    output,
    give,
    end,
    over,
    /** Whether anything is known of it comes with the first word or the first letter typed. */
    view(job: Cid, index: number): TerminalView | undefined {
      const terminal = terminals.get(nameOf(job, index))
      return terminal && viewOf(terminal)
    },
    /** The task with all that was typed into it: newer than what is being stored, where somebody types. */
    grown: (job: Cid, index: number, task: TaskInput): TaskInput => {
      const terminal = terminals.get(nameOf(job, index))
      return terminal ? { ...task, stdin: terminal.input } : task
    },
    /** The task with exactly the input that was read of it. */
    asRead(job: Cid, index: number, task: TaskInput, readBytes: number): TaskInput | undefined {
      const stdin = terminals.get(nameOf(job, index))?.input ?? task.stdin
      return readBytes <= stdin.length ? { ...task, stdin: stdin.slice(0, readBytes) } : undefined
    },
    /** Programs of this job that wait for somebody to type. */
    awaitingCount: (job: Cid): number => ofJob(job).filter(({ isAwaitingInput }) => isAwaitingInput).length,
    isStandingStill: (activity: Cid): boolean =>
      [...terminals.values()].some(({ run, isAwaitingInput }) => run?.activity === activity && isAwaitingInput),
    /** A stream broke: nobody waits on it any more. */
    hungUp(job: Cid, line: TerminalLine): void {
      for (const terminal of ofJob(job)) {
        if (terminal.line !== line) continue
        terminal.line = undefined
        goesOn(terminal)
        changed(job, terminal)
      }
    },
  }

  function ofJob(job: Cid): Terminal[] {
    return [...terminals].flatMap(([name, terminal]) => (name.startsWith(`${job}/`) ? [terminal] : []))
  }
}

/** Of a script, what its commands wrote, one behind the other. */
const writtenTo = (stream: OutputStream, { commands, ...result }: WireResult): Uint8Array =>
  commands ? concatBytes(commands.map((one) => one[stream])) : result[stream]
