import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { assemble, exportOf, functionType } from '../activity/assembler.ts'
import { someFunctions } from '../activity/component-samples.ts'
import type { Mesh } from './api.ts'
import type { StageRequest, WorkflowRequest } from './api-workflows.ts'
import { all, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const text = new TextDecoder()
const f64 = 0x7c
const f64Bytes = (value: number): number[] => [...new Uint8Array(Float64Array.of(value).buffer)]
const book = Array.from({ length: 40 }, (_, n) => `the whale and line ${n}\n`).join('')
const words = (table: string | undefined): Record<string, number> =>
  Object.fromEntries((table ?? '').split('\n').flatMap((line) => (line ? [split(line)] : [])))
const split = (line: string): [string, number] => [line.split('\t')[0]!, Number(line.split('\t')[1])]

async function stages(): Promise<Record<'count' | 'group' | 'all' | 'find', StageRequest>> {
  const [module, merge, search] = await Promise.all(['words', 'merge', 'search'].map(readyMadeModule))
  return {
    count: { id: 'count', kind: 'map', module: module!, inputs: [{ from: 'job', key: 'book', linesEach: 4 }] },
    group: { id: 'group', kind: 'reduce', module: merge!, fanIn: 4, inputs: [{ from: 'stage', stage: 'count' }] },
    all: { id: 'all', kind: 'reduce', module: merge!, args: ['3'], inputs: [{ from: 'stage', stage: 'group' }] },
    find: { id: 'find', module: search!, args: ['whale'], inputs: [{ from: 'job', key: 'book' }] },
  }
}

/** A requestor at a place of its own, and somebody who computes for it. */
async function pair(here = place()) {
  world = createWorld()
  const provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  const requestor = await world.open(here)
  await requestor.dial(provider.did)
  return { provider, requestor }
}

/** Functions of a core module: `half` of a number, and `sum` of two. */
const numbers = assemble({
  types: [functionType([f64], [f64]), functionType([f64, f64], [f64])],
  exports: [exportOf('half', 'function', 0), exportOf('sum', 'function', 1)],
  functions: [
    { type: 0, code: [0x20, 0, 0x44, ...f64Bytes(0.5), 0xa2] },
    { type: 1, code: [0x20, 0, 0x20, 1, 0xa0] },
  ],
})

describe('a workflow of functions', () => {
  const half: StageRequest = {
    id: 'half',
    kind: 'map',
    module: numbers,
    invoke: 'half',
    inputs: [{ from: 'job', key: 'list', linesEach: 1 }],
  }
  const sum: StageRequest = {
    id: 'sum',
    kind: 'reduce',
    module: numbers,
    invoke: 'sum',
    inputs: [{ from: 'stage', stage: 'half' }],
  }

  it('[WF9] calls them with the values of its files, and passes on what they gave', async () => {
    const { requestor } = await pair()
    const even: StageRequest = {
      id: 'even',
      module: someFunctions,
      invoke: 'is-even',
      inputs: [{ from: 'stage', stage: 'sum' }],
    }
    const flow = requestor.runWorkflow({ inputs: { list: '25\n1.90e1\n' }, stages: [even, sum, half] })
    expect((await flow.done).status).toBe('Completed')
    const valuesOf = async (stage: string) => (await all(flow.results(stage))).map(({ values }) => values)
    expect(await valuesOf('half')).toEqual([[12.5], [9.5]])
    expect(await valuesOf('sum')).toEqual([[22]])
    expect(await valuesOf('even')).toEqual([[true]])
  })

  it('[WF9] fails a stage whose input has a line that is no value, and says so', async () => {
    const { requestor } = await pair()
    const flow = requestor.runWorkflow({ inputs: { list: '25\ntwelve\n' }, stages: [half] })
    expect((await flow.done).stages).toEqual({ half: 'failed' })
    expect(flow.view()?.stages[0]?.reason).toBe('value-not-allowed')
    expect(requestor.faults()).toMatchObject([{ code: 'value-not-allowed', message: 'stage: half line: twelve' }])
  })

  it('[WF9] is refused at once where a command is to be called, or a module of functions is not', async () => {
    const { requestor } = await pair()
    const { invoke: _, ...uncalled } = half
    const reasonOf = async (stage: StageRequest) =>
      (await requestor.runWorkflow({ inputs: { list: '1' }, stages: [stage] }).done).reason
    expect(await reasonOf(uncalled)).toBe('stage-not-callable')
    expect(await reasonOf({ ...half, module: await readyMadeModule('words') })).toBe('stage-not-callable')
  })
})

describe('a workflow', () => {
  it('[WF8] [WL1] maps, reduces in two rounds and searches beside it: each stage from what the ones before brought', async () => {
    const { requestor } = await pair()
    const { count, group, all: last, find } = await stages()
    const flow = requestor.runWorkflow({ name: 'book', inputs: { book }, stages: [last, find, group, count] })
    const results = await all(flow.results())
    expect(results.map(({ stage, index }) => [stage, index])).toEqual([
      ['all', 0],
      ['find', 0],
    ])
    expect(text.decode(results[0]?.stdout)).toBe(
      '=bytes\t870\n=lines\t40\n=words\t200\n=distinct\t44\nand\t40\nline\t40\nthe\t40\n',
    )
    expect(text.decode(results[1]?.stdout).split('\n')).toHaveLength(41)
    expect(await flow.done).toEqual({
      status: 'Completed',
      reason: '',
      cost: 0n,
      stages: { all: 'done', find: 'done', group: 'done', count: 'done' },
    })
    const view = flow.view()
    expect(view?.stages.map(({ id, progress, after }) => [id, progress.ok, after])).toEqual([
      ['all', 1, ['group']],
      ['find', 1, []],
      ['group', 3, ['count']],
      ['count', 10, []],
    ])
    const counting = view?.stages[3]?.jobs[0]
    const stage = { workflow: flow.id, stage: 'count', attempt: 0 }
    expect(requestor.job(counting!)?.view()?.stage).toEqual(stage)
    expect(await requestor.receipts.dag(counting!)).toMatchObject({ stage, faults: [], missing: [] })
    expect((await all(flow.results('count'))).map(({ index }) => index)).toEqual(
      Array.from({ length: 10 }, (_, i) => i),
    )
    expect(requestor.workflows().map(({ id }) => id)).toEqual([flow.id])
  })

  it('[WF8] gives a task several inputs where its program looks for them, and a folder a file for each item', async () => {
    const { requestor } = await pair()
    const module = await readFile(new URL('../adapters/workers/fixtures/probe.wasm', import.meta.url))
    const { count } = await stages()
    const flow = requestor.runWorkflow({
      inputs: { book, note: 'by hand' },
      stages: [
        count,
        {
          id: 'write',
          module,
          args: ['put', 'out/told.txt', 'written'],
          inputs: [{ from: 'job', key: 'note', into: 'out/a' }],
        },
        {
          id: 'see',
          module,
          args: ['show', 'tables/0000009'],
          inputs: [
            { from: 'stage', stage: 'count', into: 'tables/' },
            { from: 'job', key: 'note', into: 'notes/one.txt' },
          ],
        },
        {
          id: 'echo',
          module,
          args: ['echo'],
          inputs: [{ from: 'stage', stage: 'write', output: 'out/told.txt' }],
        },
      ],
    })
    expect(await flow.done).toMatchObject({ status: 'Completed' })
    const [see, echo] = await all(flow.results())
    expect(words(text.decode(see?.stdout))).toMatchObject({ '=lines': 4, the: 4, '36': 1 })
    expect(text.decode(echo?.stdout)).toBe('written')
  })
})

describe('a workflow that cannot be run', () => {
  const cases = async (): Promise<readonly [string, WorkflowRequest][]> => {
    const { count, group, all: last } = await stages()
    const round = { ...group, inputs: [{ from: 'stage', stage: 'all' }] } as const
    return [
      ['workflow-cycle', { stages: [round, { ...last, inputs: [{ from: 'stage', stage: 'group' }] }] }],
      ['workflow-empty', { stages: [] }],
      ['stage-unknown', { inputs: { book }, stages: [group] }],
      ['input-unknown', { stages: [count] }],
      ['not-wasm', { inputs: { book }, stages: [{ ...count, module: new Uint8Array(8) }] }],
      ['limit-out-of-range', { inputs: { book }, stages: [{ ...count, limits: { memoryMb: 0 } }] }],
    ]
  }

  it('[WF2] is refused with a code before anybody hears of a job', async () => {
    world = createWorld()
    const mesh = await world.open()
    for (const [code, request] of await cases()) {
      const flow = mesh.runWorkflow(request)
      expect(await flow.done).toMatchObject({ status: 'Failed', reason: code })
      expect(await all(flow.results())).toEqual([])
      expect(flow.view()).toBeUndefined()
    }
    expect([mesh.jobs(), mesh.workflows()]).toEqual([[], []])
    expect(mesh.faults().map(({ message }) => message)).toContain('stages: group → all → group')
  })
})

describe('a workflow of which something failed', () => {
  it('[WF5] [WL2] runs what failed again, alone, and then what waited for it', async () => {
    const { requestor } = await pair()
    const { count, all: last } = await stages()
    // The program adds up tables; the third piece is none, until its task is cancelled out of the way.
    const pieces = ['a\t1\n', 'b\t2\n', 'no table\n', 'd\t4\n'].join('')
    const merge = {
      ...last,
      id: 'each',
      kind: 'map',
      args: [],
      inputs: [{ from: 'job', key: 'pieces', linesEach: 1 }],
    } as const
    const flow = requestor.runWorkflow({
      inputs: { pieces, book },
      stages: [merge, { ...last, inputs: [{ from: 'stage', stage: 'each' }] }, count],
    })
    expect(await flow.done).toMatchObject({
      status: 'Failed',
      reason: 'stage-failed',
      stages: { each: 'failed', all: 'waiting', count: 'done' },
    })
    expect(flow.view()?.stages[0]).toMatchObject({ reason: 'tasks-failed', progress: { total: 4, ok: 3, failed: 1 } })
    expect(await flow.retry()).toMatchObject({ ok: true })
    expect(await flow.retry()).toMatchObject({ ok: false, code: 'workflow-not-failed' })
    expect(await flow.done).toMatchObject({ status: 'Failed' })
    const [each] = flow.view()!.stages
    expect(each).toMatchObject({
      jobs: [expect.any(String), expect.any(String)],
      progress: { total: 4, ok: 3, failed: 1 },
    })
    expect(requestor.job(each!.jobs[1]!)?.progress).toMatchObject({ total: 1, failed: 1 })
    expect((await all(flow.results('each'))).map(({ index, status }) => [index, status])).toEqual([
      [0, 'ok'],
      [1, 'ok'],
      [2, 'failed'],
      [3, 'ok'],
    ])
  })

  it('[WL2] [WL4] goes on where it was cancelled: what was done stays, and results of both attempts are one', async () => {
    const here = place()
    const { requestor, provider } = await pair(here)
    const module = await readyMadeModule('bench-spin')
    const rounds = Array.from({ length: 30 }, () => 'spin\n').join('')
    const { all: last } = await stages()
    const flow = requestor.runWorkflow({
      inputs: { rounds },
      stages: [
        { id: 'spin', kind: 'map', module, args: ['30000000'], inputs: [{ from: 'job', key: 'rounds', linesEach: 1 }] },
        { ...last, kind: 'single', inputs: [{ from: 'stage', stage: 'spin', into: 'spun/' }] },
      ],
    })
    const doneOf = (mesh: Mesh) => mesh.workflow(flow.id)?.view()?.stages[0]?.progress.done ?? 0
    await until(requestor, () => doneOf(requestor) >= 3)
    await flow.cancel()
    expect(await flow.done).toMatchObject({ status: 'Cancelled', reason: 'cancelled' })
    const [first] = flow.view()!.stages[0]!.jobs
    expect(requestor.job(first!)?.view()?.outcome).toBe('Cancelled')
    expect(await flow.retry()).toMatchObject({ ok: true })
    await until(requestor, () => doneOf(requestor) >= 12)
    await world.crash(requestor)
    const after = await world.open(here)
    await after.dial(provider.did)
    const again = after.workflow(flow.id)!
    expect(await again.done).toMatchObject({ status: 'Completed', stages: { spin: 'done', all: 'done' } })
    const results = await all(again.results('spin'))
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, i) => i))
    expect(again.view()?.stages[0]?.jobs).toHaveLength(2)
    expect(again.view()?.stages[0]?.progress).toMatchObject({ total: 30, ok: 30 })
  })

  it('says which output a stage lacks', async () => {
    const { requestor } = await pair()
    const { count, all: last } = await stages()
    const flow = requestor.runWorkflow({
      inputs: { book },
      stages: [count, { ...last, inputs: [{ from: 'stage', stage: 'count', output: 'table.txt' }] }],
    })
    expect(await flow.done).toMatchObject({ status: 'Failed', reason: 'stage-failed' })
    expect(flow.view()?.stages[1]).toMatchObject({ state: 'failed', reason: 'output-missing' })
  })
})

describe('a workflow and its tab', () => {
  it('[WF6] [WL1] goes on by itself after reloads at any place, and computes nothing twice', async () => {
    const here = place()
    const { requestor, provider } = await pair(here)
    const { count, group, all: last } = await stages()
    const long = Array.from({ length: 2_000 }, (_, n) => `the whale and line ${n % 40}\n`).join('')
    let mesh = requestor
    const { id } = mesh.runWorkflow({ inputs: { book: long }, stages: [count, group, last] })
    await until(mesh, () => mesh.workflow(id)?.view() !== undefined)
    const stages_ = () => mesh.workflow(id)?.view()?.stages ?? []
    const places = [
      () => (stages_()[0]?.progress.total ?? 0) >= 64,
      () => (stages_()[0]?.progress.done ?? 0) >= 100,
      () => (stages_()[1]?.progress.done ?? 0) >= 1,
    ]
    for (const holds of places) {
      await until(mesh, holds)
      await world.crash(mesh)
      mesh = await world.open(here)
      await mesh.dial(provider.did)
    }
    expect(await mesh.workflow(id)!.done).toMatchObject({ status: 'Completed' })
    const [result] = await all(mesh.workflow(id)!.results())
    expect(words(text.decode(result?.stdout))).toMatchObject({ '=lines': 2_000, '=words': 10_000, the: 2_000 })
    expect(stages_().map(({ jobs, progress }) => [jobs.length, progress.total, progress.ok])).toEqual([
      [1, 500, 500],
      [1, 125, 125],
      [1, 1, 1],
    ])
  })

  it('[WL3] pays for all its jobs out of one price', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const { count, group, all: last } = await stages()
    const flow = requestor.runWorkflow({ inputs: { book }, maxPrice: 100_000_000n, stages: [count, group, last] })
    const { status, cost } = await flow.done
    expect(status).toBe('Completed')
    expect(cost).toBeGreaterThan(0n)
    expect(cost).toBeLessThanOrEqual(100_000_000n)
    const prices = requestor.jobs().map(({ spec }) => spec.policy.maxPrice)
    expect(prices.every((price) => price > 0n && price <= 100_000_000n)).toBe(true)
  })
})
