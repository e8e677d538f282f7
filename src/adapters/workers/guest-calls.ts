import { type Fd, WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim'
import { type HostFunction, hostError, hostFunction, hostModule, wasiModule } from '../../activity/host-abi.ts'
import { abiCalls } from './guest-abi.ts'
import { isStackOverflow } from './guest-end.ts'
import { GuestEnding } from './guest-output.ts'
import type { GuestState } from './guest-state.ts'
import { bytesMoved, spend } from './guest-units.ts'

/** A host call as WebAssembly sees it: numbers and bigints in, a number out. */
type HostCall = (...values: never[]) => unknown
type Calls = Readonly<Record<string, HostCall>>
/** By module and name, as an instance takes them. */
export type HostCalls = Record<string, Record<string, HostCall>>
export type HostImport = { readonly module: string; readonly name: string }

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
 * The calls that a module imports, made safe for a stranger's program: pointers are unsigned, lists and paths bounded before they are read, a
 * pointer outside the memory is an error number and not an exception, what must end stays ended, and each is counted in host units.
 */
export function hostCalls(state: GuestState, imports: readonly HostImport[]): HostCalls {
  const shims: Calls = state.wasi.wasiImport
  const known: Readonly<Record<string, Calls>> = {
    [wasiModule]: { ...shims, ...ownCalls(state) },
    [hostModule]: abiCalls(state),
  }
  const calls: HostCalls = { [wasiModule]: {}, [hostModule]: {} }
  for (const { module, name } of imports) {
    const said = hostFunction(module, name)
    if (said) calls[module]![name] = guarded(state, { module, name, said, call: known[module]?.[name] ?? notThere })
  }
  return calls
}

type Guarded = HostImport & { readonly said: HostFunction; readonly call: HostCall }

function guarded(state: GuestState, { module, name, said, call }: Guarded): HostCall {
  const isWasi = module === wasiModule
  const paths = isWasi ? (pathLengthAt[name] ?? []) : []
  const vectors = isWasi ? vectorsAt[name] : undefined
  const outside = isWasi ? wasi.ERRNO_FAULT : hostError.outside
  const invalid = isWasi ? wasi.ERRNO_INVAL : hostError.invalid
  const isLong = said.results[0] === 'i64'
  const finish = (values: readonly (number | bigint)[], result: unknown): unknown => {
    const isGood = isWasi ? result === wasi.ERRNO_SUCCESS : (result as number | bigint) >= 0
    if (!isGood || said.moved.length === 0) return result
    const given = { ...state.given, fetched: state.reach?.fetchedBytes() ?? 0 }
    spend(state.units, bytesMoved(said.moved, { values, result }, { given, memory: () => view(state) }))
    return result
  }
  const fail = (cause: unknown): unknown => {
    if (cause instanceof GuestEnding || cause instanceof WASIProcExit) state.ending = cause
    if (state.ending || isStackOverflow(cause)) throw cause
    const code = cause instanceof RangeError ? outside : invalid
    return isLong ? BigInt(code) : code
  }
  return (...values: (number | bigint)[]): unknown => {
    if (state.ending) throw state.ending
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!
      if (typeof value === 'number') values[index] = value >>> 0
    }
    try {
      spend(state.units, said.units)
      if (vectors !== undefined && values[vectors]! > mostVectors) return wasi.ERRNO_INVAL
      for (const at of paths) if (values[at]! > mostPathBytes) return wasi.ERRNO_NAMETOOLONG
      const result = call(...(values as never[]))
      return result instanceof Promise
        ? result.then((late) => finish(values, late)).catch(fail)
        : finish(values, result)
    } catch (cause) {
      return fail(cause)
    }
  }
}

const notThere = () => wasi.ERRNO_NOSYS

/** The calls that the shim has not, or has in a way that a stranger's program could turn against its host. */
function ownCalls(state: GuestState): Calls {
  const { fds, wasiImport } = state.wasi
  const { path_open: appendOpened = notThere } = wasiImport as Calls
  return {
    args_sizes_get: (countAt: number, sizeAt: number) => {
      view(state).setUint32(countAt, state.args.length, true)
      view(state).setUint32(sizeAt, state.given.arguments, true) // the shim counts UTF-16 units and then writes UTF-8
      return wasi.ERRNO_SUCCESS
    },
    clock_res_get: (clock: number, at: number) => tellNs(state, at, state.world.resolutionNs(clock)),
    clock_time_get: (clock: number, _precision: bigint, at: number) => tellNs(state, at, state.world.clockNs(clock)),
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
      state.world.fill(new Uint8Array(view(state).buffer as ArrayBuffer, at, length))
      return wasi.ERRNO_SUCCESS
    },
    sched_yield: () => wasi.ERRNO_SUCCESS,
    sock_accept: () => wasi.ERRNO_NOTSOCK,
    sock_recv: () => wasi.ERRNO_NOTSOCK,
    sock_send: () => wasi.ERRNO_NOTSOCK,
    sock_shutdown: () => wasi.ERRNO_NOTSOCK,
  }
}

/** Where path_open is told to write the new descriptor. */
const openedAt = 8

const view = (state: GuestState): DataView =>
  new DataView((state.wasi.inst.exports.memory as WebAssembly.Memory).buffer)

function tellNs(state: GuestState, at: number, ns: bigint | undefined): number {
  if (ns === undefined) return wasi.ERRNO_INVAL
  view(state).setBigUint64(at, ns, true)
  return wasi.ERRNO_SUCCESS
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
  state.world.pass(shortest)
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
  const waitNs = isAbsolute ? timeout - (state.world.clockNs(memory.getUint32(at + 16, true)) ?? 0n) : timeout
  return { userdata, type, waitNs: waitNs > 0n ? waitNs : 0n }
}
