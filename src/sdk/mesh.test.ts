import { afterEach, describe, expect, it } from 'vitest'
import type { TaskResult } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const text = new TextDecoder()
async function all(results: AsyncIterable<TaskResult>): Promise<TaskResult[]> {
  const found: TaskResult[] = []
  for await (const result of results) found.push(result)
  return found
}

describe('one tab donates, another buys', () => {
  it('spreads the tasks of a program over the provider and brings every result back once, with a receipt', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({
      module: await readyMadeModule('words'),
      tasks: Array.from({ length: 40 }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` })),
    })
    const results = await all(job.results())
    expect(new Set(results.map(({ index }) => index)).size).toBe(40)
    expect(results.map(({ status, error }) => [status, error])).toEqual(results.map(() => ['ok', undefined]))
    expect(text.decode(results[0]?.stdout)).toContain('two\t2')
    const summary = await job.done
    expect(summary).toMatchObject({ status: 'Completed', completed: 40, failed: 0, providers: [provider.did] })
    expect(results.every(({ receipt }) => receipt !== undefined)).toBe(true)
  })
})
