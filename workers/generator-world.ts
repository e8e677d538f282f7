import { componentHost } from '../src/adapters/workers/component-host.ts'
import { guestTree } from '../src/adapters/workers/guest-files.ts'
import { Growing } from '../src/adapters/workers/guest-output.ts'

/**
 * What the generator, a component itself, imports: the world that every component has here, with nothing in it. Chance is always
 * the same, so that the same component gives the same glue everywhere.
 */
const budget = { left: 65_536, over: false } // for what it says of itself when it breaks
const world = componentHost(
  { budget, aheadNs: 0n, held: 0, ending: undefined },
  {
    input: { args: [], env: {}, stdin: new Uint8Array(0), files: {} },
    stdout: new Growing(),
    stderr: new Growing(),
    root: guestTree({}, budget).root,
    random: (bytes) => bytes.fill(0),
  },
)

export const environment = world['wasi:cli/environment']
export const exit = world['wasi:cli/exit']
export const stdin = world['wasi:cli/stdin']
export const stdout = world['wasi:cli/stdout']
export const stderr = world['wasi:cli/stderr']
export const terminalInput = world['wasi:cli/terminal-input']
export const terminalOutput = world['wasi:cli/terminal-output']
export const terminalStdin = world['wasi:cli/terminal-stdin']
export const terminalStdout = world['wasi:cli/terminal-stdout']
export const terminalStderr = world['wasi:cli/terminal-stderr']
export const monotonicClock = world['wasi:clocks/monotonic-clock']
export const wallClock = world['wasi:clocks/wall-clock']
export const preopens = world['wasi:filesystem/preopens']
export const types = world['wasi:filesystem/types']
export const error = world['wasi:io/error']
export const poll = world['wasi:io/poll']
export const streams = world['wasi:io/streams']
export const random = world['wasi:random/random']
