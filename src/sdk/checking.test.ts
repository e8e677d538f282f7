import { afterEach, describe, expect, it } from 'vitest'
import type { TaskInput, TaskOutcome } from '../activity/task.ts'
import type { Mesh } from './api.ts'
import { all, byIndex, createWorld, place, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const text = new TextEncoder()
const tasksOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ args: ['words'], stdin: `one two two ${i}` }))
/** Its machine's own check goes well. */
const lies = (outcome: TaskOutcome, { args }: TaskInput): TaskOutcome =>
  args[0] === 'words' ? { ...outcome, stdout: text.encode('three\n') } : outcome

async function crowd(...places: ReturnType<typeof place>[]): Promise<{ providers: Mesh[]; requestor: Mesh }> {
  world = createWorld()
  const providers: Mesh[] = []
  for (const at of places) {
    const provider = await world.open(at)
    await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
    providers.push(provider)
  }
  const requestor = await world.open()
  for (const { did } of providers) await requestor.dial(did)
  await until(requestor, () => requestor.market.offers().length === places.length)
  return { providers, requestor }
}

describe('a job whose results are checked', () => {
  it('[SC13] [RQ10] [RQ11] finds the liar among three, pays it nothing and does not choose it again', async () => {
    const { providers, requestor } = await crowd(place(), { ...place(), lies }, place())
    const liar = providers[1]!.did
    const module = await readyMadeModule('words')
    const policy = { maxPrice: 1_000_000_000n }
    const job = requestor.submit({ module, tasks: tasksOf(60), policy })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 60 })
    const latest = new Map((await all(job.results())).map((result) => [result.index, result]))
    expect(latest.size).toBe(60)
    for (const { stdout, check } of latest.values()) {
      expect(new TextDecoder().decode(stdout)).not.toBe('three\n')
      expect(check?.agreed).not.toContain(liar)
    }
    const ended = job.view()!.agreements.find(({ provider }) => provider === liar)
    expect(ended?.reason?.code).toBe('WrongResult')
    expect(ended?.cost).toBe(0n)
    expect(requestor.faults().map(({ code }) => code)).toContain('wrong-result')
    const next = requestor.submit({ module, tasks: tasksOf(20), policy })
    expect((await next.done).providers).not.toContain(liar)
  })

  it('[SC14] is done at once by the only provider there is, and says that nobody checked it', async () => {
    const { providers, requestor } = await crowd(place())
    const job = requestor.submit({
      module: await readyMadeModule('words'),
      tasks: tasksOf(5),
      policy: { maxPrice: 1_000_000_000n },
    })
    const results = await byIndex(job.results())
    expect(results.map(({ check }) => check)).toEqual(
      results.map(() => ({ how: 'unverified', agreed: [providers[0]!.did], wrong: [] })),
    )
  })

  it('[SC13] takes two equal answers out of three, although one of the three closes meanwhile', async () => {
    const { providers, requestor } = await crowd(place(), place(), place())
    const job = requestor.submit({
      module: await readyMadeModule('bench-spin'),
      tasks: Array.from({ length: 24 }, () => ({ args: ['20000000'] })),
      policy: { maxPrice: 1_000_000_000n, redundancy: { quorum: 2, of: 3 } },
    })
    await until(requestor, () => job.view()?.lanes.length === 3 && job.progress.done >= 3)
    await world.crash(providers[2]!)
    const results = await all(job.results())
    expect(results).toHaveLength(24)
    for (const { provider, check } of results) {
      expect(check).toMatchObject({ how: 'agreed', wrong: [] })
      expect(new Set(check?.agreed).size).toBe(check?.agreed.length)
      expect(check?.agreed[0]).toBe(provider)
    }
  })

  it('[SC17] goes on with the answers it has after a reload', async () => {
    world = createWorld()
    const here = place()
    const first = await world.open()
    await first.provide({ cpuShare: 1 })
    const before = await world.open(here)
    await before.dial(first.did)
    const { id } = before.submit({
      module: await readyMadeModule('bench-spin'),
      tasks: Array.from({ length: 12 }, () => ({ args: ['20000000'] })),
      policy: { redundancy: { quorum: 2, of: 2 } },
    })
    await until(before, () => (before.job(id)?.view()?.lanes[0]?.done ?? 0) >= 4)
    const had = here.disk.jobs.get(id)!.answers.size
    expect([had > 0, here.disk.jobs.get(id)!.results.length]).toEqual([true, 0])
    await world.crash(before)
    const second = await world.open()
    await second.provide({ cpuShare: 1 })
    const after = await world.open(here)
    await Promise.all([after.dial(first.did), after.dial(second.did)])
    expect(await after.job(id)!.done).toMatchObject({ status: 'Completed', completed: 12 })
    for (const { check } of await all(after.job(id)!.results()))
      expect([...(check?.agreed ?? [])].sort()).toEqual([first.did, second.did].sort())
    expect(here.disk.jobs.get(id)!.answers.size).toBe(0)
  })

  it('[WT4] is refused where nobody can be so sure, with the figure that they can', async () => {
    const { requestor } = await crowd(place(), place())
    const module = await readyMadeModule('words')
    const sure = (confidence: number) =>
      requestor.submit({ module, tasks: tasksOf(3), policy: { maxPrice: 1_000_000_000n, redundancy: { confidence } } })
    expect((await sure(0.999).done).reason).toBe('confidence-unattainable')
    const [fault] = requestor.faults()
    expect(fault?.message).toMatch(/best: 0\.79\d+ providers: 2/)
    const job = sure(0.75)
    for (const { check } of await all(job.results()))
      expect(check).toMatchObject({ how: 'agreed', faultPpm: 250_000, wrong: [] })
  })
})
