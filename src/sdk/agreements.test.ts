import { afterEach, describe, expect, it } from 'vitest'
import type { Mesh } from './api.ts'
import { createWorld, readyMadeModule, type TestWorld, until } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const words = (count: number) => Array.from({ length: count }, (_, i) => ({ args: ['words'], stdin: `one two ${i}` }))
const spinning = (count: number) => Array.from({ length: count }, () => ({ args: ['30000000'] }))

async function market(pricing = {}): Promise<readonly [provider: Mesh, requestor: Mesh]> {
  world = createWorld()
  const provider = await world.open()
  await provider.provide({ cpuShare: 1, pricing })
  const requestor = await world.open()
  await requestor.dial(provider.did)
  return [provider, requestor]
}

describe('one agreement for several jobs', () => {
  it('[RQ13] computes a second job under the agreement that the first has left open', async () => {
    const [, requestor] = await market()
    const module = await readyMadeModule('words')
    const first = requestor.submit({ module, tasks: words(4), policy: { reserve: { keepMs: 60_000 } } })
    await first.done
    const second = requestor.submit({ module: await readyMadeModule('bench-spin'), tasks: spinning(2) })
    expect(await second.done).toMatchObject({ status: 'Completed', completed: 2 })
    const [one, other] = [first, second].map(({ id }) => requestor.job(id)!.view()!.agreements)
    expect(one).toHaveLength(1)
    expect(other).toMatchObject([{ id: one![0]!.id, jobCount: 2, activities: [{ number: 2, state: 'Terminated' }] }])
    const { receipts } = await second.done
    expect(receipts).not.toEqual((await first.done).receipts)
  })

  it('[RQ13] [SH2] passes it on from job to job while the next one waits', async () => {
    const [provider, requestor] = await market()
    const module = await readyMadeModule('bench-spin')
    const jobs = [1, 2, 3].map(() => requestor.submit({ module, tasks: spinning(3) }))
    for (const job of jobs) expect(await job.done).toMatchObject({ status: 'Completed', completed: 3 })
    const agreements = jobs.flatMap(({ id }) =>
      requestor
        .job(id)!
        .view()!
        .agreements.filter((one) => one.activity),
    )
    expect(new Set(agreements.map(({ id }) => id)).size).toBe(1)
    // Which of two that were submitted at once comes first is not said.
    const numbers = agreements.flatMap(({ activities }) => activities.map(({ number }) => number))
    expect(numbers.toSorted()).toEqual([1, 2, 3])
    await until(provider, () => provider.provider().working.length === 0)
  })

  it('[SH1] [SH2] computes a script beside a job, each on its share of the reservation', async () => {
    const [provider, requestor] = await market()
    expect(provider.provider().threads).toBe(2)
    const module = await readyMadeModule('bench-spin')
    const policy = { mostThreads: 1, reserve: { threads: 2 } }
    const long = requestor.submit({ module, tasks: spinning(40), policy })
    await until(requestor, () => (requestor.job(long.id)?.progress.done ?? 0) > 0)
    const script = [
      { type: 'deploy' as const },
      { type: 'start' as const },
      // Long enough to be seen at work beside the job.
      ...spinning(3).map(({ args }) => ({ type: 'run' as const, args })),
      { type: 'sign' as const },
      { type: 'terminate' as const },
    ]
    const beside = requestor.submit({ module, tasks: [{ script }], policy })
    await until(provider, () => provider.provider().working.length === 2)
    expect(provider.provider().working.map(({ number, threads }) => [number, threads])).toEqual([
      [1, 1],
      [2, 1],
    ])
    expect(new Set(provider.provider().working.map(({ agreement }) => agreement)).size).toBe(1)
    expect(await beside.done).toMatchObject({ status: 'Completed', completed: 1 })
    expect(requestor.job(long.id)!.view()?.outcome).toBeUndefined()
    expect(await long.done).toMatchObject({ status: 'Completed', completed: 40 })
  })

  it('[AC23] bills both at its end, and each job pays for its own', async () => {
    const [, requestor] = await market({ perSecond: 1_000_000n })
    const policy = { maxPrice: 100_000_000n, reserve: { keepMs: 1_000 } }
    const module = await readyMadeModule('bench-spin')
    const first = requestor.submit({ module, tasks: spinning(2), policy })
    const second = requestor.submit({ module, tasks: spinning(6), policy })
    await Promise.all([first.done, second.done])
    world.later(2_000)
    const invoices = () =>
      requestor.payments.documents().filter(({ kind, status }) => kind === 'invoice' && status === 'settled')
    await until(requestor, () => invoices().length > 0)
    const [one, other] = [first, second].map(({ id }) => requestor.job(id)!.view()!.cost)
    expect(invoices()).toHaveLength(1)
    expect(one! + other!).toBe(requestor.payments.balance().owedByUs)
    expect(other!).toBeGreaterThan(one!)
    expect(one!).toBeGreaterThan(0n)
  })

  it.each([{ mostThreads: 0 }, { reserve: { threads: 1.5 } }, { reserve: { keepMs: 60_001 } }])(
    'refuses a share that cannot be: %o',
    async (policy) => {
      const [, requestor] = await market()
      const { done } = requestor.submit({ module: await readyMadeModule('words'), tasks: words(1), policy })
      const reason = expect.stringContaining('limit-out-of-range')
      await expect(done).resolves.toMatchObject({ status: 'Failed', reason })
    },
  )
})
