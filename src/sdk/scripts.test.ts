import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { knownAnswers } from '../activity/known-answers.ts'
import { resultTold, signatureOf } from '../receipts/script-told.ts'
import type { Job, Mesh, SubmitRequest, TaskRequest, TaskResult } from './api.ts'
import type { CommandRequest } from './api-scripts.ts'
import { createWorld, type Place, place, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

/** Does what its first argument says: shows, puts or appends to a file, echoes its input, exits with a code. */
const probe = () => readFile(new URL('../adapters/workers/fixtures/probe.wasm', import.meta.url))

/** Two tabs that know one another; the first sells. */
async function pair(here: Place = place()): Promise<readonly [provider: Mesh, requestor: Mesh]> {
  world = createWorld()
  const provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  const requestor = await world.open(here)
  await requestor.dial(provider.did)
  return [provider, requestor]
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const utf8 = (from: string): Uint8Array => new TextEncoder().encode(from)
const run = (...args: string[]): CommandRequest => ({ type: 'run', args })
const begin: readonly CommandRequest[] = [{ type: 'deploy' }, { type: 'start' }]
const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code)
  return result.value
}

/** The only result of a job that is over. */
async function firstOf(job: Job): Promise<TaskResult> {
  const { reason } = await job.done
  for await (const result of job.results()) return result
  throw new Error(reason)
}
async function submitted(
  requestor: Mesh,
  tasks: readonly TaskRequest[],
  rest: Partial<SubmitRequest> = {},
): Promise<Job> {
  return requestor.submit({ module: await probe(), tasks, ...rest })
}

/** Brings content in, writes to it, reads it, brings it out, and signs. */
async function wholeScript(requestor: Mesh): Promise<CommandRequest[]> {
  const cid = must(await requestor.content.add(utf8('one ')))
  return [
    { type: 'deploy' },
    { type: 'start', args: ['append'] },
    { type: 'transfer', from: `content:${cid}`, to: 'file:data/words.txt' },
    run('data/words.txt', 'two '),
    run('data/words.txt', 'three'),
    { type: 'transfer', from: 'file:data/words.txt', to: 'content:' },
    { type: 'sign' },
    { type: 'terminate' },
    ...begin,
    run('show', 'brought'),
  ]
}

describe('a script of commands', () => {
  it('[SR4] brings content in, runs programs that read what was written before them, and brings it out', async () => {
    const [provider, requestor] = await pair()
    const script = await wholeScript(requestor)
    const job = await submitted(requestor, [{ script, files: { brought: 'by the task' } }])
    const result = await firstOf(job)
    expect(result).toMatchObject({ status: 'ok', exitCode: 0, provider: provider.did, files: {} })
    expect(text(result.stdout)).toBe('')
    const commands = result.commands!
    expect(commands.map(({ index, status }) => [index, status])).toEqual(script.map((_, index) => [index, 'ok']))
    expect(text(commands[5]?.content)).toBe('one two three')
    expect(commands[5]?.message).toBe(must(await requestor.content.add(utf8('one two three'))))
    expect(commands[6]?.message).toBe(
      signatureOf(commands.slice(0, 6).map((one) => resultTold({ ...one, values: undefined }))),
    )
    expect(text(commands[10]?.stdout)).toBe('by the task')
    expect(result.fuel).toBe(commands.reduce((sum, { fuel }) => sum + fuel, 0n))
    expect(result.hostUnits).toBeGreaterThan(0n)
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
  })

  it('[SR4] stops at the first command that is not ok, and keeps what was done', async () => {
    const [, requestor] = await pair()
    const script = [...begin, run('put', 'kept', 'first'), run('exit', '3'), run('put', 'never', 'written')]
    const result = await firstOf(await submitted(requestor, [{ script }]))
    expect(result).toMatchObject({ status: 'failed', exitCode: 3, error: { code: 'exited-nonzero' } })
    expect(result.commands?.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'failed'])
    expect(text(result.commands?.[3]?.stderr)).toBe('leaving')
    expect(result.commands?.[3]?.message).toMatch(/^exited-nonzero: /)
    expect(Object.entries(result.files).map(([path, bytes]) => [path, text(bytes)])).toEqual([['kept', 'first']])
  })

  it('[SR5] has the limits of its task for all commands together', async () => {
    const [, requestor] = await pair()
    const once = [...begin, run('put', 'a', 'x')]
    const { fuel = 0n } = await firstOf(await submitted(requestor, [{ script: once }]))
    const thrice = [...once, run('put', 'b', 'x'), run('put', 'c', 'x')]
    const dry = await firstOf(await submitted(requestor, [{ script: thrice }], { limits: { fuel: fuel * 2n + 1n } }))
    expect(dry).toMatchObject({ status: 'failed', fuel: fuel * 2n + 1n, error: { code: 'out-of-fuel' } })
    expect(dry.commands?.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'failed'])
    const swell = [...begin, run('swell', '600'), { type: 'transfer', from: 'file:swollen', to: 'content:' } as const]
    const full = await firstOf(await submitted(requestor, [{ script: swell }], { limits: { outputBytes: 1_000 } }))
    expect(full).toMatchObject({ status: 'failed', error: { code: 'output-over-limit' } })
    expect(full.files['swollen']).toHaveLength(600)
  })

  it('is refused before anybody is asked where it makes no sense', async () => {
    const [, requestor] = await pair()
    const reasonOf = async (task: TaskRequest, rest: Partial<SubmitRequest> = {}) =>
      (await (await submitted(requestor, [task], rest)).done).reason.split(' ')[0]
    expect(await reasonOf({ script: [run('echo')] })).toBe('script-out-of-order')
    expect(await reasonOf({ script: begin, stdin: 'beside it' })).toBe('script-beside-run')
    expect(await reasonOf({ script: [...begin, { type: 'transfer', from: 'file:../a', to: 'content:' }] })).toBe(
      'path-not-allowed',
    )
    expect(await reasonOf({ script: begin }, { interactive: true })).toBe('script-not-interactive')
    const whole = async (...more: unknown[]) =>
      (await (await submitted(requestor, [{ script: [...begin, ...more] as CommandRequest[] }])).done).reason
    expect(await whole({ type: 'transfer', from: 'content:bafy', to: 'file:a' })).toBe(
      'not-a-cid index: 2 content: bafy',
    )
    expect(await whole(run('echo'), { type: 'build' })).toBe('command-unknown index: 3 command: build')
    expect(requestor.jobs().every(({ agreements }) => agreements.length === 0)).toBe(true)
  })

  it('is given up where its content is nowhere', async () => {
    const [, requestor] = await pair()
    const cid = must(await (await world.open()).content.add(utf8('elsewhere')))
    const script: CommandRequest[] = [...begin, { type: 'transfer', from: `content:${cid}`, to: 'file:a' }]
    const job = await submitted(requestor, [{ script }])
    expect(await firstOf(job)).toMatchObject({ status: 'failed', error: { code: 'content-missing' } })
  })

  it('calls functions, with values of their own', async () => {
    const [, requestor] = await pair()
    const { bytes: module } = knownAnswers[0]!
    const call = (params: readonly (number | bigint)[]): CommandRequest => ({ type: 'run', invoke: 'answer', params })
    const job = requestor.submit({ module, tasks: [{ script: [...begin, call([25n, 2]), call([0n, -1])] }] })
    const { commands, receipt, index } = await firstOf(job)
    expect(commands?.map(({ values }) => values)).toEqual([
      undefined,
      undefined,
      [7034535277573963776n, Math.SQRT2],
      [1n, Number.NaN],
    ])
    expect(receipt).toBeDefined()
    expect(index).toBe(0)
  })

  it('tells what its programs write as they do, where that is asked for', async () => {
    const [, requestor] = await pair()
    const echo = (said: string): CommandRequest => ({ type: 'run', args: ['echo'], stdin: said })
    const job = await submitted(requestor, [{ script: [...begin, echo('one '), echo('two')] }], { capture: 'stream' })
    let heard = ''
    for await (const { bytes } of job.terminal().output) heard += text(bytes)
    expect(heard).toBe('one two')
    expect(await job.done).toMatchObject({ status: 'Completed' })
  })

  it('runs here as it does elsewhere', async () => {
    const [, requestor] = await pair()
    const script = await wholeScript(requestor)
    const tasks = [{ script, files: { brought: 'by the task' } }]
    const [there, here] = [await submitted(requestor, tasks), await submitted(requestor, tasks, { here: 'only' })]
    const [theirs, own] = [await firstOf(there), await firstOf(here)]
    expect(own.provider).toBe(requestor.did)
    const told = ({ commands }: TaskResult) => commands?.map(({ durationUs: _, ...rest }) => rest)
    expect(told(own)).toEqual(told(theirs))
    expect(own.fuel).toBe(theirs.fuel)
  })

  it('is there after a reload of its requestor, and goes on where tasks are left', async () => {
    const here = place()
    const [, requestor] = await pair(here)
    const tasks = Array.from({ length: 40 }, (_, n) => ({
      script: [...begin, run('put', 'a', `${n}`), run('show', 'a')],
    }))
    const job = await submitted(requestor, tasks)
    for await (const _ of job.results()) break
    await world.crash(requestor)
    const again = await world.open(here)
    const seen: string[] = []
    for await (const { index, commands } of again.job(job.id)!.results()) seen[index] = text(commands?.[3]?.stdout)
    expect(seen).toEqual(tasks.map((_, n) => `${n}`))
  })
})

describe('the receipt of a script', () => {
  it('[MK6] holds, its task comes to the same again, and one proof covers its commands', async () => {
    const [, requestor] = await pair()
    const task = { script: await wholeScript(requestor), files: { brought: 'by the task' } }
    const job = await submitted(requestor, [task])
    const result = await firstOf(job)
    await job.done
    const verified = must(await requestor.receipts.verify(result.receipt!, { execute: true }))
    expect(verified.checks.every(({ how }) => how === 'holds')).toBe(true)
    expect(verified.tasks).toMatchObject([{ isSame: true, fuel: { told: result.fuel, found: result.fuel } }])
    const { bytes } = must(await requestor.receipts.proof(job.id, 0))
    expect(await requestor.receipts.checkProof(bytes, { input: task, output: result })).toMatchObject({
      value: { isInputProven: true, isOutputProven: true },
    })
    const changed = result.commands!.map((one) => (one.content ? { ...one, content: utf8('one two four!') } : one))
    const claimed = { output: { ...result, commands: changed } }
    expect(await requestor.receipts.checkProof(bytes, claimed)).toMatchObject({ code: 'output-differs' })
    const other = { input: { ...task, script: task.script.slice(0, -1) } }
    expect(await requestor.receipts.checkProof(bytes, other)).toMatchObject({ code: 'input-differs' })
  })
})
