import { type Fd, type WASI, WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim'
import { isStackOverflow } from './guest-end.ts'
import { OutputOverLimit } from './guest-output.ts'

/** A host call as WebAssembly sees it: numbers and bigints in, an error number out. */
type HostCall = (...values: never[]) => unknown
export type HostCalls = Record<string, HostCall>

/** What one task's calls share. */
export type GuestState = {
  readonly wasi: WASI
  readonly args: readonly string[]
  /** How far the program's clocks run ahead of the machine's, because it slept. */
  aheadNs: bigint
  /** Set once the task must end: a program that catches the exception gets it again at its next call. */
  ending: Error | undefined
}

/** IOV_MAX of Linux, PATH_MAX of Linux, and its usual limit of open files. */
const mostVectors = 1_024
const mostPathBytes = 4_096
const mostOpen = 1_024

/** Where in a call the length of a path or the number of vectors stands. */
const pathLengthAt: Readonly<Record<string, readonly number[]>> = {
  path_create_directory: [2],
  path_filestat_get: [3],
  path_filestat_set_times: [3],
  path_open: [3],
  path_readlink: [2],
  path_remove_directory: [2],
  path_rename: [2, 5],
  path_unlink_file: [2],
}
const vectorsAt: Readonly<Record<string, number>> = { fd_read: 2, fd_pread: 2, fd_write: 2, fd_pwrite: 2 }

/**
 * The shim's calls for the names a module imports, made safe for a stranger's program: pointers are unsigned, lists and paths
 * bounded before they are read, a pointer outside the memory is an error number and not an exception, and what must end stays ended.
 */
export function hostCalls(state: GuestState, names: readonly string[]): HostCalls {
  const replaced = ownCalls(state)
  return Object.fromEntries(
    names.map((name) => [name, guarded(state, name, replaced[name] ?? state.wasi.wasiImport[name] ?? notThere)]),
  )
}

function guarded(state: GuestState, name: string, call: HostCall): HostCall {
  const paths = pathLengthAt[name] ?? []
  const vectors = vectorsAt[name]
  return (...values: (number | bigint)[]): unknown => {
    if (state.ending) throw state.ending
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!
      if (typeof value === 'number') values[index] = value >>> 0
    }
    if (vectors !== undefined && values[vectors]! > mostVectors) return wasi.ERRNO_INVAL
    for (const at of paths) if (values[at]! > mostPathBytes) return wasi.ERRNO_NAMETOOLONG
    try {
      return call(...(values as never[]))
    } catch (cause) {
      if (cause instanceof OutputOverLimit || cause instanceof WASIProcExit) state.ending = cause
      if (state.ending || isStackOverflow(cause)) throw cause
      return cause instanceof RangeError ? wasi.ERRNO_FAULT : wasi.ERRNO_INVAL
    }
  }
}

const notThere = () => wasi.ERRNO_NOSYS

/** The calls that the shim has not, or has in a way that a stranger's program could turn against its host. */
function ownCalls(state: GuestState): HostCalls {
  const { fds, wasiImport } = state.wasi
  const { path_open: appendOpened = notThere } = wasiImport as HostCalls
  return {
    args_sizes_get: (countAt: number, sizeAt: number) => {
      const encoder = new TextEncoder() // the shim counts UTF-16 units and then writes UTF-8
      const size = state.args.reduce((sum, text) => sum + encoder.encode(text).length + 1, 0)
      view(state).setUint32(countAt, state.args.length, true)
      view(state).setUint32(sizeAt, size, true)
      return wasi.ERRNO_SUCCESS
    },
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      const now = clockNs(state, clock)
      if (now === undefined) return wasi.ERRNO_INVAL
      view(state).setBigUint64(at, now, true)
      return wasi.ERRNO_SUCCESS
    },
    fd_fdstat_set_flags: (fd: number) => (fds[fd] ? wasi.ERRNO_SUCCESS : wasi.ERRNO_BADF),
    path_open: (...values: never[]) => {
      const free = fds.indexOf(undefined as unknown as Fd)
      if (free < 0 && fds.length >= mostOpen) return wasi.ERRNO_MFILE
      const error = appendOpened(...values)
      if (error !== wasi.ERRNO_SUCCESS || free < 0) return error
      fds[free] = fds.pop()! // the shim appends; POSIX and a bounded table want the lowest free one
      view(state).setUint32(values[openedAt]!, free, true)
      return wasi.ERRNO_SUCCESS
    },
    // A second name would let one written file come out many times.
    path_link: () => wasi.ERRNO_NOTSUP,
    poll_oneoff: (from: number, to: number, count: number, countAt: number) => poll(state, from, to, count, countAt),
    proc_raise: () => wasi.ERRNO_NOTSUP,
    random_get: (at: number, length: number) => {
      const bytes = new Uint8Array(view(state).buffer as ArrayBuffer, at, length)
      for (let from = 0; from < length; from += mostRandom) fillRandom(bytes.subarray(from, from + mostRandom))
      return wasi.ERRNO_SUCCESS
    },
    sched_yield: () => wasi.ERRNO_SUCCESS,
    sock_accept: () => wasi.ERRNO_NOTSOCK,
    sock_recv: () => wasi.ERRNO_NOTSOCK,
    sock_send: () => wasi.ERRNO_NOTSOCK,
    sock_shutdown: () => wasi.ERRNO_NOTSOCK,
  }
}

/** Kept from before the worker is disarmed: without it the shim would fall back to Math.random, in silence. */
const fillRandom = crypto.getRandomValues.bind(crypto)
/** What getRandomValues gives at once. */
const mostRandom = 65_536

/** Where path_open is told to write the new descriptor. */
const openedAt = 8

const view = (state: GuestState): DataView =>
  new DataView((state.wasi.inst.exports.memory as WebAssembly.Memory).buffer)

function clockNs(state: GuestState, clock: number): bigint | undefined {
  if (clock === wasi.CLOCKID_REALTIME) return BigInt(Date.now()) * 1_000_000n + state.aheadNs
  // Processor time of a thread that never waits is the time that has passed.
  if (clock <= 3) return BigInt(Math.round(performance.now() * 1e6)) + state.aheadNs
  return undefined
}

/** Sizes and offsets of `subscription` and `event` in WASI preview 1. */
const subscriptionBytes = 48
const eventBytes = 32

/**
 * Files and streams here are always ready. Where only clocks are waited for, the earliest is due at once and the program's
 * clocks jump ahead by that much: a rented thread that waits would be of use to nobody, and turning in a loop burns a core.
 */
function poll(state: GuestState, from: number, to: number, count: number, countAt: number): number {
  if (count === 0 || count > mostVectors) return wasi.ERRNO_INVAL
  const memory = view(state)
  const subscriptions = Array.from({ length: count }, (_, index) =>
    subscription(state, memory, from + index * subscriptionBytes),
  )
  let shortest = subscriptions[0]!.waitNs
  for (const { waitNs } of subscriptions) if (waitNs < shortest) shortest = waitNs
  const due = subscriptions.filter(({ waitNs }) => waitNs === shortest)
  state.aheadNs += shortest
  for (const [index, { userdata, type }] of due.entries()) {
    const at = to + index * eventBytes
    for (let word = 0; word < eventBytes; word += 8) memory.setBigUint64(at + word, 0n, true)
    memory.setBigUint64(at, userdata, true)
    memory.setUint8(at + 10, type)
    if (type !== wasi.EVENTTYPE_CLOCK) memory.setBigUint64(at + 16, 1n, true) // at least a byte, or the end
  }
  memory.setUint32(countAt, due.length, true)
  return wasi.ERRNO_SUCCESS
}

type Subscription = { readonly userdata: bigint; readonly type: number; readonly waitNs: bigint }

function subscription(state: GuestState, memory: DataView, at: number): Subscription {
  const userdata = memory.getBigUint64(at, true)
  const type = memory.getUint8(at + 8)
  if (type !== wasi.EVENTTYPE_CLOCK) return { userdata, type, waitNs: 0n }
  const timeout = memory.getBigUint64(at + 24, true)
  const isAbsolute = (memory.getUint16(at + 40, true) & 1) === 1
  const waitNs = isAbsolute ? timeout - (clockNs(state, memory.getUint32(at + 16, true)) ?? 0n) : timeout
  return { userdata, type, waitNs: waitNs > 0n ? waitNs : 0n }
}
