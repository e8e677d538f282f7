import { sha256 } from '@noble/hashes/sha2.js'
import type { Command, CommandResult } from '../activity/script.ts'
import { encode } from '../wire/codec.ts'
import { digestOf } from './digest.ts'

/** MK6: a script as its task's input is hashed over it: the commands, each standard input replaced by its SHA-256. */
export const commandsTold = (script: readonly Command[]): readonly unknown[] =>
  script.map((command) =>
    command.type === 'run' && command.stdin ? { ...command, stdin: digestOf(command.stdin) } : command,
  )

/** One result as it is hashed: made once, for everything that is signed behind it. */
export type ToldResult = { readonly [field: string]: unknown }

/**
 * MK6: a result as its task's output is hashed over it, and as `sign` names it: { content?, exitCode, fuel, index, message?, status,
 * stderr, stdout, values? }, each content replaced by its SHA-256. Left out is what stands in the script, its kind, and what differs from run to run:
 * how long it took, and in which words an engine says why it failed.
 */
export const resultTold = ({ content, stdout, stderr, ...result }: CommandResult): ToldResult => ({
  content: content && digestOf(content),
  exitCode: result.exitCode < 0 ? noExit : result.exitCode,
  fuel: result.fuel,
  index: result.index,
  message: result.status === 'ok' ? result.message : undefined,
  status: result.status,
  stderr: digestOf(stderr),
  stdout: digestOf(stdout),
  values: result.values,
})

/** As it travels: what never came to exit has no code. */
const noExit = 2 ** 32

/** MK6: what `sign` gives: the SHA-256 over the results so far, in hexadecimal. */
export const signatureOf = (results: readonly ToldResult[]): string =>
  [...sha256(encode(results))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
