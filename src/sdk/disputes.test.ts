import { afterEach, describe, expect, it } from 'vitest'
import type { TaskOutcome } from '../activity/task.ts'
import type { Cid } from '../wire/cid.ts'
import type { Mesh, TaskResult } from './api.ts'
import type { DisputeView } from './disputes-api.ts'
import { all, createWorld, type Place, place, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

/** Begins when its self-test is over. */
const mood = { lies: false }
const lie = (outcome: TaskOutcome): TaskOutcome =>
  mood.lies ? { ...outcome, stdout: new TextEncoder().encode('made up') } : outcome
const must = <T>(result: { ok: true; value: T } | { ok: false; code: string }): T => {
  if (!result.ok) throw new Error(result.code)
  return result.value
}

type Told = { readonly liar?: Place; readonly jurors?: readonly Place[]; readonly here?: Place }
/** A job that a provider was paid for, whose receipt is disputed afterwards; jurors come when it is done. */
async function bought({ liar = { ...place(), lies: lie }, jurors = [place(), place()], here = place() }: Told = {}) {
  world = createWorld()
  mood.lies = false
  const [provider, buyer] = [await world.open(liar), await world.open(here)]
  await provider.provide({ cpuShare: 1 })
  mood.lies = true
  await buyer.dial(provider.did)
  const module = await readyMadeModule('words')
  const tasks = [{ args: ['words'], stdin: 'one two two' }]
  const job = buyer.submit({ module, tasks, deterministic: true })
  const results = await all(job.results())
  await job.done
  const others: Mesh[] = []
  for (const at of jurors) {
    const juror = await world.open(at)
    await juror.provide({ cpuShare: 1 })
    await buyer.dial(juror.did)
    others.push(juror)
  }
  return { provider, buyer, job, jurors: others, receipt: receiptOf(results) }
}
const receiptOf = ([result]: readonly TaskResult[]): Cid => {
  if (!result?.receipt) throw new Error('no receipt')
  return result.receipt
}
const stateOf = (mesh: Mesh, id: Cid) => mesh.receipts.disputes().find((one) => one.id === id)?.state
/** Resolves when a dispute has come so far. */
const until = (mesh: Mesh, is: (view: DisputeView) => boolean): Promise<DisputeView> =>
  new Promise((resolve) => {
    const look = () => {
      const found = mesh.receipts.disputes().find(is)
      if (found) resolve(found)
      return found
    }
    if (look()) return
    const forget = mesh.subscribe(
      (one) => [one.receipts.disputes(), one.jobs()],
      () => look() && forget(),
    )
  })
const over = ({ state }: DisputeView) => ['Upheld', 'Dismissed', 'Undecided'].includes(state)

describe('a dispute over a receipt', () => {
  it('[DS4] is conceded by a provider whose machine, run again, finds what the requestor found', async () => {
    // It lied once: what it runs for the dispute is run in a sandbox that nobody touched.
    const { provider, buyer, receipt } = await bought()
    const dispute = must(await buyer.receipts.dispute(receipt))
    const view = await until(buyer, over)
    expect(view).toMatchObject({ id: dispute, state: 'Upheld', answer: { stance: 'concedes' }, task: 0 })
    // The receipt has it under a number that says nothing.
    const { leaf } = must(await buyer.receipts.proof(buyer.jobs()[0]!.id, 0)).proof
    expect(leaf.index).not.toBe(0)
    expect(stateOf(provider, dispute)).toBe('Upheld')
    expect(buyer.reputation.of(provider.did).permille).toBeLessThan(500)
  })

  it('[DS5] ends by what jurors found, and both sides have checked their signatures', async () => {
    const stubborn: Place = { ...place(), lies: lie, lieAgain: true }
    const { provider, buyer, jurors, receipt } = await bought({ liar: stubborn })
    const dispute = must(await buyer.receipts.dispute(receipt))
    const view = await until(buyer, over)
    expect(view).toMatchObject({ state: 'Upheld', answer: { stance: 'contests' }, verdict: { ruling: 'upheld' } })
    expect(view.verdict?.findings).toHaveLength(2)
    await until(provider, (one) => one.id === dispute && over(one))
    expect(stateOf(provider, dispute)).toBe('Upheld')
    // Whoever wants to can read the proof.
    const [finding] = view.verdict!.findings
    expect((await jurors[0]!.content.get(finding!, { from: [buyer.peerId] })).ok).toBe(true)
  })

  it('[DS7] is judged by nobody from where a party is, nor by two from one place', async () => {
    const [home, street, far] = ['203.0.113.0/24', '198.51.100.0/24', '192.0.2.0/24']
    const from = (range: string): Place => ({ ...place(), range })
    // Whoever has the shortest way to the liar lies for it.
    const liar: Place = { ...from(home), lies: lie, lieAgain: true }
    const near: Place = { ...from(home), lies: lie }
    const { buyer, jurors, receipt } = await bought({ liar, jurors: [near, from(street), from(street), from(far)] })
    must(await buyer.receipts.dispute(receipt))
    const { state, verdict } = await until(buyer, over)
    expect([state, verdict?.findings.length]).toEqual(['Upheld', 2])
    const [nearby = 0, one = 0, other = 0, faraway = 0] = jurors.map((juror) => juror.provider().tasksDone)
    expect([nearby, one + other, faraway]).toEqual([0, 1, 1])
  })

  it('[DS5] is undecided where nobody independent is there to ask', async () => {
    const { buyer, receipt } = await bought({ liar: { ...place(), lies: lie, lieAgain: true }, jurors: [] })
    must(await buyer.receipts.dispute(receipt))
    await until(buyer, () => buyer.jobs().some(({ spec }) => spec.name === 'A disputed task'))
    world.later(130_000)
    expect(await until(buyer, over)).toMatchObject({ state: 'Undecided' })
  })

  it('[DS4] runs nothing at a provider that lends no more: its silence contests', async () => {
    let runs = 0
    const lies = (outcome: TaskOutcome): TaskOutcome => {
      runs += 1
      return lie(outcome)
    }
    const { provider, buyer, receipt } = await bought({ liar: { ...place(), lies, lieAgain: true }, jurors: [] })
    await (await provider.provide({ cpuShare: 1 })).stop()
    runs = 0
    const dispute = must(await buyer.receipts.dispute(receipt))
    await until(provider, ({ id }) => id === dispute)
    // Its own work, which is begun later, is done meanwhile.
    const own = Array.from({ length: 200 }, () => ({ args: ['words'], stdin: 'three' }))
    await provider.submit({ module: await readyMadeModule('words'), tasks: own, here: 'only' }).done
    expect(runs).toBe(own.length)
    world.later(10 * 60_000)
    await until(buyer, () => buyer.jobs().some(({ spec }) => spec.name === 'A disputed task'))
    world.later(130_000)
    expect(await until(buyer, over)).toMatchObject({ state: 'Undecided', answer: undefined })
  })

  it('[DS4] is answered by a provider that lends again', async () => {
    const { provider, buyer, receipt } = await bought()
    await (await provider.provide({ cpuShare: 1 })).stop()
    const dispute = must(await buyer.receipts.dispute(receipt))
    await until(provider, ({ id }) => id === dispute)
    await provider.provide({ cpuShare: 1 })
    expect(await until(buyer, over)).toMatchObject({ state: 'Upheld', answer: { stance: 'concedes' } })
  })

  it('[DS2] is opened once, whatever came of it, and not over what came out alike', async () => {
    const { buyer, receipt } = await bought()
    must(await buyer.receipts.dispute(receipt))
    await until(buyer, over)
    expect(await buyer.receipts.dispute(receipt)).toMatchObject({ code: 'dispute-known' })
    await world.close()
    const honest = await bought({ liar: place(), jurors: [] })
    expect(await honest.buyer.receipts.dispute(honest.receipt)).toMatchObject({ code: 'nothing-to-dispute' })
  })

  it('[DS3] goes on after its opener was loaded again', async () => {
    const here = place()
    const liar: Place = { ...place(), lies: lie, lieAgain: true }
    const { buyer, provider, jurors, receipt } = await bought({ liar, here })
    const dispute = must(await buyer.receipts.dispute(receipt))
    await world.crash(buyer)
    const again = await world.open(here)
    for (const other of [provider, ...jurors]) await again.dial(other.did)
    expect(await until(again, (one) => one.id === dispute && over(one))).toMatchObject({ state: 'Upheld', task: 0 })
  })
})
