import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { speakingModule } from '../activity/outside.examples.ts'
import type { Mesh, SubmitRequest, TaskResult } from './api.ts'
import { byIndex, createWorld, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
let requestor: Mesh
beforeEach(async () => {
  world = createWorld()
  requestor = await world.open()
})
afterEach(() => world.close())

async function provided(cpuShare: number): Promise<Mesh> {
  const provider = await world.open()
  await provider.provide({ cpuShare })
  await requestor.dial(provider.did)
  return provider
}

const speaking = (part: Partial<SubmitRequest> = {}) =>
  requestor.submit({ module: speakingModule, tasks: [{ stdin: 'hello' }, {}], channels: true, ...part })

const textOf = ({ stdout }: TaskResult): string => new TextDecoder().decode(stdout)

describe('a job whose tasks speak to one another', () => {
  it('[TT1] [TT4] runs them side by side at two providers, which hear each other and nobody else does', async () => {
    const providers = [await provided(0.5), await provided(0.5)]
    const results = await byIndex(speaking().results())
    expect(results.map((one) => [textOf(one), one.exitCode])).toEqual([
      ['hello', 0],
      ['hello', 0],
    ])
    expect(new Set(results.map(({ provider }) => provider))).toEqual(new Set(providers.map(({ did }) => did)))
  })

  it('[TT1] runs them side by side at one', async () => {
    await provided(1)
    expect((await byIndex(speaking().results())).map(textOf)).toEqual(['hello', 'hello'])
  })

  it('[TT4] is refused where it is to be deterministic, or in the own tab', async () => {
    const reasonOf = async (part: Partial<SubmitRequest>) => (await speaking(part).done).reason
    expect(await reasonOf({ deterministic: true })).toBe('cannot-be-deterministic')
    expect(await reasonOf({ here: 'too' })).toBe('not-available')
  })

  it('[TT1] says that it may not, where its job does not say so', async () => {
    await provided(1)
    expect((await byIndex(speaking({ channels: false }).results())).map(({ exitCode }) => exitCode)).toEqual([5, 5])
  })
})
