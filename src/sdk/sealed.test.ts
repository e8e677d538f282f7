import { afterEach, describe, expect, it } from 'vitest'
import { all, createWorld, readyMadeModule, type TestWorld } from './mesh.fixture.ts'

let world: TestWorld
afterEach(() => world.close())

const line = 'the combination of the safe is seventeen, four, ninety-one'
const task = { args: ['words'], stdin: `${line}\n`.repeat(3) }

/** What went over the wire between all nodes while a job was computed by one of two, and the job's summary. */
async function overheard(sealed: boolean) {
  world = createWorld()
  const [provider, buyer, bystander] = [await world.open(), await world.open(), await world.open()]
  const heard: Uint8Array[] = []
  world.board.overhear = (bytes) => void heard.push(bytes.slice())
  await provider.provide({ cpuShare: 1 })
  for (const other of [provider, bystander]) await buyer.dial(other.did)
  await bystander.dial(provider.did)
  const module = await readyMadeModule('words')
  const job = buyer.submit({ name: 'the safe', module, tasks: [task], sealed, policy: { door: 'announcement' } })
  const results = await all(job.results())
  const summary = await job.done
  const includes = (part: Uint8Array) => heard.some((bytes) => Buffer.from(bytes).includes(part))
  const says = (text: string) => includes(new TextEncoder().encode(text))
  return { buyer, bystander, results, summary, says, includes, module: module as Uint8Array }
}

describe('a sealed job', () => {
  it('[SE4] is computed like any other, and nothing of it can be read in anything that went between nodes', async () => {
    const { buyer, bystander, results, summary, says, includes, module } = await overheard(true)
    expect(summary).toMatchObject({ status: 'Completed', completed: 1 })
    expect(Buffer.from(results[0]!.stdout).toString()).toContain('combination')
    expect([says('combination'), says('the safe')]).toEqual([false, false])
    expect(includes(module.subarray(module.length >> 1, (module.length >> 1) + 64))).toBe(false)
    expect(buyer.jobs()[0]!.spec.isSealed).toBe(true)
    // Whoever was told its name by the announcement is not given the program, sealed or not.
    const taken = await bystander.content.get(buyer.jobs()[0]!.spec.module, { from: [buyer.peerId] })
    expect(taken.ok).toBe(false)
    const verified = await buyer.receipts.verify(results[0]!.receipt!, { execute: true })
    expect(verified.ok && verified.value.tasks.map(({ isSame }) => isSame)).toEqual([true])
  })

  it('is what this test can tell from an open one', async () => {
    const { says, includes, module } = await overheard(false)
    expect([says('combination'), says('the safe')]).toEqual([true, true])
    expect(includes(module.subarray(module.length >> 1, (module.length >> 1) + 64))).toBe(true)
  })

  it('[SE3] runs here as well, from its sealed program', async () => {
    world = createWorld()
    const buyer = await world.open()
    const job = buyer.submit({ module: await readyMadeModule('words'), tasks: [task], sealed: true, here: 'only' })
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    expect(Buffer.from((await all(job.results()))[0]!.stdout).toString()).toContain('combination')
  })

  it('[SE3] [SE4] reads its files by the names that they were added under, and its receipts name nothing that it said', async () => {
    world = createWorld()
    const [provider, buyer] = [await world.open(), await world.open()]
    await provider.provide({ cpuShare: 1 })
    await buyer.dial(provider.did)
    const file = await buyer.content.add(new TextEncoder().encode(`${line}\n`.repeat(5_000)))
    if (!file.ok) throw new Error(file.code)
    const heard: Uint8Array[] = []
    world.board.overhear = (bytes) => void heard.push(bytes.slice())
    const tasks = [{ args: ['safe', '1'] }]
    const job = buyer.submit({ module: await readyMadeModule('lines'), tasks, content: [file.value], sealed: true })
    const [result] = await all(job.results())
    expect(Buffer.from(result!.stdout).toString().trim()).toBe('5000')
    expect(result).toMatchObject({ log: [{ level: 'info', text: 'part 1 of 1' }] })
    await job.done
    const { nodes } = await buyer.receipts.dag(job.id)
    for (const { body } of nodes) expect([body.outputCids, body.logsCid]).toEqual([[], undefined])
    expect(heard.some((bytes) => Buffer.from(bytes).includes('combination'))).toBe(false)
  })

  it('is refused where its tasks would speak to one another', async () => {
    world = createWorld()
    const buyer = await world.open()
    const module = await readyMadeModule('words')
    const summary = await buyer.submit({ module, tasks: [task], sealed: true, channels: true }).done
    expect(summary).toMatchObject({ status: 'Failed', reason: 'not-available' })
  })
})
