import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import type { TaskInput } from '../../activity/task.ts'
import { concatBytes, equalBytes } from '../../kernel/bytes.ts'

/** A folder for one run of a program: `program`, `stdin`, and in `root` the files that it is given. */
export async function inFolder<T>(
  bytes: Uint8Array,
  { files, stdin }: Pick<TaskInput, 'files' | 'stdin'>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tabmesh-wasmtime-'))
  const root = join(folder, 'root')
  try {
    await mkdir(root)
    await writeFile(join(folder, 'program'), bytes)
    await writeFile(join(folder, 'stdin'), stdin)
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export type Ended = { readonly exitCode: number | null; readonly stdout: Uint8Array; readonly stderr: Uint8Array }

/** Undefined where it cannot be started; no exit code where it was killed for its time or its output. */
export function ranProcess(
  command: string,
  args: readonly string[],
  { stdin = new Uint8Array(0), timeoutMs, mostBytes }: { stdin?: Uint8Array; timeoutMs: number; mostBytes: number },
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
export async function changedFiles(root: string, given: TaskInput['files']): Promise<Record<string, Uint8Array>> {
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
