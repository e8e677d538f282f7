import { sha256 } from '@noble/hashes/sha2.js'
import type { Command, CommandResult } from '../activity/script.ts'
import { encode } from '../wire/codec.ts'
import { digestOf } from './digest.ts'

/** MK6: a script as its task's input is hashed over it: the commands, each standard input replaced by its SHA-256. */
export const commandsTold = (script: readonly Command[]): readonly unknown[] =>
  script.map((command) =>
    command.type === 'run' && command.stdin ? { ...command, stdin: digestOf(command.stdin) } : command,
  )

/**
 * MK6: results as their task's output is hashed over them, and as `sign` names them: { content?, exitCode, fuel, index, message?, status,
 * stderr, stdout, values? }, each content replaced by its SHA-256. Left out is what differs from run to run: how long it took, and in
 * which words an engine says why it failed.
 */
export const resultsTold = (results: readonly CommandResult[]): readonly unknown[] =>
  results.map(({ index, status, exitCode, stdout, stderr, values, fuel, message, content }) => ({
    content: content && digestOf(content),
    exitCode: exitCode < 0 ? noExit : exitCode,
    fuel,
    index,
    message: status === 'ok' ? message : undefined,
    status,
    stderr: digestOf(stderr),
    stdout: digestOf(stdout),
    values,
  }))

/** As it travels: what never came to exit has no code. */
const noExit = 2 ** 32

/** MK6: what `sign` gives: the SHA-256 over the results so far, in hexadecimal. */
export const signatureOf = (results: readonly CommandResult[]): string =>
  [...sha256(encode(resultsTold(results)))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
