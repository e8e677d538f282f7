import { checkScript } from '../../activity/script.ts'
import { checkInput } from '../../activity/task.ts'
import { splitArguments } from './own-words.ts'

/** A command as it can be typed: a run has arguments alone. */
type TypedCommand =
  | { readonly type: 'deploy' | 'sign' | 'terminate' }
  | { readonly type: 'start'; readonly args: readonly string[] }
  | { readonly type: 'run'; readonly args: readonly string[] }
  | { readonly type: 'transfer'; readonly from: string; readonly to: string }

/** What a typed script says, or the first thing that is wrong with it, in words. */
export type ReadScript =
  | { readonly kind: 'script'; readonly commands: readonly TypedCommand[] }
  | { readonly kind: 'lacking'; readonly words: string }

/** What a new script begins with. */
export const usualScript = 'deploy\nstart\nrun \nsign\n'

/** Where a command stands: several lines may be empty or a remark. */
type Line = { readonly number: number; readonly command: TypedCommand }

/**
 * A script as people type it, a command a line, its words split as arguments are: `deploy`, `start ARGUMENT…`, `run ARGUMENT…`,
 * `transfer FROM TO`, `sign`, `terminate`. Empty lines, and those that begin with #, are none.
 * @param given arguments of every run: they stand in front of those of each `start`
 */
export function readScript(text: string, given: readonly string[] = []): ReadScript {
  const lines: Line[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const read = readLine(line, given)
    if (typeof read === 'string') return lacking(`Line ${at + 1}: ${read}`)
    lines.push({ number: at + 1, command: read })
  }
  if (lines.length === 0) return lacking('Write at least one command.')
  const commands = lines.map(({ command }) => command)
  const wrong = wrongWith(commands)
  if (!wrong) return { kind: 'script', commands }
  const line = lines[wrong.index]?.number
  return lacking(line === undefined ? wrong.words : `Line ${line}: ${wrong.words}`)
}

function readLine(line: string, given: readonly string[]): TypedCommand | string {
  const [type = '', ...args] = splitArguments(line)
  if (type === 'run') return { type, args }
  if (type === 'start') return { type, args: [...given, ...args] }
  if (type === 'transfer') {
    const [from, to, ...more] = args
    return from !== undefined && to !== undefined && more.length === 0
      ? { type, from, to }
      : 'transfer takes two places, such as file:out.txt content:'
  }
  if (type !== 'deploy' && type !== 'sign' && type !== 'terminate') return `there is no command “${type.slice(0, 40)}”.`
  return args.length === 0 ? { type } : `${type} takes no words.`
}

/** In words what the node would refuse. */
function wrongWith(script: readonly TypedCommand[]): { readonly index: number; readonly words: string } | undefined {
  const none = new Uint8Array(0)
  const inOrder = checkScript(script)
  const checked = inOrder.ok ? checkInput({ args: [], env: {}, stdin: none, files: {}, script }) : inOrder
  if (checked.ok) return undefined
  const { code, facts } = checked
  const index = Number(facts['index'] ?? -1)
  const words: Partial<Record<typeof code, string>> = {
    'script-too-long': 'At most 256 commands.',
    'script-out-of-order': 'first deploy, then start, then the others; after terminate deploy again.',
    'not-a-cid': 'what follows content: is no CID.',
    'transfer-not-allowed': 'from content:CID to file:PATH, or from file:PATH to content:',
    'path-not-allowed': 'the path leaves the program’s own folder.',
  }
  return { index, words: words[code] ?? 'An argument is too long, or there are too many.' }
}

const lacking = (words: string): ReadScript => ({ kind: 'lacking', words })
