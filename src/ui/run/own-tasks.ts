import type { TaskRequest } from '../../sdk/api.ts'
import { readScript } from './own-script.ts'
import { linesOf, splitArguments } from './own-words.ts'

/** How an own program's tasks are given. */
export type OwnTasks =
  | { readonly kind: 'one' }
  /** One task, of commands that share its files. */
  | { readonly kind: 'script'; readonly text: string }
  /** One line of arguments a task. */
  | { readonly kind: 'lines'; readonly text: string }
  /** One file a task, as standard input or under its own name. */
  | { readonly kind: 'files'; readonly files: readonly File[]; readonly as: 'stdin' | 'file' }

export type OwnProgram = {
  /** One a line; each task gets these first. */
  readonly args: string
  /** Each task finds these under their names. */
  readonly files: readonly File[]
  readonly tasks: OwnTasks
}

export function ownTaskCount({ tasks }: OwnProgram): number {
  if (tasks.kind === 'one' || tasks.kind === 'script') return 1
  return tasks.kind === 'files' ? tasks.files.length : linesOf(tasks.text).length
}

/** Reads each task's file only when its turn comes, so that a long list does not lie in memory. */
export async function* ownTasks({ args, files, tasks }: OwnProgram): AsyncGenerator<TaskRequest> {
  const given = linesOf(args)
  const shared: Record<string, Uint8Array> = {}
  for (const file of files) shared[file.name] = await bytesOf(file)
  if (tasks.kind === 'one') yield { args: given, files: shared }
  if (tasks.kind === 'script') {
    const read = readScript(tasks.text, given)
    if (read.kind === 'script') yield { script: read.commands, files: shared }
  }
  if (tasks.kind === 'lines') {
    for (const line of linesOf(tasks.text)) yield { args: [...given, ...splitArguments(line)], files: shared }
  }
  if (tasks.kind === 'files') {
    for (const file of tasks.files) {
      const bytes = await bytesOf(file)
      if (tasks.as === 'stdin') yield { args: given, files: shared, stdin: bytes }
      else yield { args: [...given, file.name], files: { ...shared, [file.name]: bytes } }
    }
  }
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())
