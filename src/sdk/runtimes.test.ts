import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleComponent, sections, someFunctions } from '../activity/component-samples.ts'
import type { CustomRuntime } from '../activity/custom-runtime.ts'
import { knownAnswers } from '../activity/known-answers.ts'
import { failedTask, type TaskOutcome } from '../activity/task.ts'
import type { Mesh } from './api.ts'
import { byIndex, createWorld, place, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

/** Two tabs that know one another; the first sells. */
async function pair(runtimes: readonly CustomRuntime[] = []): Promise<readonly [provider: Mesh, requestor: Mesh]> {
  world = createWorld()
  const provider = await world.open(place(), runtimes)
  await provider.provide({ cpuShare: 1 })
  const requestor = await world.open()
  await requestor.dial(provider.did)
  return [provider, requestor]
}

const saying = (text: string): TaskOutcome => ({
  ...failedTask('stopped', ''),
  status: 'ok',
  exitCode: 0,
  stdout: new TextEncoder().encode(text),
})

/** Takes a text for a program, and says it with the task's arguments behind it. */
const echo: CustomRuntime = {
  name: 'echo',
  offer: { language: 'plain text' },
  selfTest: () => Promise.resolve(),
  deploy: async (bytes) => {
    const program = new TextDecoder().decode(bytes)
    if (program === '') throw new Error('an empty program says nothing')
    return {
      run: (input, signal) =>
        program === 'hang'
          ? new Promise((resolve) => signal.addEventListener('abort', () => resolve(saying('late'))))
          : Promise.resolve(saying([program, ...input.args].join(' '))),
    }
  },
}

describe('what runs a program', () => {
  it('[RK1] calls the functions of a module that is no command, and brings their values back', async () => {
    const [, requestor] = await pair()
    const { bytes: module, expected } = knownAnswers[0]!
    const job = requestor.submit({
      module,
      tasks: [
        { invoke: 'answer', params: [25n, 2] },
        { invoke: 'answer', params: [0n, -1] },
        { invoke: 'answer', params: [1n] },
        { invoke: 'nowhere', params: [] },
        { invoke: 'answer', params: [1, 1] },
      ],
    })
    const [known, small, tooFew, absent, notBig] = await byIndex(job.results())
    expect(known).toMatchObject({ status: 'ok', values: [7034535277573963776n, Math.SQRT2], fuel: expected.fuel })
    expect(small?.values).toEqual([1n, Number.NaN])
    for (const refused of [tooFew, absent, notBig])
      expect(refused).toMatchObject({ status: 'failed', error: { code: 'input-not-allowed' } })
    expect(job.view()?.spec.runtime).toBe('function')
  })

  it('[RK1] refuses a runtime that does not fit the bytes before anybody is told', async () => {
    const [, requestor] = await pair()
    const module = await readyMadeModule('words')
    const job = requestor.submit({ module: knownAnswers[0]!.bytes, runtime: 'wasi-p1', tasks: [{}] })
    expect(await job.done).toMatchObject({ status: 'Failed', reason: 'no-memory-export' })
    const fitting = requestor.submit({ module, runtime: 'wasi-p1', tasks: [{ args: ['words'], stdin: 'one' }] })
    expect(await fitting.done).toMatchObject({ status: 'Completed' })
  })

  it('[RK1] runs a component, by what its bytes are', async () => {
    const [provider, requestor] = await pair()
    const module = await readyMadeModule('bench-document')
    const job = requestor.submit({ module, tasks: [{ stdin: 'two 2\none 1.5\n' }, { stdin: '' }] })
    const [first] = await byIndex(job.results())
    expect(new TextDecoder().decode(first?.stdout)).toMatch(/^one 1\.5\ntwo 2\n2 lines, 3\.500 in all/)
    expect(first?.fuel).toBeGreaterThan(1_000n)
    expect(await job.done).toMatchObject({ status: 'Completed', providers: [provider.did] })
    expect(job.view()?.spec.runtime).toBe('component')
  })

  it('[DE1] computes the same of a component on two nodes, down to its chance', async () => {
    const [provider, requestor] = await pair()
    const module = await readFile(new URL('../adapters/workers/fixtures/probe.component.wasm', import.meta.url))
    const tasks = ['random', 'env', 'sleep'].map((what) => ({ args: [what, '60'], env: { B: '', A: '1' } }))
    const told = async (here: 'no' | 'only') => {
      const job = requestor.submit({ module, tasks, here, deterministic: { seed: 'the same' } })
      return (await byIndex(job.results())).map((one) => ({ ...one, text: new TextDecoder().decode(one.stdout) }))
    }
    const [there, own] = [await told('no'), await told('only')]
    expect(there.map(({ provider: by }) => by)).toEqual(tasks.map(() => provider.did))
    expect(own.map(({ provider: by }) => by)).toEqual(tasks.map(() => requestor.did))
    expect(own.map(({ text, fuel }) => [text, fuel])).toEqual(there.map(({ text, fuel }) => [text, fuel]))
    expect(there.slice(1).map(({ text }) => text)).toEqual(['A=1\nB=\n', '60'])
    const verified = await requestor.receipts.verify(there[0]!.receipt!, { execute: true })
    const again = verified.ok ? verified.value.tasks : []
    expect(again.map(({ isSame }) => isSame)).toEqual(again.map(() => true))
    expect(again).not.toEqual([])
  })

  it('[RK3] calls functions of a component, with texts too', async () => {
    const [, requestor] = await pair()
    const tasks = [
      { invoke: 'say-again', params: ['zwölf'] },
      { invoke: 'mix', params: [1, -2n, true, 0.5, 'x'] },
      { invoke: 'mix', params: [1, -2, true, 0.5, 'x'] },
      {},
    ]
    const job = requestor.submit({ module: someFunctions, tasks })
    const [said, mixed, notLong, noCommand] = await byIndex(job.results())
    expect([said?.values, mixed?.values]).toEqual([['zwölf'], [-2n]])
    for (const refused of [notLong, noCommand]) expect(refused?.error?.code).toBe('input-not-allowed')
    expect(said?.fuel).toBeGreaterThan(5n)
    const { receipt } = said!
    const verified = await requestor.receipts.verify(receipt!, { execute: true })
    expect(verified.ok && verified.value.tasks[0]).toMatchObject({ isSame: true })
  })

  it('[CM1] refuses a component that may not run before anybody is told', async () => {
    const [, requestor] = await pair()
    const module = sampleComponent({ before: [sections.importInstance('wasi:sockets/tcp@0.2.0', 0)] })
    expect(await requestor.submit({ module, tasks: [{}] }).done).toMatchObject({
      status: 'Failed',
      reason: 'import-not-allowed',
    })
  })

  it('[DR1] runs on a runtime of the provider’s own, whose template stands in its offer', async () => {
    const [provider, requestor] = await pair([echo])
    const job = requestor.submit({
      module: new TextEncoder().encode('hello'),
      runtime: 'echo',
      tasks: [{ args: ['you'] }],
      limits: { timeoutMs: 5_000 },
    })
    const [result] = await byIndex(job.results())
    expect(new TextDecoder().decode(result?.stdout)).toBe('hello you')
    expect(await job.done).toMatchObject({ status: 'Completed', providers: [provider.did] })
    expect(requestor.market.offers()[0]?.facts.runtime.capabilities).toContain('echo')
  })

  it('[DR1] runs each run of a script there, under what is left of its time', async () => {
    const [, requestor] = await pair([echo])
    const run = (...args: string[]) => ({ type: 'run', args }) as const
    const job = requestor.submit({
      module: new TextEncoder().encode('hello'),
      runtime: 'echo',
      tasks: [{ script: [{ type: 'deploy' }, { type: 'start', args: ['you'] }, run('there'), run('again')] }],
    })
    const [result] = await byIndex(job.results())
    expect(result).toMatchObject({ status: 'ok' })
    const said = result?.commands?.map(({ stdout }) => new TextDecoder().decode(stdout))
    expect(said).toEqual(['', '', 'hello you there', 'hello you again'])
  })

  it('[DR1] ends a task of it at its time', async () => {
    const [, requestor] = await pair([echo])
    const job = requestor.submit({
      module: new TextEncoder().encode('hang'),
      runtime: 'echo',
      tasks: [{}],
      limits: { timeoutMs: 50 },
    })
    expect((await byIndex(job.results()))[0]?.error?.code).toBe('timed-out')
  })

  it('[DR1] does not offer what failed its own test, and says why', async () => {
    const broken = { ...echo, selfTest: () => Promise.reject(new Error('the sieve has a hole')) }
    const [provider, requestor] = await pair([broken])
    expect(provider.faults()).toMatchObject([{ code: 'self-test-failed', message: 'echo: the sieve has a hole' }])
    const preview = () => requestor.market.preview({ runtime: 'echo' })
    await new Promise<void>((resolve) => {
      const stop = requestor.subscribe(
        () => preview().seen > 0,
        (isSeen) => {
          if (!isSeen) return
          stop()
          resolve()
        },
      )
    })
    expect(preview()).toMatchObject({ seen: 1, matching: 0 })
  })
})
