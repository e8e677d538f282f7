import { expect } from 'vitest'
import { bendable, lie } from './bent.ts'
import { journeys, type Tab, type World } from './harness.ts'
import { countTo, donate, meet, spins, spun, submit, summaryOf } from './jobs.ts'

const it = journeys()
const perGigaFuel = 40_000n
const perStart = 7n
const maxPrice = 100_000_000n
const rounds = 1_000_000
const taskCount = 60
const module = '/jobs/bench-spin.wasm'
const tasks = spins(taskCount, rounds)

/** Three tabs sell, one of which lies from now on, and a fourth buys. */
async function market(world: World) {
  const lying = await (await world.machine()).open('lying', { before: bendable })
  const honest = [await (await world.machine()).open('first'), await (await world.machine()).open('second')]
  const buyer = await (await world.machine()).open('buyer')
  await Promise.all([lying, ...honest, buyer].map((tab) => meet(tab, 3)))
  // Each has its own machine tested first, the one that is going to lie too.
  await Promise.all([lying, ...honest].map((tab) => donate(tab, { pricing: { perGigaFuel, perStart } })))
  await buyer.until((mesh) => mesh.market.offers().length === 3)
  await lie(lying, 'made up\n')
  return { honest, lying, buyer }
}

for (const redundancy of ['adaptive', { quorum: 2, of: 3 }] as const) {
  const how = redundancy === 'adaptive' ? 'by chance' : 'by two of three'
  it(`one of three providers lies: checked ${how} it is found, not paid, and not asked again`, async ({ world }) => {
    const { honest, lying, buyer } = await market(world)
    const liarDid = await lying.did()
    const honestDids = await Promise.all(honest.map((tab) => tab.did()))
    const job = await submit(buyer, { module, tasks, policy: { maxPrice, redundancy } })
    expect(await summaryOf(buyer, job)).toMatchObject({ status: 'Completed', completed: taskCount, failed: 0 })

    // The last word on each task is right, and none rests on the liar's.
    const told = await lastResults(buyer, job)
    expect(told.map(({ index }) => index).sort((a, b) => a - b)).toEqual(countTo(taskCount))
    expect(new Set(told.map(({ stdout }) => stdout))).toEqual(new Set([spun(rounds)]))
    expect(told.flatMap(({ provider, agreed }) => [provider, ...agreed])).not.toContain(liarDid)
    expect(new Set(told.flatMap(({ wrong }) => wrong))).toEqual(new Set([liarDid]))
    expect((await endsOf(buyer, job)).get(liarDid)).toEqual({ code: 'WrongResult', cost: 0n })
    expect(
      await buyer.mesh((mesh, did) => mesh.reputation.record(did as never).deeds.disputed, liarDid),
    ).toBeGreaterThan(0)
    // All that it said it had done bought it nothing.
    expect(await buyer.mesh((mesh, did) => mesh.reputation.of(did as never).permille, liarDid)).toBeLessThan(300)

    // It asked for what it had computed, and got nothing; the others were paid.
    await lying.until((mesh) =>
      mesh.payments.documents().some(({ kind, status }) => kind === 'invoice' && status === 'rejected'),
    )
    const asked = await lying.mesh((mesh) => mesh.payments.documents().map(({ amount }) => amount as bigint))
    expect(asked.some((amount) => amount > perStart)).toBe(true)
    expect(await lying.mesh((mesh) => mesh.payments.balance())).toEqual({ owedByUs: 0n, owedToUs: 0n })
    const isPaid = (mesh: Window['tabmesh'] & object): boolean => mesh.payments.balance().owedToUs > 0n
    await Promise.all(honest.map((tab) => tab.until(isPaid)))

    const again = await submit(buyer, { module, tasks, policy: { maxPrice } })
    const { providers, status } = await summaryOf(buyer, again)
    expect(status).toBe('Completed')
    expect(honestDids).toEqual(expect.arrayContaining([...providers]))
    const why = await whyOf(buyer, again)
    expect(why.asked).not.toContain(liarDid)
    expect(why.left).toContainEqual({ step: 'answering', provider: liarDid, code: 'WrongResult', isLater: true })
  })
}

/** What a job's results are in the end: a later one of the same task counts instead of the one before it. */
const lastResults = (tab: Tab, job: string) =>
  tab.mesh(async (mesh, job) => {
    const last = new Map<
      number,
      { index: number; stdout: string; provider: string; agreed: string[]; wrong: string[] }
    >()
    for await (const { index, stdout, provider, check } of mesh.job(job)!.results()) {
      const { agreed = [], wrong = [] } = check ?? {}
      last.set(index, {
        index,
        stdout: new TextDecoder().decode(stdout),
        provider,
        agreed: [...agreed],
        wrong: [...wrong],
      })
    }
    return [...last.values()]
  }, job)

/** By provider: how its agreement ended, and what it cost. */
const endsOf = async (tab: Tab, job: string): Promise<Map<string, { code: string | undefined; cost: bigint }>> =>
  new Map(
    await tab.mesh(
      (mesh, job) =>
        mesh
          .job(job)!
          .view()!
          .agreements.map(({ provider, reason, cost }) => [provider, { code: reason?.code, cost }] as const),
      job,
    ),
  )

/** Who was asked for a job, and why who is left was not. */
const whyOf = (tab: Tab, job: string) =>
  tab.mesh(
    (mesh, job) => ({
      asked: mesh.market.whyProviders(job as never).map(({ provider }) => provider as string),
      left: mesh.market.funnel(job as never)!.reasons.map(({ step, provider, code, askedAgainAt = 0 }) => ({
        step,
        provider,
        code,
        isLater: askedAgainAt > Date.now(),
      })),
    }),
    job,
  )
