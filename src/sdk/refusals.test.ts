import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleModule } from '../activity/module-samples.ts'
import type { Mesh, SubmitRequest } from './api.ts'
import type { RedundancyRequest } from './api-checking.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
let mesh: Mesh
beforeEach(async () => {
  world = createWorld()
  mesh = await world.open()
})
afterEach(() => world.close())

async function ended(request: Partial<SubmitRequest>) {
  return mesh.submit({ module: await readyMadeModule('words'), tasks: [{ stdin: 'one' }], here: 'only', ...request })
    .done
}

describe('a submission that nobody can keep', () => {
  it.each([
    ['minReputation', { minReputation: 1_001 }],
    ['minReputation', { minReputation: 0.5 }],
    ['maxPrice', { maxPrice: -1n }],
    ['maxPrice', { maxPrice: 2n ** 70n }],
    ['mostProviders', { mostProviders: 65 }],
    ['regions', { regions: Array.from({ length: 33 }, () => 'de') }],
    ['strategy', { strategy: 'cheapest' as 'hybrid' }],
  ])('is a failed job whose reason is the code: %s', async (_, policy) => {
    expect(await ended({ policy, here: 'no' })).toMatchObject({ status: 'Failed', reason: 'limit-out-of-range' })
    expect(mesh.faults().map(({ code }) => code)).toEqual(['limit-out-of-range'])
  })

  it('is refused where it asks for copies that cannot be, or cannot be compared', async () => {
    const zero = [0x41, 0, 0xfd, 0x0f] // i32.const, i8x16.splat
    const relaxed = sampleModule({ code: [...zero, ...zero, 0xfd, 0x80, 0x02, 0x1a] })
    const reasonOf = async (redundancy: RedundancyRequest, more: Partial<SubmitRequest> = {}) =>
      (await ended({ policy: { redundancy }, here: 'no', ...more })).reason
    expect(await reasonOf({ quorum: 3, of: 2 })).toBe('quorum-out-of-range')
    expect(await reasonOf({ quorum: 1, of: 17 })).toBe('quorum-out-of-range')
    expect(await reasonOf({ witnesses: 8 })).toBe('quorum-out-of-range')
    expect(await reasonOf({ witnesses: 1, sample: 0 })).toBe('quorum-out-of-range')
    expect(await reasonOf(2 as unknown as 'once')).toBe('quorum-out-of-range')
    expect(await reasonOf({ confidence: 0.4 })).toBe('limit-out-of-range')
    expect(await reasonOf({ confidence: 1 })).toBe('confidence-unattainable')
    expect(await reasonOf('adaptive', { interactive: true })).toBe('not-comparable')
    expect(await reasonOf({ quorum: 2, of: 3 }, { module: relaxed })).toBe('not-comparable')
  })

  it('says how its results are checked, and why not, where it asked for nothing', async () => {
    const module = await readyMadeModule('words')
    const checkingOf = async (request: Partial<SubmitRequest>) => {
      const job = mesh.submit({ module, tasks: [{ stdin: 'one' }], ...request })
      await until(mesh, () => job.checking !== undefined)
      await job.cancel()
      return job.checking
    }
    expect(await checkingOf({})).toEqual({ mode: 'adaptive' })
    expect(await checkingOf({ here: 'only' })).toEqual({ mode: 'once', because: 'one machine alone' })
    expect(await checkingOf({ interactive: true })).toEqual({ mode: 'once', because: 'input that is typed' })
    expect(await checkingOf({ policy: { redundancy: 'once' } })).toEqual({ mode: 'once' })
  })

  it('is refused with a budget of fuel and no limit of a task, or one that is larger', async () => {
    expect(await ended({ policy: { maxFuel: 10n } })).toMatchObject({ status: 'Failed', reason: 'fuel-limit-needed' })
    const over = { limits: { fuel: 11n }, policy: { maxFuel: 10n } }
    expect(await ended(over)).toMatchObject({ status: 'Failed', reason: 'limit-out-of-range' })
  })

  it('is refused with not-a-cid where its content is named by none', async () => {
    expect(await ended({ content: ['bafy' as NonNullable<SubmitRequest['content']>[number]] })).toMatchObject({
      status: 'Failed',
      reason: 'not-a-cid',
    })
    expect(mesh.faults()).toMatchObject([{ message: 'not-a-cid index: 0 content: bafy' }])
  })

  it('never leaves a promise that nobody settles, whatever it was given', async () => {
    const summary = await ended({ tasks: [null] as unknown as SubmitRequest['tasks'] })
    expect(summary.completed).toBe(0)
    expect(summary.reason).toMatch(/^unexpected /)
  })
})

describe('a submission without a task', () => {
  it.each<[string, () => unknown]>([
    ['an empty list', () => []],
    ['a generator that gives nothing', () => new Set().values()],
    ['nothing at all', () => undefined],
    ['something that is no list', () => 7],
  ])('is refused with no-tasks, before anybody hears of a job: %s', async (_, tasks) => {
    expect(await ended({ tasks: tasks() as SubmitRequest['tasks'] })).toMatchObject({
      status: 'Failed',
      reason: 'no-tasks',
    })
    expect(mesh.faults()).toMatchObject([{ code: 'no-tasks', phase: 'submit' }])
    expect(mesh.jobs()).toEqual([])
  })

  it('is done where they come one by one, and none came', async () => {
    const tasks = (async function* () {})()
    expect(await ended({ tasks })).toMatchObject({ status: 'Completed', completed: 0 })
  })

  it('gives a list’s first task like the others, each once', async () => {
    const tasks = new Map(['one', 'two', 'three'].map((stdin) => [stdin, { stdin }])).values()
    expect(await ended({ tasks })).toMatchObject({ status: 'Completed', completed: 3 })
  })
})

describe('a source of tasks that fails', () => {
  it('ends its job in source-lost also where it fails at once', async () => {
    const tasks = (function* () {
      if (performance.now() > 0) throw new Error('no such file')
      yield { stdin: 'one' }
    })()
    expect(await ended({ tasks })).toMatchObject({ reason: 'source-lost', completed: 0 })
  })

  it('ends its job in source-lost, after what it gave was done', async () => {
    const tasks = (function* () {
      yield { stdin: 'one' }
      yield { stdin: 'two' }
      throw new Error('the file ended early')
    })()
    expect(await ended({ tasks })).toMatchObject({ reason: 'source-lost', completed: 2 })
    expect(mesh.faults()).toMatchObject([{ code: 'source-lost', message: 'the file ended early' }])
  })
})

describe('what comes later', () => {
  it('refuses every call with not-available, and can be awaited and printed', async () => {
    expect(await mesh.governance['propose']!()).toEqual({ ok: false, code: 'not-available', facts: {} })
    expect(await mesh.inference).toBe(mesh.inference)
    expect(String(JSON.stringify(mesh.governance))).toBe('{}')
  })
})

describe('provide', () => {
  it('takes limits as a group, too', async () => {
    await mesh.provide({ cpuShare: 1, pricing: { perSecond: 5n }, limits: { memoryMb: 128, dataBytes: 1_000_000 } })
    const { isOn, options } = mesh.provider()
    expect(isOn).toBe(true)
    expect(options).toEqual({
      cpuShare: 1,
      pricing: { perSecond: 5n },
      memoryMb: 128,
      dataCapBytes: 1_000_000,
    })
  })

  it('refuses a price that is no sum, and goes on selling as before', async () => {
    await mesh.provide({ pricing: { perSecond: 5n } })
    await mesh.provide({ pricing: { perGigaFuel: -1n } })
    expect(mesh.faults().at(-1)).toMatchObject({ code: 'price-out-of-range', message: 'perGigaFuel: -1' })
    expect(mesh.provider().options.pricing).toEqual({ perSecond: 5n })
  })
})
