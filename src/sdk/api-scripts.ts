import type { CommandResult } from '../activity/script.ts'
import type { Value } from '../activity/value-text.ts'

/** One command of a script, in Golem's words. */
export type CommandRequest =
  /** The program is fetched, checked and compiled: the first of every script. */
  | { readonly type: 'deploy' }
  /** Makes the root directory, with the task's own files. Its arguments come before those of each run. */
  | { readonly type: 'start'; readonly args?: readonly string[] }
  /** From `content:<CID>` to `file:<path>`; or from `file:<path>` to `content:`, where the result says which CID that is. */
  | { readonly type: 'transfer'; readonly from: string; readonly to: string }
  /** Runs the program, a fresh instance each time. */
  | {
      readonly type: 'run'
      readonly args?: readonly string[]
      readonly stdin?: Uint8Array | string
      readonly invoke?: string
      readonly params?: readonly Value[]
    }
  /** Gives the SHA-256 over all results so far. */
  | { readonly type: 'sign' }
  /** Forgets the files; the script may deploy again. */
  | { readonly type: 'terminate' }

/** What came of one command. */
export type CommandView = Omit<CommandResult, 'values'> & {
  readonly values?: readonly Value[] | undefined
}
