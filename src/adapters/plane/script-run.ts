import type { Deployment } from '../../activity/runtime.ts'
import { type Command, type CommandResult, directionOf } from '../../activity/script.ts'
import { checkInput, failedTask, type PlacedInput, type TaskOutcome } from '../../activity/task.ts'
import { resultTold, signatureOf, type ToldResult } from '../../receipts/script-told.ts'
import type { Cid } from '../../wire/cid.ts'
import { createScriptFiles, type ScriptFiles } from './script-files.ts'
import {
  type Ended,
  endedAs,
  failing,
  hasRoomFor,
  leftOf,
  newTally,
  outcomeOf,
  type Tally,
  tallied,
} from './script-tally.ts'
import type { RunHow } from './task-runs.ts'

/** A script at work: what it is given, and what carries out its runs. */
export type Supervised = {
  readonly input: PlacedInput
  readonly limits: Deployment['limits']
  readonly how: RunHow
  runOnce(limits: Deployment['limits'], input: PlacedInput): Promise<TaskOutcome>
  keep(bytes: Uint8Array): Promise<unknown>
  /** So many commands are done. */
  isAt(done: number): void
}

/** SR4: carries out commands one after the other, and none behind the first that is not ok. */
export async function supervise(task: Supervised): Promise<TaskOutcome> {
  const { input, limits, how } = task
  const checked = checkInput(input)
  if (!checked.ok) return failedTask('input-not-allowed', `${checked.code} ${JSON.stringify(checked.facts)}`)
  if (how.live?.kind === 'terminal') return failedTask('input-not-allowed', 'nobody types into a script')
  const files = createScriptFiles(input.files)
  const results: CommandResult[] = []
  const told: ToldResult[] = []
  let args: readonly string[] = []
  let tally = newTally(limits)
  for (const [index, command] of (input.script ?? []).entries()) {
    if (how.signal?.aborted) return failedTask('stopped', 'stopped by whoever asked for it')
    if (command.type === 'start') args = command.args ?? []
    const ended = await carryOut(command, { task, files, told, args, tally })
    tally = tallied(tally, ended)
    const result = { index, type: command.type, ...endedAs(ended) }
    results.push(result)
    told.push(resultTold(result))
    task.isAt(index + 1)
    if (ended.error) return outcomeOf(tally, { results, files: files.changed(), error: ended.error })
  }
  return outcomeOf(tally, { results, files: files.changed() })
}

type At = {
  readonly task: Supervised
  readonly files: ScriptFiles
  readonly told: readonly ToldResult[]
  readonly args: readonly string[]
  readonly tally: Tally
}

function carryOut(command: Command, at: At): Ended | Promise<Ended> {
  switch (command.type) {
    case 'deploy':
      return {}
    case 'start':
      at.files.start()
      return {}
    case 'terminate':
      at.files.forget()
      return {}
    case 'sign':
      return { message: signatureOf(at.told) }
    case 'run':
      return run(command, at)
    case 'transfer':
      return transfer(command, at)
  }
}

async function run(
  { args = [], stdin, invoke, params }: Extract<Command, { type: 'run' }>,
  { task, files, args: first, tally }: At,
): Promise<Ended> {
  const left = leftOf(tally)
  if (!left.ok) return failing(left.code, 'the commands before it used it up')
  const { env, place } = task.input
  const begunAt = performance.now()
  // The runtime may move large buffers away.
  const copied = { stdin: stdin?.slice() ?? new Uint8Array(0), files: files.copies() }
  const besideMs = performance.now() - begunAt
  const called = { ...(invoke !== undefined && { invoke }), ...(params && { params }) }
  const outcome = await task.runOnce(left.value, { args: [...first, ...args], env, ...copied, ...called, place })
  return { outcome, besideMs, ...faultOf(outcome, { files, tally }) }
}

/** Why a run is not ok, if it is not. */
function faultOf(outcome: TaskOutcome, { files, tally }: Pick<At, 'files' | 'tally'>): Pick<Ended, 'error'> {
  const { status, error, exitCode } = outcome
  const isTaken = files.take(outcome.files)
  if (status === 'failed') return error ? { error } : failing('exited-nonzero', `exit code ${exitCode}`)
  if (!hasRoomFor(tally, outcome)) return failing('output-over-limit', 'too much log, anchored or counted')
  return isTaken ? {} : failing('output-over-limit', 'too many files, or a file in the place of a folder')
}

async function transfer(command: Extract<Command, { type: 'transfer' }>, { task, files, tally }: At): Promise<Ended> {
  const direction = directionOf(command)
  if (!direction) return failing('transfer-failed', 'neither into a file nor out of one')
  const begunAt = performance.now()
  const ended = direction.kind === 'out' ? putOut(direction.path) : await bringIn(direction.cid, direction.path)
  return { ...ended, besideMs: performance.now() - begunAt }

  function putOut(path: string): Ended {
    const content = files.at(path)
    if (!content) return failing('transfer-failed', `no such file: ${path.slice(0, 80)}`)
    if (content.length > tally.left.outputBytes) return failing('output-over-limit', `${content.length} bytes`)
    void task.keep(content).catch(() => {}) // the requestor has it from the result as well
    return { message: files.stored(content), content }
  }

  async function bringIn(cid: Cid, path: string): Promise<Ended> {
    const known = files.storedAs(cid)
    const found = known ? { ok: true as const, value: known } : await fetched(cid)
    if (!found.ok) return found.ended
    return files.bring(path, found.value)
      ? {}
      : failing('transfer-failed', 'too many files or bytes, or a file in the place of a folder')
  }

  async function fetched(cid: Cid): Promise<{ ok: true; value: Uint8Array } | { ok: false; ended: Ended }> {
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, tally.left.timeMs)
    task.how.signal?.addEventListener('abort', end)
    try {
      const file = await task.how.fetchContent(cid, files.mayBringBytes(), ending.signal)
      if (file.ok) return file
      const code = task.how.signal?.aborted ? 'stopped' : ending.signal.aborted ? 'timed-out' : undefined
      const isMissing = file.code === 'content-missing'
      return { ok: false, ended: failing(code ?? (isMissing ? 'content-missing' : 'transfer-failed'), file.code) }
    } catch (error) {
      return { ok: false, ended: failing('content-missing', error instanceof Error ? error.message : '') }
    } finally {
      clearTimeout(timer)
      task.how.signal?.removeEventListener('abort', end)
    }
  }
}
