import { machine, type StateOf } from '../kernel/machine.ts'
import { ok, type Refusal, type Result, refuse } from '../kernel/result.ts'
import { type Cid, isCid } from '../wire/cid.ts'
import type { ValueText } from './value-text.ts'

/**
 * What a task may be instead of one run: commands in Golem's words, one after the other, in files that they share.
 * - `deploy` fetches, checks and compiles the program; for an activity that is done once, before its first task
 * - `start` makes the root directory, with the files that the task brings; its arguments come before those of each run
 * - `transfer` brings stored content into a file, or a file into the store
 * - `run` runs the program once; what it writes is there for the commands behind it
 * - `sign` gives the digest of all results so far, which the receipt of the task vouches for
 * - `terminate` forgets the files; the script may deploy again
 */
export type Command =
  | { readonly type: 'deploy' }
  | { readonly type: 'start'; readonly args?: readonly string[] | undefined }
  | { readonly type: 'transfer'; readonly from: string; readonly to: string }
  | {
      readonly type: 'run'
      readonly args?: readonly string[] | undefined
      readonly stdin?: Uint8Array | undefined
      readonly invoke?: string | undefined
      readonly params?: readonly ValueText[] | undefined
    }
  | { readonly type: 'sign' }
  | { readonly type: 'terminate' }

type Transfer = Extract<Command, { type: 'transfer' }>

/** What came of one command. A script stops at the first that is not ok; those behind it have no result. */
export type CommandResult = {
  /** Its place in the script, from 0. */
  readonly index: number
  readonly type: Command['type']
  readonly status: 'ok' | 'failed'
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly values?: readonly ValueText[] | undefined
  readonly durationUs: number
  readonly fuel: bigint
  /** Of `transfer` into the store, what it is called there; of `sign`, the digest in hexadecimal; else why it failed. */
  readonly message: string
  /** Of `transfer` into the store, the bytes: they come with the result, for a provider's store is not kept for anybody. */
  readonly content?: Uint8Array | undefined
}

/** SR1: only what is deployed starts, and only what has started does anything else. */
export const scriptMachine = machine('Initialized', {
  Initialized: { deploy: 'Deployed' },
  Deployed: { start: 'Ready', terminate: 'Initialized' },
  Ready: { transfer: 'Ready', run: 'Ready', sign: 'Ready', terminate: 'Initialized' },
})
export type ScriptState = StateOf<typeof scriptMachine>

/** As many as a person writes, or a program that drives another step by step; a longer one is several tasks. */
export const mostCommands = 256

export type ScriptCode =
  | 'script-too-long'
  | 'command-unknown'
  | 'script-out-of-order'
  | 'transfer-not-allowed'
  | 'not-a-cid'

/** SR1, SR2: whether these commands may follow one another, before any of them is carried out. */
export function checkScript(commands: readonly Command[]): Result<void, ScriptCode> {
  if (commands.length > mostCommands) return refuse('script-too-long', { commands: commands.length, mostCommands })
  let state: ScriptState = scriptMachine.initial
  for (const [index, command] of commands.entries()) {
    if (!scriptMachine.events.includes(command.type))
      return refuse('command-unknown', { index, command: String(command.type).slice(0, 40) })
    const next = scriptMachine.next(state, command.type)
    if (next === undefined) return refuse('script-out-of-order', { index, command: command.type, state })
    const misplaced = command.type === 'transfer' ? checkPlaces(command, index) : undefined
    if (misplaced) return misplaced
    state = next
  }
  return ok(undefined)
}

/** Where content lies: in a file of the script, or in the store under a name of its own. */
const filePrefix = 'file:'
const contentPrefix = 'content:'

export type Direction =
  | { readonly kind: 'in'; readonly cid: Cid; readonly path: string }
  | { readonly kind: 'out'; readonly path: string }

/** SR2: what is wrong with a transfer, if anything is. */
function checkPlaces(command: Transfer, index: number): Refusal<'transfer-not-allowed' | 'not-a-cid'> | undefined {
  if (directionOf(command)) return undefined
  const { from, to } = command
  const isBroughtIn = from.startsWith(contentPrefix) && pathOf(to) !== undefined
  return isBroughtIn
    ? refuse('not-a-cid', { index, content: from.slice(contentPrefix.length, 80) })
    : refuse('transfer-not-allowed', { index, from: from.slice(0, 80), to: to.slice(0, 80) })
}

/** SR2: `content:<CID>` to `file:<path>`, or `file:<path>` to `content:`, where the bytes name themselves. */
export function directionOf({ from, to }: Transfer): Direction | undefined {
  const [source, target] = [from, to].map(pathOf)
  if (target !== undefined && from.startsWith(contentPrefix)) {
    const cid = from.slice(contentPrefix.length)
    return isCid(cid) ? { kind: 'in', cid, path: target } : undefined
  }
  return source !== undefined && to === contentPrefix ? { kind: 'out', path: source } : undefined
}

/** What a command brings in from the store. */
export function contentOf(command: Command): Cid | undefined {
  const direction = command.type === 'transfer' ? directionOf(command) : undefined
  return direction?.kind === 'in' ? direction.cid : undefined
}

function pathOf(place: string): string | undefined {
  if (!place.startsWith(filePrefix)) return undefined
  const path = place.slice(filePrefix.length)
  return path.length > 0 ? path : undefined
}
