import { Fd, wasi } from '@bjorn3/browser_wasi_shim'
import { hostModule, wasiModule } from '../../activity/host-abi.ts'
import {
  type LiveKind,
  mostUntakenBytes,
  type OutputStream,
  outputStreams,
  type ProgramWord,
  type WordToProgram,
} from '../../activity/live.ts'
import type { HostCalls } from './guest-calls.ts'
import { GaveUp } from './guest-end.ts'
import { Growing } from './guest-output.ts'
import type { GuestState } from './guest-state.ts'

/** WebAssembly's JavaScript promise integration, where the engine has it: a call may give a promise, and the program stands still. */
type Suspension = {
  readonly Suspending: new (call: (...values: never[]) => unknown) => WebAssembly.ImportValue
  readonly promising: (call: () => void) => () => Promise<void>
}
const engine = WebAssembly as typeof WebAssembly & Partial<Suspension>

/** Whether a program can stand still here while its thread hears what it is told. */
export const suspension: Suspension | undefined =
  engine.Suspending && engine.promising ? (engine as unknown as Suspension) : undefined

/** What a live run has of its worker. */
export type LiveLine = {
  readonly kind: LiveKind
  say(word: ProgramWord): void
  /** Where a thread may block: waits for the next word to it and hears it. */
  readonly waitForWord?: (() => void) | undefined
}

export type GuestTalk = ReturnType<typeof createTalk>

/**
 * So many words at once in each tenth of a second; what is written more often is gathered up to a block of 4 KiB, in which the two
 * streams stand one behind the other.
 */
const promptWords = 64
const promptMs = 100
const gatheredBytes = 4_096

/** One program's conversation: what it wrote and nobody took yet, what was given and it has not read yet. */
export function createTalk(line: LiveLine, first: Uint8Array, figures: () => { memoryBytes: number; fuel: bigint }) {
  const input = new LiveInput(first, line.kind === 'output')
  const gathered = { stdout: new Growing(), stderr: new Growing() }
  let untakenBytes = 0
  let waitedMs = 0
  let ending: GaveUp | undefined
  let wake: (() => void) | undefined
  let [windowAt, words] = [0, 0]

  function wrote(stream: OutputStream, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    gathered[stream].append(bytes)
    untakenBytes += bytes.length
    const now = performance.now()
    if (now - windowAt > promptMs) [windowAt, words] = [now, 0]
    if (words < promptWords || gathered[stream].length >= gatheredBytes) flush()
  }

  function flush(): void {
    for (const stream of outputStreams) {
      const content = gathered[stream]
      if (content.length === 0) continue
      words += 1
      line.say({ kind: 'output', stream, bytes: content.bytes.slice(), readBytes: input.readBytes })
      content.resize(0)
    }
  }

  const mayGoOn = (why: 'input' | 'room'): boolean =>
    ending !== undefined || (why === 'input' ? input.isReady() : untakenBytes <= mostUntakenBytes)

  /** Stands still until it may go on: gives a promise where the program can be suspended, and blocks where it cannot. */
  function pause(why: 'input' | 'room'): Promise<void> | undefined {
    if (mayGoOn(why)) return undefined
    flush()
    const since = performance.now()
    line.say({ kind: 'awaiting', for: why, readBytes: input.readBytes, ...figures() })
    const goOn = (): void => {
      waitedMs += performance.now() - since
      line.say({ kind: 'awaiting', for: 'nothing', readBytes: input.readBytes, ...figures() })
    }
    if (line.waitForWord) {
      while (!mayGoOn(why)) line.waitForWord()
      goOn()
      return undefined
    }
    return new Promise((resolve) => {
      wake = () => {
        if (!mayGoOn(why)) return
        wake = undefined
        goOn()
        resolve()
      }
    })
  }

  return {
    kind: line.kind,
    input,
    mayBlock: line.waitForWord !== undefined,
    wrote,
    flush,
    pause,
    isFull: () => line.kind === 'terminal' && untakenBytes > mostUntakenBytes,
    waitedUs: () => Math.round(waitedMs * 1_000),
    ending: () => ending,
    hear(word: WordToProgram): void {
      if (word.kind === 'input') input.give(word.bytes, word.isFinal)
      if (word.kind === 'taken') untakenBytes -= word.bytes
      if (word.kind === 'giveUp') ending = new GaveUp(word.code)
      wake?.()
    },
  }
}

/** Standard input that grows while the program runs. */
class LiveInput extends Fd {
  #unread: Uint8Array
  #isFinal: boolean
  readBytes = 0

  constructor(first: Uint8Array, isFinal: boolean) {
    super()
    this.#unread = first
    this.#isFinal = isFinal
  }

  isReady(): boolean {
    return this.#isFinal || this.#unread.length > 0
  }

  give(bytes: Uint8Array, isFinal: boolean): void {
    const joined = new Uint8Array(this.#unread.length + bytes.length)
    joined.set(this.#unread)
    joined.set(bytes, this.#unread.length)
    this.#unread = joined
    this.#isFinal ||= isFinal
  }

  override fd_read(size: number): { ret: number; data: Uint8Array } {
    const data = this.#unread.slice(0, size)
    this.#unread = this.#unread.subarray(data.length)
    this.readBytes += data.length
    return { ret: wasi.ERRNO_SUCCESS, data }
  }

  override fd_fdstat_get(): { ret: number; fdstat: wasi.Fdstat } {
    const fdstat = new wasi.Fdstat(wasi.FILETYPE_CHARACTER_DEVICE, 0)
    fdstat.fs_rights_base = BigInt(wasi.RIGHTS_FD_READ)
    return { ret: wasi.ERRNO_SUCCESS, fdstat }
  }

  override fd_filestat_get(): { ret: number; filestat: wasi.Filestat } {
    return { ret: wasi.ERRNO_SUCCESS, filestat: new wasi.Filestat(0n, wasi.FILETYPE_CHARACTER_DEVICE, 0n) }
  }
}

type Call = (...values: number[]) => unknown

/** The calls in which a program with a terminal may stand still, WASI's and ours: before it reads, and after it has written too much. */
export function pausingCalls(state: GuestState, calls: HostCalls, talk: GuestTalk): HostCalls {
  const { fd_read, fd_write, poll_oneoff } = calls[wasiModule] as Record<string, Call | undefined>
  const { input_read, output_write } = calls[hostModule] as Record<string, Call | undefined>
  const isInput = (fd: number): boolean => state.wasi.fds[fd >>> 0] === talk.input
  const settle = (): void => {
    state.ending ??= talk.ending()
  }
  const kept = (answer: unknown): unknown => {
    settle()
    if (state.ending) throw state.ending
    return answer
  }
  /** Pauses, then calls: the call itself throws where the run is to end. */
  const reading = (call: Call | undefined, waits: (values: readonly number[]) => boolean): Call | undefined =>
    call &&
    ((...values) => {
      const paused = waits(values) ? talk.pause('input') : undefined
      settle()
      if (!paused) return call(...values)
      return paused.then(() => {
        settle()
        return call(...values)
      })
    })
  const writing = (call: Call | undefined): Call | undefined =>
    call &&
    ((...values) => {
      const answer = call(...values)
      const pausing = talk.isFull() ? talk.pause('room') : undefined
      return pausing ? pausing.then(() => kept(answer)) : kept(answer)
    })
  const looksAtInput = ([from = 0, , count = 0]: readonly number[]) => pollsInputAlone(state, talk, from, count)
  return {
    [wasiModule]: held(calls[wasiModule], {
      fd_read: reading(fd_read, ([fd = 0]) => isInput(fd)),
      poll_oneoff: reading(poll_oneoff, looksAtInput),
      fd_write: writing(fd_write),
    }),
    [hostModule]: held(calls[hostModule], {
      input_read: reading(input_read, () => true),
      output_write: writing(output_write),
    }),
  }

  /** Those that the module imports, in place of the plain ones. */
  function held(plain: HostCalls[string] = {}, pausing: Readonly<Record<string, Call | undefined>>): HostCalls[string] {
    const imported = Object.fromEntries(Object.entries(pausing).filter(([, call]) => call !== undefined))
    const all = { ...plain, ...imported } as HostCalls[string]
    return talk.mayBlock ? all : suspended(all, Object.keys(imported))
  }
}

/** The same calls, some of which may give a promise, where the engine can hold the program for it. */
export function suspended(calls: HostCalls[string], names: readonly string[]): HostCalls[string] {
  if (!suspension) return calls
  const all: Record<string, unknown> = { ...calls }
  for (const name of names) if (all[name]) all[name] = new suspension.Suspending(all[name] as never)
  return all as HostCalls[string]
}

/** Sizes and places in WASI preview 1's `subscription`. */
const subscriptionBytes = 48
const typeAt = 8
const fdAt = 16
/** As many as the call itself reads. */
const mostSubscriptions = 1_024

/**
 * Whether nothing but input is waited for, with or without clocks: then it is waited for however long that takes. A clock beside it
 * does not end the wait: at no cost of time it would make a program that looks twice a second turn in a loop.
 */
function pollsInputAlone(state: GuestState, talk: GuestTalk, from: number, count: number): boolean {
  if (talk.input.isReady() || count >>> 0 > mostSubscriptions) return false
  const { buffer } = state.wasi.inst.exports['memory'] as WebAssembly.Memory
  const start = from >>> 0
  if (start + (count >>> 0) * subscriptionBytes > buffer.byteLength) return false
  const memory = new DataView(buffer)
  let polled = 0
  for (let at = start; at < start + (count >>> 0) * subscriptionBytes; at += subscriptionBytes) {
    const type = memory.getUint8(at + typeAt)
    if (type === wasi.EVENTTYPE_CLOCK) continue
    const isIt = type === wasi.EVENTTYPE_FD_READ && state.wasi.fds[memory.getUint32(at + fdAt, true)] === talk.input
    if (!isIt) return false
    polled += 1
  }
  return polled > 0
}
