import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleModule } from '../activity/module-samples.ts'
import type { Cid } from '../wire/cid.ts'
import type { Mesh, SubmitRequest, TaskResult } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
beforeEach(async () => {
  world = createWorld()
  requestor = await world.open()
})
afterEach(() => world.close())

const all = async (results: AsyncIterable<TaskResult>): Promise<TaskResult[]> => {
  const found: TaskResult[] = []
  for await (const result of results) found.push(result)
  return found.sort((one, other) => one.index - other.index)
}

async function provided(): Promise<Mesh> {
  const provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  await requestor.dial(provider.did)
  return provider
}

async function added(text: string): Promise<Cid> {
  const cid = await requestor.content.add(new TextEncoder().encode(text))
  if (!cid.ok) throw new Error(cid.code)
  return cid.value
}

const text = 'the sea\nthe ship\nby the sea\nthe whale\nsea and sky\nno more sea'.repeat(2_000)

describe('a program that asks more of its host than WASI has', () => {
  it('[HA1] [HA2] reads at its provider what its requestor brings, and what it says comes back', async () => {
    const provider = await provided()
    const content = [await added(text)]
    const tasks = Array.from({ length: 4 }, () => ({ args: ['sea', '4'] }))
    const job = requestor.submit({ module: await readyMadeModule('lines'), tasks, content })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 4, providers: [provider.did] })
    const results = await all(job.results())
    const found = results.reduce((sum, { stdout }) => sum + Number(new TextDecoder().decode(stdout)), 0)
    expect(found).toBe(text.split('\n').filter((line) => line.includes('sea')).length)
    expect(results[1]).toMatchObject({ log: [{ level: 'info', text: 'part 2 of 4' }] })
    const lines = results.reduce((sum, { custom }) => sum + (custom?.['lines'] ?? 0n), 0n)
    expect(lines).toBe(BigInt(text.split('\n').length))
    const hostUnits = results.reduce((sum, result) => sum + (result.hostUnits ?? 0n), 0n)
    expect(hostUnits).toBeGreaterThan(BigInt(text.length))
    const { body } = requestor.receipts.ofJob(job.id).at(-1)!
    expect(body.usage).toMatchObject({ hostUnits, custom: { lines, bytes: BigInt(text.length) } })
  })

  it('[HA1] reads the same in the own tab', async () => {
    const content = [await added(text)]
    const tasks = [{ args: ['whale', '1'] }]
    const job = requestor.submit({ module: await readyMadeModule('lines'), tasks, content, here: 'only' })
    const [result] = await all(job.results())
    expect(new TextDecoder().decode(result?.stdout)).toBe('2000\n')
  })
})

describe('a job that is to be the same everywhere', () => {
  const world32 = () => readFile(new URL('../adapters/workers/fixtures/world.wasm', import.meta.url))
  const look = async (part: Partial<SubmitRequest>) => {
    const job = requestor.submit({ module: await world32(), tasks: [{}], deterministic: true, ...part })
    const [result] = await all(job.results())
    return [new TextDecoder().decode(result?.stdout), result?.fuel, result?.hostUnits]
  }

  it('[DE1] is, at a provider and in the own tab, and differs by its seed', async () => {
    await provided()
    const [there, fuel, hostUnits] = await look({})
    expect(there).toMatch(/^wall 946684800\.000001000/m)
    expect(await look({ here: 'only' })).toEqual([there, fuel, hostUnits])
    const [other] = await look({ here: 'only', deterministic: { seed: 'another' } })
    expect(other).not.toBe(there)
  })
})

describe('a job that nobody could be asked to do', () => {
  const reasonOf = async (part: Partial<SubmitRequest>) => {
    const module = await readyMadeModule('words')
    const { reason } = await requestor.submit({ module, tasks: [{}], ...part }).done
    expect(requestor.jobs()).toEqual([])
    return reason
  }

  it('[DE2] is refused where its program cannot be deterministic', async () => {
    const zero = [0x41, 0, 0xfd, 0x0f] // i32.const, i8x16.splat
    const relaxed = sampleModule({ code: [...zero, ...zero, 0xfd, 0x80, 0x02, 0x1a] })
    expect(await reasonOf({ module: relaxed, deterministic: true })).toBe('cannot-be-deterministic')
    expect(await reasonOf({ deterministic: { seed: new Uint8Array(3) } })).toBe('limit-out-of-range')
  })

  it('[HA1] is refused where the files that it names are not here, or too many', async () => {
    const elsewhere = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' as Cid
    expect(await reasonOf({ content: [elsewhere] })).toBe('content-missing')
    expect(await reasonOf({ content: Array.from({ length: 65 }, () => elsewhere) })).toBe('limit-out-of-range')
    expect(await reasonOf({ limits: { hostUnits: 0n } })).toBe('limit-out-of-range')
  })
})
