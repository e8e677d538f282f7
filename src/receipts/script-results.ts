import { type Command, type CommandResult, directionOf } from '../activity/script.ts'
import { nameOfFile } from '../content/manifest.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { resultTold, signatureOf, type ToldResult } from './script-told.ts'

/** What came of a script. */
export type Commanded = {
  readonly index: number
  readonly status: 'ok' | 'failed'
  readonly commands?: readonly CommandResult[] | undefined
}

/**
 * VF5: whether results of commands are such as this script can have.
 * @param script of the task as it was sent; undefined where it is none
 */
export function verifyCommands(
  { index, status, commands }: Commanded,
  script: readonly Command[] | undefined,
): Result<void, 'commands-differ'> {
  // A task that was not begun, or whose worker was lost, has no results of commands.
  if (!commands && (!script || status === 'failed')) return ok(undefined)
  const [told, asked] = [commands?.length ?? 0, script?.length ?? 0]
  const isAsLong = commands && script && (status === 'ok' ? told === asked : told > 0 && told <= asked)
  if (!isAsLong) return refuse('commands-differ', { index, told, asked })
  // Hashed once for all digests.
  const hashed = script.some(({ type }) => type === 'sign') ? commands.map(resultTold) : []
  const isGood = (result: CommandResult, at: number): boolean => {
    const expected = at === told - 1 ? status : 'ok'
    return result.index === at && result.status === expected && isOf(script[at]!, result, hashed.slice(0, at))
  }
  const wrong = commands.findIndex((result, at) => !isGood(result, at))
  return wrong < 0 ? ok(undefined) : refuse('commands-differ', { index, command: wrong })
}

/** @param before results before it, as they are hashed */
function isOf(
  command: Command,
  { type, status, content, message }: CommandResult,
  before: readonly ToldResult[],
): boolean {
  if (type !== command.type) return false
  const isPut = status === 'ok' && command.type === 'transfer' && directionOf(command)?.kind === 'out'
  if (isPut) return content !== undefined && nameOfFile(content) === message
  if (content) return false
  return status === 'failed' || command.type !== 'sign' || message === signatureOf(before)
}
