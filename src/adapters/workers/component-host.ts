import { type OpenDirectory, WASIProcExit, wasi } from '@bjorn3/browser_wasi_shim'
import type { TaskInput } from '../../activity/task.ts'
import { filesHost } from './component-files.ts'
import { guarded, type HostState, ioHost, sinkInto, sourceOf } from './component-io.ts'
import type { Growing } from './guest-output.ts'

/** Of one task. */
export type Around = {
  readonly input: TaskInput
  readonly stdout: Growing
  readonly stderr: Growing
  readonly root: OpenDirectory
}

/** A component that wants more chance in one call wants to fill a memory that is not its own. */
const mostRandomInAll = 16_777_216n

/**
 * What the glue imports: WASI 0.2 without network, for one task. Pure values and classes of this task: the same calls
 * as preview 1 has here, with its files and its limits.
 */
export function componentHost(state: HostState, around: Around): Record<string, object> {
  const { world } = state
  const io = ioHost(state)
  const { InputStream, OutputStream, Pollable, IoError, Resource, poll, nowNs } = io
  class TerminalInput extends Resource {}
  class TerminalOutput extends Resource {}
  const stdin = sourceOf(around.input.stdin)
  const stdout = sinkInto(around.stdout, state.budget)
  const stderr = sinkInto(around.stderr, state.budget)

  function bytesOf(length: bigint): Uint8Array {
    if (length > mostRandomInAll) throw new Error(`more than ${mostRandomInAll} random bytes at once`)
    const bytes = new Uint8Array(Number(length))
    world.fill(bytes)
    return bytes
  }
  const number = (): bigint => new DataView(bytesOf(8n).buffer).getBigUint64(0)

  const interfaces: Record<string, object> = {
    'wasi:cli/environment': {
      // In one order, whoever sends them: a program sees it.
      getEnvironment: () =>
        Object.keys(around.input.env)
          .sort()
          .map((name) => [name, around.input.env[name]]),
      getArguments: () => ['program', ...around.input.args],
      initialCwd: () => undefined,
    },
    'wasi:cli/exit': {
      exit(status: { readonly tag: string }): never {
        throw new WASIProcExit(status.tag === 'ok' ? 0 : 1)
      },
      exitWithCode(code: number): never {
        throw new WASIProcExit(code)
      },
    },
    'wasi:cli/stdin': { getStdin: () => new InputStream(stdin) },
    'wasi:cli/stdout': { getStdout: () => new OutputStream(stdout) },
    'wasi:cli/stderr': { getStderr: () => new OutputStream(stderr) },
    'wasi:cli/terminal-input': { TerminalInput },
    'wasi:cli/terminal-output': { TerminalOutput },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
    'wasi:clocks/monotonic-clock': {
      now: nowNs,
      resolution: () => world.resolutionNs(wasi.CLOCKID_MONOTONIC) ?? 0n,
      subscribeInstant: (whenNs: bigint) => new Pollable(whenNs),
      subscribeDuration: (durationNs: bigint) => new Pollable(nowNs() + durationNs),
    },
    'wasi:clocks/wall-clock': {
      now: () => instant(world.clockNs(wasi.CLOCKID_REALTIME) ?? 0n),
      resolution: () => instant(world.resolutionNs(wasi.CLOCKID_REALTIME) ?? 0n),
    },
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': { Pollable, poll },
    'wasi:io/streams': { InputStream, OutputStream },
    'wasi:random/random': { getRandomBytes: bytesOf, getRandomU64: number },
    'wasi:random/insecure': { getInsecureRandomBytes: bytesOf, getInsecureRandomU64: number },
    'wasi:random/insecure-seed': { insecureSeed: () => [number(), number()] },
    ...filesHost(state, io, around.root),
  }
  for (const one of Object.values(interfaces)) guarded(state, one)
  return interfaces
}

const billion = 1_000_000_000n
const instant = (ns: bigint) => ({ seconds: ns / billion, nanoseconds: Number(ns % billion) })
