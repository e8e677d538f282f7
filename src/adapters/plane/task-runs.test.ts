import { describe, expect, it } from 'vitest'
import type { Deployment, TaskProgress } from '../../activity/runtime.ts'
import type { Command } from '../../activity/script.ts'
import type { PlacedInput, TaskLimits, TaskOutcome } from '../../activity/task.ts'
import { nameOfFile } from '../../content/manifest.ts'
import { ok, refuse } from '../../kernel/result.ts'
import type { Cid } from '../../wire/cid.ts'
import { goodOutcome } from './plane.fixture.ts'
import { createTaskRuns, type FetchContent } from './task-runs.ts'

const limits: TaskLimits = { memoryPages: 16, timeoutMs: 10_000, outputBytes: 100, fuel: 1_000n, hostUnits: 2_000n }
const deployment: Deployment = { key: 'key', cid: 'cid', limits, program: undefined }
const place = { job: 'job', index: 3 }
const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill)
const begin: readonly Command[] = [{ type: 'deploy' }, { type: 'start', args: ['first'] }]
const run: Command = { type: 'run', args: ['then'] }
const content = bytes(3, 7)
const bring: Command = { type: 'transfer', from: `content:${nameOfFile(content)}`, to: 'file:brought' }
const put = (path: string): Command => ({ type: 'transfer', from: `file:${path}`, to: 'content:' })

/** A supervisor over a runtime that does what a test says, and a store that has one content. */
function supervisor(program: (run: number) => Partial<TaskOutcome> | Promise<Partial<TaskOutcome>> = () => ({})) {
  const ran: { readonly limits: TaskLimits; readonly input: PlacedInput }[] = []
  const kept: Uint8Array[] = []
  let says: (told: TaskProgress) => void = () => {}
  const runs = createTaskRuns({
    keep: async (one) => kept.push(one),
    runtime: {
      idle: () => 2,
      onProgress(listener) {
        says = listener
        return () => {}
      },
      run: async ({ limits }, input) => {
        ran.push({ limits, input })
        return { ...goodOutcome, stdout: bytes(0), ...(await program(ran.length)) }
      },
    },
  })
  const fetchContent: FetchContent = async (cid, mostBytes) => {
    if (cid !== nameOfFile(content)) return refuse('content-missing')
    return content.length > mostBytes ? refuse('content-too-large') : ok(content)
  }
  const carryOut = (script: readonly Command[], how: Partial<Parameters<typeof runs.run>[2]> = {}, files = {}) =>
    runs.run(deployment, { args: [], env: {}, stdin: bytes(0), files, script, place }, { fetchContent, ...how })
  return { runs, ran, kept, carryOut, says: (permille: number) => says({ place, permille }) }
}
const statuses = ({ commands }: TaskOutcome) => commands?.map(({ status }) => status)

describe('a script, supervised', () => {
  it('[SR4] gives each run the files that are there, and the arguments of the start before its own', async () => {
    const { carryOut, ran } = supervisor((n) => ({ files: { out: bytes(n) } }))
    const outcome = await carryOut([...begin, bring, run, run], {}, { given: bytes(1) })
    expect(ran.map(({ input }) => [input.args, Object.keys(input.files)])).toEqual([
      [
        ['first', 'then'],
        ['given', 'brought'],
      ],
      [
        ['first', 'then'],
        ['given', 'brought', 'out'],
      ],
    ])
    expect(outcome).toMatchObject({ status: 'ok', exitCode: 0, files: { out: bytes(2) } })
  })

  it('[SR4] keeps its files though the runtime moves them away', async () => {
    const { carryOut, ran } = supervisor(() => {
      for (const file of Object.values(ran.at(-1)!.input.files)) structuredClone(file, { transfer: [file.buffer] })
      return { files: { out: bytes(2) } }
    })
    const { commands } = await carryOut([...begin, bring, run, run, put('brought'), put('out')])
    expect(commands?.slice(5).map((one) => one.content)).toEqual([content, bytes(2)])
  })

  it('[SR4] forgets all files at its end, and begins with those of the task', async () => {
    const { carryOut, ran } = supervisor(() => ({ files: { out: bytes(2) } }))
    const again = await carryOut([...begin, run, { type: 'terminate' }, ...begin, run], {}, { given: bytes(1) })
    expect(ran.map(({ input }) => Object.keys(input.files))).toEqual([['given'], ['given']])
    expect(again.files).toEqual({ out: bytes(2) })
    expect((await carryOut([...begin, run, { type: 'terminate' }])).files).toEqual({})
  })

  it('[SR4] puts a file into the store under its name, and brings it back also where no store has it', async () => {
    const { carryOut, kept } = supervisor(() => ({ files: { out: bytes(5) } }))
    const name = nameOfFile(bytes(5))
    const back: Command = { type: 'transfer', from: `content:${name}`, to: 'file:copy' }
    const { commands } = await carryOut([...begin, run, put('out'), back, put('copy')])
    expect(commands?.map(({ message }) => message)).toEqual(['', '', '', name, '', name])
    expect(kept).toEqual([bytes(5), bytes(5)])
  })

  it.each<[string, Command, string]>([
    ['a file that is not there', put('nothing'), 'transfer-failed'],
    ['content that nobody has', { ...bring, from: `content:${nameOfFile(bytes(9))}` } as Command, 'content-missing'],
    ['a file in the place of a folder', { ...bring, to: 'file:given/below' } as Command, 'transfer-failed'],
  ])('[SR4] stops at a transfer of %s', async (_, command, code) => {
    const { carryOut, ran } = supervisor()
    const outcome = await carryOut([...begin, command, run], {}, { given: bytes(1) })
    expect(outcome).toMatchObject({ status: 'failed', exitCode: -1, error: { code } })
    expect([statuses(outcome), ran]).toEqual([['ok', 'ok', 'failed'], []])
    expect(outcome.commands?.at(-1)?.message).toMatch(new RegExp(`^${code}: `))
  })

  it('[SR5] gives each run what the ones before it left, and adds up what they used', async () => {
    const { carryOut, ran } = supervisor(() => ({ stdout: bytes(10), files: { out: bytes(7) } }))
    const outcome = await carryOut([...begin, run, put('out'), run, run])
    const left = ran.map(({ limits: { fuel, hostUnits, outputBytes, timeoutMs } }) => [
      fuel,
      hostUnits,
      outputBytes,
      timeoutMs <= 10_000,
    ])
    expect(left).toEqual([
      [1_000n, 2_000n, 100, true],
      [500n, 1_300n, 73, true],
    ])
    expect(ran[1]?.limits.timeoutMs).toBeLessThanOrEqual(9_999)
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'out-of-fuel' } })
    expect(outcome.usage).toMatchObject({ fuel: 1_000n, hostUnits: 1_400n, durationUs: 2_000, memoryBytes: 65_536 })
    expect(statuses(outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'failed'])
  })

  it('[SR5] ends a transfer with the time of its task, and at the output that is left', async () => {
    const quick = supervisor(() => ({ usage: { ...goodOutcome.usage, durationUs: 9_999_000 } }))
    const never: FetchContent = (_, __, signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(refuse('content-cancelled'))))
    expect(await quick.carryOut([...begin, run, bring], { fetchContent: never })).toMatchObject({
      error: { code: 'timed-out' },
    })
    const large = supervisor(() => ({ files: { out: bytes(60) } }))
    expect(await large.carryOut([...begin, run, put('out')])).toMatchObject({
      error: { code: 'output-over-limit' },
      files: { out: bytes(60) },
    })
  })

  it('[SR5] may log, anchor and count no more than one task', async () => {
    const { carryOut } = supervisor(() => ({ log: bytes(40_000), anchors: [bytes(1)] }))
    const outcome = await carryOut([...begin, run, run])
    expect(outcome).toMatchObject({ error: { code: 'output-over-limit' }, anchors: [bytes(1)] })
    expect(outcome.log).toHaveLength(40_000)
    const counting = supervisor((n) => ({ usage: { ...goodOutcome.usage, custom: { pages: BigInt(n) } } }))
    expect((await counting.carryOut([...begin, run, run])).usage.custom).toEqual({ pages: 3n })
  })

  it('[SR6] keeps its place while it transfers, and gives it to its own run', async () => {
    let idleInRun = -1
    const { carryOut, runs } = supervisor(() => {
      idleInRun = runs.idle()
      return {}
    })
    const idleInTransfer: number[] = []
    const fetchContent: FetchContent = async () => {
      idleInTransfer.push(runs.idle())
      return ok(content)
    }
    await carryOut([...begin, bring, run], { fetchContent })
    expect([idleInTransfer, idleInRun, runs.idle()]).toEqual([[1], 2, 2])
  })

  it('says how far it is, command by command, and between them as far as its program says', async () => {
    const it = supervisor(() => {
      it.says(500)
      return {}
    })
    const told: TaskProgress[] = []
    const forget = it.runs.onProgress((one) => told.push(one))
    await it.carryOut([...begin, run, { type: 'sign' }])
    it.says(500)
    forget()
    await it.carryOut(begin)
    expect(told.map(({ permille }) => permille)).toEqual([250, 500, 625, 750, 1_000, 500])
    expect(told.every((one) => one.place.index === place.index)).toBe(true)
  })

  it('stops with whoever asked for it, also in the middle of a transfer', async () => {
    const { carryOut, ran } = supervisor()
    const stopping = new AbortController()
    const fetchContent: FetchContent = async (_: Cid, __, signal) => {
      stopping.abort()
      return signal.aborted ? refuse('content-cancelled') : ok(content)
    }
    const how = { fetchContent, signal: stopping.signal }
    expect(await carryOut([...begin, bring, run], how)).toMatchObject({ error: { code: 'stopped' } })
    expect(ran).toEqual([])
  })

  it('is not typed into, and is checked like any input', async () => {
    const { carryOut } = supervisor()
    const live = { kind: 'terminal', heard: () => {}, begun: () => {} } as const
    expect(await carryOut(begin, { live })).toMatchObject({ error: { code: 'input-not-allowed' } })
    expect(await carryOut([run])).toMatchObject({ error: { code: 'input-not-allowed' } })
    expect(await carryOut([])).toMatchObject({ status: 'ok', commands: [] })
  })
})
