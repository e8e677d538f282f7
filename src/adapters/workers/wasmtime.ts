import { join } from 'node:path'
import { pageBytes, type TaskInput, type TaskLimits, type TaskOutcome } from '../../activity/task.ts'
import { ok, type Result, refuse } from '../../kernel/result.ts'
import { changedFiles, inFolder, ranProcess } from './process-run.ts'

/** To start and to compile, beside the task's own time. */
export const slackMs = 10_000
/** It writes some lines of its own where it fails. */
export const slackBytes = 65_536

export type WasmtimeTask = { readonly input: TaskInput; readonly limits: TaskLimits; readonly fuel: bigint }

/** What came of a run: its program came to exit, or, with −1, did not. */
export type ReferenceRun = Pick<TaskOutcome, 'exitCode' | 'stdout' | 'stderr' | 'files' | 'values'> & {
  /** Undefined where the engine does not tell. */
  readonly fuel?: bigint | undefined
}
export type ReferenceCode = 'start-failed' | 'timed-out' | 'exit-code-not-told'

/** Another implementation of WebAssembly on this machine: what it makes of a task is not ours to get wrong. */
export type ReferenceEngine = {
  /** What it says of itself; undefined where there is none. */
  version(): Promise<string | undefined>
  /** Whether it runs functions, and tells of traps and any exit code. */
  readonly isExact: boolean
  run(bytes: Uint8Array, task: WasmtimeTask): Promise<Result<ReferenceRun, ReferenceCode>>
}

/** What the command is given. The module's file is named as programs are called here, for its name is their first argument. */
export function wasmtimeArguments({ input, limits, fuel }: WasmtimeTask, folder: string): string[] {
  return [
    'run',
    ...['-W', `fuel=${fuel}`],
    ...['-W', `max-memory-size=${limits.memoryPages * pageBytes}`],
    ...['--dir', `${join(folder, 'root')}::/`],
    ...Object.entries(input.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    join(folder, 'program'),
    ...input.args,
  ]
}

/** The command of wasmtime says of a larger exit code, or of a trap, only that there was one, and writes about it. */
const mostTold = 125

/**
 * The wasmtime of this machine, as a second opinion: the program as it came, without our meter, on another engine with another WASI.
 * Its command does not tell how much fuel was used; with too little it ends in a trap.
 * @param command a name to be looked for in PATH, or a path
 */
export function wasmtimeCommand(command = 'wasmtime'): ReferenceEngine {
  return {
    async version() {
      const asked = await ranProcess(command, ['--version'], { timeoutMs: slackMs, mostBytes: slackBytes })
      return asked?.exitCode === 0 ? new TextDecoder().decode(asked.stdout).trim() : undefined
    },
    isExact: false,
    run: (bytes, task) =>
      inFolder(bytes, task.input, async (folder) => {
        const { input, limits } = task
        const ended = await ranProcess(command, wasmtimeArguments(task, folder), {
          stdin: input.stdin,
          timeoutMs: limits.timeoutMs + slackMs,
          mostBytes: limits.outputBytes + slackBytes,
        })
        if (!ended) return refuse('start-failed')
        const { exitCode, stdout, stderr } = ended
        if (exitCode === null) return refuse('timed-out')
        if (exitCode > mostTold) return refuse('exit-code-not-told')
        return ok({ exitCode, stdout, stderr, files: await changedFiles(join(folder, 'root'), input.files) })
      }),
  }
}
