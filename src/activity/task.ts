import { ok, type Result, refuse } from '../kernel/result.ts'
import { type Command, type CommandResult, checkScript, directionOf, type ScriptCode } from './script.ts'
import { readValue, type ValueText } from './value-text.ts'

/** What one task of a job gives its program: everything the program may know of the world. */
export type TaskInput = {
  /** Without the program's own name, which the runtime puts in front. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: Uint8Array
  /** Of a task that is typed into: whoever types said that no more comes. Known to the requestor alone. */
  readonly isInputEnded?: true | undefined
  /** By path relative to the program's root directory: 'data/words.txt'. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Of the runtime `function`: which exported function is called. */
  readonly invoke?: string | undefined
  /** What it is given, a value for each parameter. */
  readonly params?: readonly ValueText[] | undefined
  /** Instead of one run: commands that share the files. Arguments, standard input and what is called are then each run's own. */
  readonly script?: readonly Command[] | undefined
}

/** Which task of which job: what its program may ask for, and what its chance is seeded with. */
export type TaskPlace = {
  /** The job's CID. */
  readonly job: string
  readonly index: number
}
/** Without a place a task is the first of a job without a name. */
export type PlacedInput = TaskInput & { readonly place?: TaskPlace | undefined }

/** A file by its CID that every task of a job may read. */
export type Content = { readonly cid: string; readonly bytes: Uint8Array }

export type TaskLimits = {
  /** WebAssembly pages of 64 KiB, 1 to 65,536. */
  readonly memoryPages: number
  /** Wall time of one task, its start included. */
  readonly timeoutMs: number
  /** Standard output, standard error and files written, together, names of files included. */
  readonly outputBytes: number
  /** Units that one task may use; as many as can be counted where undefined. */
  readonly fuel?: bigint | undefined
  /** Host units that one task may use; as many as can be counted where undefined. */
  readonly hostUnits?: bigint | undefined
  /** 32 bytes: with them the task is deterministic, and its chance comes of them. */
  readonly seed?: Uint8Array | undefined
}

/**
 * Why a task has no good result.
 * - `exited-nonzero` the program said so itself; everything it wrote is there
 * - `trapped` an unreachable, a bad access, a division by zero
 * - `out-of-fuel` stopped where its budget was used up: at the same operator on every engine
 * - `out-of-host-units` stopped at the call to its host that would have passed its budget
 * - `stack-overflow` called itself, or others, deeper than a quarter of a megabyte of stack
 * - `memory-over-limit` trapped with half of the memory limit in use, or more
 * - `memory-not-given` a deterministic program within its limit, on a machine that has no more: worth another try elsewhere
 * - `output-over-limit` ended in the middle of the write that would have passed the limit
 * - `timed-out` ended by the runtime
 * - `input-timed-out` it waited for input, and for ten minutes none came; everything it wrote is there
 * - `output-not-taken` it waited until its output was taken, and for ten minutes nobody took it
 * - `start-failed` no instance of the module could be made, or no worker
 * - `input-not-allowed` refused before it ran: see `checkInput`; or no such function, or not with these values
 * - `queue-full` more runs wait than the runtime keeps; it was not begun
 * - `content-missing` a script's content could not be had where it ran: worth another try elsewhere
 * - `transfer-failed` a script's transfer of a file that is not there, or of content that is too large or damaged
 * - `stopped` by whoever asked for it, or because the runtime stops
 * - `worker-lost` the worker ended under it through no known fault of the program: worth another try
 */
export type TaskErrorCode =
  | 'exited-nonzero'
  | 'trapped'
  | 'out-of-fuel'
  | 'out-of-host-units'
  | 'stack-overflow'
  | 'memory-over-limit'
  | 'memory-not-given'
  | 'output-over-limit'
  | 'timed-out'
  | 'input-timed-out'
  | 'output-not-taken'
  | 'start-failed'
  | 'input-not-allowed'
  | 'queue-full'
  | 'content-missing'
  | 'transfer-failed'
  | 'stopped'
  | 'worker-lost'

export type TaskOutcome = {
  readonly status: 'ok' | 'failed'
  /** What the program gave to `proc_exit`, 0 to 2³² − 1; −1 where it did not come to exit. */
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** Files created or changed. Empty unless the program came to exit. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** What the function that was called gave back. */
  readonly values?: readonly ValueText[] | undefined
  /** Lines that the program gave to `log`, if any. */
  readonly log?: Uint8Array | undefined
  /** What the program anchored, if anything and if it came to exit. */
  readonly anchors?: readonly Uint8Array[] | undefined
  /** Of a script, what came of each command that was begun; what they wrote stands in them and nowhere else. */
  readonly commands?: readonly CommandResult[] | undefined
  readonly usage: TaskUsage
  /** Of a program that somebody typed into: how much of its input it read. Only that is covered by the receipt. */
  readonly readBytes?: number
  /** The message names engine and place and is for people: two engines word the same trap differently. */
  readonly error?: { readonly code: TaskErrorCode; readonly message: string }
}

export type TaskUsage = {
  readonly durationUs: number
  /** Part of the duration in which it stood still and the processor was free. */
  readonly waitedUs?: number
  readonly memoryBytes: number
  /** Nothing where the worker was ended from outside, for then nobody can ask it. */
  readonly fuel: bigint
  /** What its calls into the host cost: see `hostAbi`. Absent where its runtime counts none. */
  readonly hostUnits?: bigint | undefined
  /** Counters of the program's own, if any. */
  readonly custom?: Readonly<Record<string, bigint>> | undefined
}

export const pageBytes = 65_536
/** The format's own end of a 32-bit memory. */
export const mostPages = 65_536

const nothing = new Uint8Array(0)

/** The outcome of a task that left nothing behind. */
export const failedTask = (code: TaskErrorCode, message: string, durationUs = 0): TaskOutcome => ({
  status: 'failed',
  exitCode: -1,
  stdout: nothing,
  stderr: nothing,
  files: {},
  usage: { durationUs, memoryBytes: 0, fuel: 0n, hostUnits: 0n },
  error: { code, message },
})

/** What Linux gives a program in arguments and environment is 128 KiB a string and some MiB in all: as many here. */
const mostStringLength = 131_072
const mostStringsLength = 1_048_576
const mostStrings = 4_096
/** More files than that belong into one archive: each costs an entry in a tree that is built anew for every task. */
const mostFiles = 4_096
/** PATH_MAX of Linux. */
const mostPathLength = 4_096

/** More than any compiler passes in numbers. */
export const mostValues = 64
/** Of the function that is called: C++ makes names of some hundred characters. */
export const mostNameLength = 1_024

export type InputCode =
  | 'too-many-strings'
  | 'string-not-allowed'
  | 'too-many-files'
  | 'path-not-allowed'
  | 'value-not-allowed'
  | 'script-beside-run'
  | ScriptCode

/** Refuses arguments, variables and paths that no program could be given: too many, too long, with a NUL, or leaving the root. */
export function checkInput(input: TaskInput): Result<TaskInput, InputCode> {
  const variables = Object.entries(input.env)
  const said = (input.script ?? []).flatMap((command) => ('args' in command ? (command.args ?? []) : []))
  const strings = [...input.args, ...said, ...variables.flat()]
  if (strings.length > mostStrings) return refuse('too-many-strings', { strings: strings.length, mostStrings })
  let length = 0
  for (const text of strings) {
    length += text.length
    if (text.length > mostStringLength || length > mostStringsLength || text.includes('\0')) {
      return refuse('string-not-allowed', { starts: text.slice(0, 40), length: text.length, mostStringLength })
    }
  }
  const unnamed = variables.find(([name]) => name === '' || name.includes('='))
  if (unnamed) return refuse('string-not-allowed', { variable: unnamed[0].slice(0, 40) })
  const called = checkCall(input)
  if (!called.ok) return called
  const commanded = checkCommands(input)
  if (!commanded.ok) return commanded
  const paths = Object.keys(input.files)
  if (paths.length > mostFiles) return refuse('too-many-files', { files: paths.length, mostFiles })
  const astray = paths.find((path) => !isPath(path)) ?? fileAsDirectory(paths)
  return astray === undefined ? ok(input) : refuse('path-not-allowed', { path: astray.slice(0, 80) })
}

function checkCall({ invoke = '', params = [] }: Pick<TaskInput, 'invoke' | 'params'>): Result<void, InputCode> {
  if (invoke.length > mostNameLength)
    return refuse('string-not-allowed', { invoke: invoke.slice(0, 40), mostNameLength })
  if (params.length > mostValues) return refuse('value-not-allowed', { params: params.length, mostValues })
  const strange = params.find((text) => readValue(text) === undefined)
  return strange === undefined ? ok(undefined) : refuse('value-not-allowed', { param: strange.slice(0, 40) })
}

/** SR3: a script's commands are those of `checkScript`, each may be given what a task may, and nothing of one run stands beside them. */
function checkCommands({ script, args, stdin, invoke, params }: TaskInput): Result<void, InputCode> {
  if (!script) return ok(undefined)
  if (args.length > 0 || stdin.length > 0 || invoke !== undefined || params)
    return refuse('script-beside-run', { commands: script.length })
  const inOrder = checkScript(script)
  if (!inOrder.ok) return inOrder
  for (const [index, command] of script.entries()) {
    const called = command.type === 'run' ? checkCall(command) : ok(undefined)
    if (!called.ok) return refuse(called.code, { index, ...called.facts })
    const path = command.type === 'transfer' ? directionOf(command)?.path : undefined
    if (path !== undefined && !isPath(path)) return refuse('path-not-allowed', { index, path: path.slice(0, 80) })
  }
  return ok(undefined)
}

const isPath = (path: string): boolean =>
  path.length <= mostPathLength &&
  !path.includes('\0') &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

/** The path of a file that another path needs as a directory: 'a' beside 'a/b'. */
function fileAsDirectory(paths: readonly string[]): string | undefined {
  const files = new Set(paths)
  return paths.find((path) => {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
      if (files.has(path.slice(0, cut))) return true
    }
    return false
  })
}
