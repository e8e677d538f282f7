import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { failedTask, pageBytes, type TaskInput, type TaskLimits, type TaskOutcome } from '../../activity/task.ts'
import { concatBytes, equalBytes } from '../../kernel/bytes.ts'

/** To start and to compile, beside the task's own time. */
const slackMs = 10_000
/** It writes some lines of its own where it fails. */
const slackBytes = 65_536

export type WasmtimeTask = { readonly input: TaskInput; readonly limits: TaskLimits; readonly fuel: bigint }

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

/**
 * The wasmtime of this machine, as a second opinion: the program as it came, without our meter, on another engine with another WASI.
 * Its command does not tell how much fuel was used; with too little it ends in a trap.
 * @param command a name to be looked for in PATH, or a path
 */
export function wasmtime(command = 'wasmtime') {
  return {
    /** What it says of itself; undefined where there is none. */
    async version(): Promise<string | undefined> {
      const asked = await output(command, ['--version'], { stdin: nothing, timeoutMs: slackMs, mostBytes: slackBytes })
      return asked?.exitCode === 0 ? new TextDecoder().decode(asked.stdout).trim() : undefined
    },
    async run(bytes: Uint8Array, task: WasmtimeTask): Promise<TaskOutcome> {
      const { input, limits, fuel } = task
      const folder = await mkdtemp(join(tmpdir(), 'tabmesh-wasmtime-'))
      const root = join(folder, 'root')
      try {
        await mkdir(root)
        await writeFile(join(folder, 'program'), bytes)
        for (const [path, content] of Object.entries(input.files)) {
          await mkdir(dirname(join(root, path)), { recursive: true })
          await writeFile(join(root, path), content)
        }
        const ended = await output(command, wasmtimeArguments(task, folder), {
          stdin: input.stdin,
          timeoutMs: limits.timeoutMs + slackMs,
          mostBytes: limits.outputBytes + slackBytes,
        })
        if (!ended) return failedTask('start-failed', 'wasmtime could not be started')
        if (ended.exitCode === null) return failedTask('timed-out', 'wasmtime was ended from outside')
        const { exitCode, stdout, stderr } = ended
        const usage = { durationUs: 0, memoryBytes: 0, fuel }
        const files = await changedFiles(root, input.files)
        if (exitCode === 0) return { status: 'ok', exitCode, stdout, stderr, files, usage }
        const error = { code: 'exited-nonzero', message: `exit code ${exitCode}` } as const
        return { status: 'failed', exitCode, stdout, stderr, files, usage, error }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

const nothing = new Uint8Array(0)

type Ended = { readonly exitCode: number | null; readonly stdout: Uint8Array; readonly stderr: Uint8Array }

/** Undefined where it cannot be started; no exit code where it was killed for its time or its output. */
function output(
  command: string,
  args: readonly string[],
  { stdin, timeoutMs, mostBytes }: { stdin: Uint8Array; timeoutMs: number; mostBytes: number },
): Promise<Ended | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'pipe', timeout: timeoutMs, killSignal: 'SIGKILL' })
    let left = mostBytes
    const heard = (stream: typeof child.stdout): Uint8Array[] => {
      const parts: Uint8Array[] = []
      stream.on('data', (part: Uint8Array) => {
        left -= part.length
        if (left < 0) child.kill('SIGKILL')
        else parts.push(new Uint8Array(part))
      })
      return parts
    }
    const [stdout, stderr] = [heard(child.stdout), heard(child.stderr)]
    child.once('error', () => resolve(undefined))
    child.once('close', (exitCode) => resolve({ exitCode, stdout: concatBytes(stdout), stderr: concatBytes(stderr) }))
    child.stdin.once('error', () => {}) // a program need not read to the end
    child.stdin.end(stdin)
  })
}

/** Plain files that were not there or are not as they were. Links are left alone: whoever made them may point anywhere. */
async function changedFiles(root: string, given: TaskInput['files']): Promise<Record<string, Uint8Array>> {
  const changed: Record<string, Uint8Array> = {}
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')
    const content = new Uint8Array(await readFile(join(root, path)))
    const before = Object.hasOwn(given, path) ? given[path] : undefined
    if (!before || !equalBytes(before, content)) changed[path] = content
  }
  return changed
}
