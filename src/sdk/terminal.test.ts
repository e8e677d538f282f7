import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { SubmitRequest } from './api.ts'
import { all, createWorld, place, type TestWorld, until } from './mesh.fixture.ts'
import type { Terminal } from './terminal-api.ts'

let world: TestWorld
afterEach(() => world.close())

const talker = (): Promise<Uint8Array> => readFile(new URL('../adapters/workers/fixtures/talker.wasm', import.meta.url))
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

const written = (terminal: Terminal): string => (terminal.view()?.pieces ?? []).map(({ bytes }) => text(bytes)).join('')
const typed = (terminal: Terminal): string => text(terminal.view()?.input)

/** One who lends and one who has a program that echoes; it has said that it is ready. */
async function talking(more: Partial<SubmitRequest> = {}) {
  world = createWorld()
  const provider = await world.open()
  await provider.provide({ cpuShare: 1 })
  const at = place()
  const requestor = await world.open(at)
  await requestor.dial(provider.did)
  const job = requestor.submit({ module: await talker(), tasks: [{ args: ['echo'] }], interactive: true, ...more })
  const terminal = job.terminal()
  return { provider, requestor, at, job, terminal }
}

describe('a program that somebody types into', () => {
  it('[TE5] answers while it runs, and its receipt covers what it read and what it wrote', async () => {
    const { requestor, job, terminal } = await talking()
    await until(requestor, () => job.view()?.status === 'AwaitingInputs')
    expect([written(terminal), terminal.isAwaitingInput]).toEqual(['ready\n', true])
    expect(await terminal.write('one\n')).toMatchObject({ ok: true })
    await until(requestor, () => written(terminal) === 'ready\none\n' && terminal.isAwaitingInput)
    await terminal.write('two')
    await terminal.end()
    expect(await terminal.write('three')).toMatchObject({ ok: false, code: 'input-ended' })
    const heard: string[] = []
    for await (const { stream, bytes } of terminal.output) heard.push(`${stream} ${text(bytes)}`)
    expect(heard.join('')).toBe('stdout ready\nstdout one\nstdout twostderr over')
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    const [result] = await all(job.results())
    expect([text(result?.stdout), text(result?.stderr)]).toEqual(['ready\none\ntwo', 'over'])
    expect(result?.receipt).toBeDefined()
    expect(requestor.faults()).toEqual([])
    expect(await terminal.write('four')).toMatchObject({ ok: false, code: 'terminal-over' })
  })

  it('[TE1] goes on after a reload in the middle, without loss or repetition', async () => {
    const { requestor, at, job, terminal } = await talking()
    await terminal.write('before ')
    await until(requestor, () => written(terminal) === 'ready\nbefore ' && terminal.isAwaitingInput)
    await world.crash(requestor)
    const again = await world.open(at)
    const same = again.job(job.id)
    if (!same) throw new Error('the job is known after a reload')
    await until(again, () => same.terminal().isAwaitingInput)
    expect([written(same.terminal()), typed(same.terminal())]).toEqual(['ready\nbefore ', 'before '])
    await same.terminal().write('after')
    await same.terminal().end()
    expect(await same.done).toMatchObject({ status: 'Completed', completed: 1 })
    const [result] = await all(same.results())
    expect([text(result?.stdout), same.terminal().view()?.starts]).toEqual(['ready\nbefore after', 1])
    expect(again.faults().filter(({ phase }) => phase === 'receipt' || phase === 'terminal')).toEqual([])
  })

  it('[TE7] is begun again with another provider when its own is lost, and given again what was typed', async () => {
    const { provider, requestor, job, terminal } = await talking()
    await terminal.write('kept ')
    await until(requestor, () => written(terminal) === 'ready\nkept ' && terminal.isAwaitingInput)
    const other = await world.open()
    await other.provide({ cpuShare: 1 })
    await requestor.dial(other.did)
    await provider.stop()
    await until(requestor, () => terminal.view()?.starts === 2 && terminal.isAwaitingInput)
    await terminal.write('and more')
    await terminal.end()
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    expect(written(terminal)).toBe('ready\nkept and moreover')
  })

  it('[TE8] tells its usage while it waits, and little of it is work', async () => {
    const { requestor, job, terminal } = await talking()
    await until(requestor, () => job.usage().durationMs > 1_500)
    const { cpuMs, memoryBytes, bytesIn, fuel } = job.usage()
    expect(cpuMs).toBeLessThan(1_000)
    expect([memoryBytes > 0, bytesIn > 0, fuel > 0n]).toEqual([true, true, true])
    await terminal.end()
    await job.done
    expect(job.view()?.usage.durationMs).toBeGreaterThan(1_500)
  })

  it('[TE9] is paid for while it goes on, and at its end for no more than it took', async () => {
    world = createWorld()
    const provider = await world.open()
    await provider.provide({ cpuShare: 1, pricing: { perSecond: 1_000_000n } })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    const job = requestor.submit({
      module: await talker(),
      tasks: [{ args: ['echo'] }],
      interactive: true,
      policy: { maxPrice: 1_000_000_000n },
    })
    const terminal = job.terminal()
    await until(requestor, () => terminal.isAwaitingInput)
    world.later(130_000)
    await until(requestor, () => requestor.payments.documents().some(({ status }) => status === 'accepted'))
    const [receipt] = requestor.receipts.ofJob(job.id)
    expect(receipt?.body).toMatchObject({ taskCount: 0, isFinal: false, outcome: 'Running' })
    expect(Number(receipt?.body.cost)).toBeGreaterThan(125_000_000)
    await until(requestor, () => terminal.isAwaitingInput)
    await terminal.end()
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    // The program itself was there for some seconds of the machine's own clock: what was charged before is not given back.
    const { cost } = await job.done
    expect(Number(cost)).toBeLessThan(140_000_000)
    expect(requestor.faults().filter(({ phase }) => phase === 'receipt')).toEqual([])
  })

  it('runs in this very tab too, where nobody is asked', async () => {
    world = createWorld()
    const alone = await world.open()
    const job = alone.submit({ module: await talker(), tasks: [{ args: ['echo'] }], interactive: true, here: 'only' })
    const terminal = job.terminal()
    await until(alone, () => terminal.isAwaitingInput)
    await terminal.write('mine')
    await terminal.end()
    expect(await job.done).toMatchObject({ status: 'Completed', completed: 1 })
    expect(written(terminal)).toBe('ready\nmineover')
  })

  it('ends where it writes without end', async () => {
    const { job, terminal } = await talking({ tasks: [{ args: ['pour'] }], limits: { outputBytes: 600_000 } })
    expect(await job.done).toMatchObject({ status: 'Failed', failed: 1 })
    const [result] = await all(job.results())
    expect(result?.error?.code).toBe('output-over-limit')
    expect(written(terminal).length).toBe(result?.stdout.length)
  })
})

describe('a program that is only listened to', () => {
  it('is heard as it writes, and takes no input', async () => {
    const { requestor, job, terminal } = await talking({
      interactive: false,
      capture: 'stream',
      tasks: [{ args: ['echo'], stdin: 'all' }],
    })
    expect(await terminal.write('x')).toMatchObject({ ok: false, code: 'not-interactive' })
    const heard: string[] = []
    for await (const { bytes } of terminal.output) heard.push(text(bytes))
    expect(heard.join('')).toBe('ready\nallover')
    expect(await job.done).toMatchObject({ completed: 1 })
    expect(requestor.faults()).toEqual([])
  })
})

describe('who is asked to hold a program', () => {
  it('is only whoever can: where nobody can, the page says so before anything is submitted', async () => {
    world = createWorld()
    const provider = await world.open({ ...place(), cannotWait: true })
    await provider.provide({ cpuShare: 1 })
    const requestor = await world.open()
    await requestor.dial(provider.did)
    await until(requestor, () => requestor.market.offers().length === 1)
    expect(requestor.market.preview({})).toMatchObject({ matching: 1 })
    expect(requestor.market.preview({ interactive: true })).toMatchObject({ seen: 1, matching: 0 })
  })
})
