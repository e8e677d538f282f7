import { afterEach, describe, expect, it } from 'vitest'
import type { WireResult } from '../../activity/messages.ts'
import type { Command } from '../../activity/script.ts'
import { nameOfFile } from '../../content/manifest.ts'
import type { Amount } from '../../kernel/amount.ts'
import { timestamp } from '../../kernel/time.ts'
import { aCid } from '../../market/market.examples.ts'
import { inputHash } from '../../receipts/merkle.ts'
import type { Usage } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import { decode } from '../../wire/codec.ts'
import { type JobStore, StorageFailure } from '../storage.port.ts'
import { handed, isFoundOut, stops } from './handed.fixture.ts'
import { asProvider, aTask, aWhile, goodResult, now, party, patientTimers, summary, until } from './plane.fixture.ts'
import { createRequestorPlane } from './requestor.ts'

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe('what a provider brings', () => {
  it('is stored and acknowledged when its receipt is over exactly that', async () => {
    const { wire, got, answer, stored, requestor, about } = await handed()
    const [one, other] = got.map(({ index }) => index)
    await answer([goodResult(one!), goodResult(other!)])
    expect(await wire.frame('ack')).toMatchObject({ sequence: 0 })
    expect(await stored()).toEqual([one, other])
    expect(requestor.node.chains.get(about.activity)).toMatchObject({ okCount: 2 })
  })

  it('was asked for: a result of a task that was never handed out is not believed', async () => {
    const it = await handed()
    const index = 39
    expect(it.got.map((task) => task.index)).not.toContain(index)
    // Its input was guessed, so that only the asking is missing.
    it.about.inputs.set(index, inputHash(aTask(`task ${index}`)))
    await it.answer([goodResult(index)])
    await isFoundOut(it, 'not-asked-for')
  })

  it('is of a task that there is', async () => {
    const it = await handed()
    await it.answer([goodResult(4_000)])
    await isFoundOut(it, 'not-asked-for')
  })

  it('has a receipt of this activity', async () => {
    const it = await handed()
    await it.claim([goodResult(0)], { activity: aCid('another') })
    await isFoundOut(it, 'not-this-activity')
  })

  it('has a receipt of this provider, not of somebody else who signed well', async () => {
    const it = await handed()
    const stranger = await party(it.board)
    stops.push(stranger.stop)
    await it.claim([goodResult(0)], {}, stranger.signer)
    await isFoundOut(it, 'not-this-activity')
  })

  it('has a receipt whose place is the next of its chain', async () => {
    const it = await handed()
    await it.claim([goodResult(0)], { sequence: 3 })
    await isFoundOut(it, 'receipt-refused')
  })

  it('has a receipt over these results and these inputs', async () => {
    const it = await handed()
    it.about.inputs.set(0, inputHash(aTask('another input')))
    await it.answer([goodResult(0)])
    await isFoundOut(it, 'frame-root-differs')
  })

  it('has a receipt that asks for what was agreed: nothing', async () => {
    const it = await handed()
    await it.claim([goodResult(0)], { cost: 1n as Amount })
    await isFoundOut(it, 'cost-differs')
  })

  it.each<[string, Partial<Usage>]>([
    ['fuel than its tasks burned', { fuel: 501n }],
    ['time than its tasks took', { durationUs: 2_000 }],
    ['output than it brings', { bytesOut: 66 }],
    ['memory than any of its tasks had', { memoryBytes: 131_072 }],
    ['storage than there is', { storageBytes: 1 }],
    ['processor time than its tasks took', { cpuUs: 1_001 }],
    ['calls into the host than its tasks made', { hostUnits: 1n }],
  ])('[VF3] has a receipt that tells of no more %s', async (_, told) => {
    const it = await handed()
    const { usage } = summary([goodResult(0)], it.about)
    await it.claim([goodResult(0)], { usage: { ...usage, ...told } })
    await isFoundOut(it, 'usage-differs')
  })

  it.each<[string, Partial<Usage>, Partial<WireResult>]>([
    ['input than it was sent', { bytesIn: 1_000_000 }, {}],
    ['time than has passed', {}, { durationUs: 3_600_000_000 }],
    ['memory than a task may have', {}, { memoryBytes: 2 ** 33 }],
  ])('[VF4] has a receipt that tells of no more %s', async (_, told, result) => {
    const it = await handed()
    const brought = { ...goodResult(0), ...result }
    const { usage } = summary([brought], it.about)
    await it.claim([brought], { usage: { ...usage, ...told } })
    await isFoundOut(it, 'usage-over-limit')
  })

  it('has a receipt, and not just any event of its provider', async () => {
    const it = await handed()
    const receipt = await it.provider.shell.sealing.seal(
      it.provider.node.offer ?? ([...it.provider.node.agreements.values()][0]!.latest as never),
    )
    await it.wire.send({ type: 'results', results: [goodResult(0)], receipt })
    await isFoundOut(it, 'not-a-receipt')
  })

  it('is a frame: anything else breaks the stream, and nothing is stored', async () => {
    const { wire, stored, requestor } = await handed()
    await wire.stream.send(new Uint8Array([1, 2, 3]))
    await until(() => wire.end.how)
    expect(requestor.faults).toContain('results malformed')
    expect(await stored()).toEqual([])
  })
})

describe('the disk of the requestor', () => {
  it('has what is acknowledged; what is on its way there can be read before', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const it = await handed(40, (jobs) => ({
      ...jobs,
      async addResults(job, results) {
        await held
        return jobs.addResults(job, results)
      },
    }))
    const told: Cid[] = []
    it.plane.onResults((job) => told.push(job))
    await it.answer([goodResult(it.got[0]!.index)])
    await until(() => told.length === 1)
    await aWhile()
    expect(it.wire.heard.filter(({ type }) => type === 'ack')).toEqual([])
    expect(it.plane.fresh(it.job, 0, 10)?.map(({ position, result }) => [position, result.index])).toEqual([
      [1, it.got[0]!.index],
    ])
    expect(await it.stored()).toEqual([])
    release()
    await it.wire.frame('ack')
    expect([await it.stored(), told]).toEqual([[it.got[0]!.index], [it.job, it.job]])
  })

  it('gets together what comes one by one, results and receipts, and one word acknowledges them', async () => {
    const timers = patientTimers()
    const writes: number[] = []
    const disk = (jobs: JobStore): JobStore => ({
      ...jobs,
      addResults(job, results) {
        writes.push(results.length)
        return jobs.addResults(job, results)
      },
    })
    const it = await handed(40, disk, timers)
    const before = it.requestor.written.length
    const some = it.got.slice(0, 4).map(({ index }) => index)
    for (const index of some) await it.answer([goodResult(index)])
    await until(() => it.plane.fresh(it.job, 0, 10)?.length === 4)
    await aWhile()
    // The first came after a pause: it is stored at once.
    expect([writes, it.requestor.written.length - before]).toEqual([[1], 1])
    timers.ring()
    await until(() => it.wire.heard.some((frame) => frame.type === 'ack' && frame.sequence === 3))
    await aWhile()
    expect(it.wire.heard.filter(({ type }) => type === 'ack')).toMatchObject([{ sequence: 0 }, { sequence: 3 }])
    expect([writes, await it.stored()]).toEqual([[1, 3], some])
    expect(it.requestor.written.slice(before + 1)).toEqual([Array(3).fill('receipts/execution')])
  })

  it('gets what waits for company when the plane stops', async () => {
    const it = await handed(40, undefined, patientTimers())
    const [first, second] = it.got.map(({ index }) => index)
    for (const index of [first!, second!]) await it.answer([goodResult(index)])
    await until(() => it.plane.fresh(it.job, 0, 10)?.length === 2)
    await aWhile()
    expect(await it.stored()).toEqual([first])
    it.plane.stop()
    await aWhile()
    expect(await it.stored()).toEqual([first, second])
  })

  it('[ND2] has receipts before anything is said that was decided after them', async () => {
    const it = await handed(40, undefined, patientTimers())
    await it.answer([goodResult(it.got[0]!.index)])
    await until(() => it.plane.fresh(it.job, 0, 10)?.length === 1)
    await aWhile()
    const before = it.requestor.written.length
    await it.answer([goodResult(it.got[1]!.index)])
    await until(() => it.plane.fresh(it.job, 0, 10)?.length === 2)
    await it.requestor.shell.command({ type: 'cancelJob', job: it.job, reason: 'enough' })
    expect(it.requestor.written[before]?.slice(0, 1)).toEqual(['receipts/execution'])
    expect(it.requestor.written[before]?.length).toBeGreaterThan(1)
  })

  it('that is full ends the job, says why, and lets nothing be acknowledged', async () => {
    const it = await handed(40, (jobs) => ({
      ...jobs,
      addResults: async () => {
        throw new StorageFailure('disk-full', 'no room')
      },
    }))
    await it.answer([goodResult(it.got[0]!.index)])
    const job = await until(() => {
      const known = it.requestor.node.jobs.get(it.job)
      return known?.outcome && known
    })
    expect(job).toMatchObject({ outcome: 'Cancelled', reason: 'disk-full' })
    expect(it.requestor.faults).toContain('results disk-full')
    await aWhile()
    expect(it.wire.heard.filter(({ type }) => type === 'ack')).toEqual([])
    expect(await it.stored()).toEqual([])
  })
})

it('[TE8] a provider is late with a task however often it says that it works on it', async () => {
  let lateMs = 0
  const it = await handed(40, undefined, undefined, () => timestamp(now() + lateMs))
  const { timeoutMs } = it.requestor.node.jobs.get(it.job)!.spec.limits
  const usage = {
    type: 'usage',
    durationUs: 1,
    cpuUs: 1,
    memoryBytes: 1,
    storageBytes: 0,
    bytesIn: 1,
    bytesOut: 1,
  } as const
  lateMs = timeoutMs + 3_000
  await it.wire.send({ ...usage, fuel: 7n, counters: {} })
  await until(() => it.plane.usage(it.job).get(it.about.activity)?.fuel === 7n)
  expect(it.plane.lanes(it.job)[0]?.isPaused).toBe(false)
  lateMs += 2_000
  await until(() => it.plane.lanes(it.job)[0]?.lates === 1)
})

describe('a stream that broke', () => {
  /** The provider is back on another stream; somebody else took up meanwhile what it had. */
  async function broken() {
    const it = await handed(8)
    const here = await it.plane.local(it.job, 8)
    it.wire.stream.abort('broken')
    await until(() => it.requestor.node.activities.get(it.about.activity)?.state === 'Unresponsive')
    const taken = here.take(8)
    await it.requestor.shell.input({ type: 'timer', key: `activity:${it.about.activity}` })
    const again = asProvider(await until(() => it.provider.incoming[1]))
    await again.frame('open')
    return { ...it, again, taken }
  }

  it('loses no result: what was computed before comes before the provider is ready again', async () => {
    const { again, answer, about, stored, got } = await broken()
    await answer([goodResult(got[0]!.index)], about, again)
    await again.frame('ack')
    expect(await stored()).toEqual([got[0]!.index])
  })

  it('does not make a liar of a provider whose tasks were still running: their results come after', async () => {
    const { again, answer, about, got, requestor, taken } = await broken()
    expect(taken).toContain(got[0]!.index)
    await again.send({ type: 'state', state: 'Ready', progressPermille: 1_000 })
    await aWhile()
    await answer([goodResult(got[0]!.index)], about, again)
    await aWhile()
    expect(requestor.faults.filter((fault) => fault.startsWith('receipt'))).toEqual([])
    expect(again.end.how).toBeUndefined()
  })

  it('after a reload of this tab loses nothing that was asked for before it, also when it comes after', async () => {
    const it = await handed(8)
    const { requestor, provider, job, about, got, keep } = it
    it.plane.stop()
    await until(() => it.wire.end.how)
    requestor.node.startedAt = timestamp(now() + 1)
    const { node, shell, network, jobs: store, signer, timers, report } = requestor
    const plane = createRequestorPlane({ node, shell, network, store, signer, timers, now, keep, report })
    stops.push(plane.stop)
    requestor.attach(plane)
    const here = await plane.local(job, 8)
    expect(here.take(8)).toContain(got[0]!.index)
    await shell.input({ type: 'timer', key: `activity:${about.activity}` })
    const again = asProvider(await until(() => provider.incoming[1]))
    expect(await again.frame('open')).toMatchObject({ secret: about.secret })
    await again.send({ type: 'state', state: 'Ready', progressPermille: 1_000 })
    await aWhile()
    await it.answer([goodResult(got[0]!.index)], about, again)
    await again.frame('ack')
    expect(await it.stored()).toEqual([got[0]!.index])
    expect(requestor.faults.filter((fault) => fault.startsWith('receipt'))).toEqual([])
  })

  it('that brings a task which this tab lost before it was stored ends the activity, and nobody is blamed', async () => {
    const { again, answer, about, requestor, stored } = await broken()
    await answer([goodResult(4_000)], about, again)
    await until(() => again.end.how)
    const agreement = await until(() => [...requestor.node.agreements.values()].find(({ ended }) => ended))
    expect(agreement.ended?.reason).toMatchObject({ code: 'activity-unknown', isFinal: false })
    expect(requestor.faults.filter((fault) => fault.startsWith('receipt'))).toEqual([])
    expect(await stored()).toEqual([])
  })
})

describe('a provider that is past its time', () => {
  it('[SC6] is heard again with any word, but not with one of pay that it is not owed', async () => {
    let lateMs = 0
    const clock = () => timestamp(now() + lateMs)
    const { plane, job, wire } = await handed(40, undefined, undefined, clock)
    const isPaused = () => plane.lanes(job)[0]?.isPaused
    lateMs = 60_000
    await wire.frame('recall')
    await wire.send({ type: 'returned', indexes: [], code: 'not-paid' })
    await aWhile()
    expect(isPaused()).toBe(true)
    await wire.send({ type: 'returned', indexes: [], code: 'recalled' })
    await until(() => isPaused() === false)
  })
})

it('what programs say of how far they are is told of tasks that are under way, and of no others', async () => {
  const { wire, plane, job, got } = await handed()
  const [one] = got.map(({ index }) => index)
  const told = () => plane.lanes(job)[0]?.told ?? []
  const say = (...tasks: { index: number; permille: number }[]) => wire.send({ type: 'progress', tasks })
  await say({ index: one!, permille: 250 }, { index: 39, permille: 900 })
  expect(await until(() => told()[0])).toEqual({ index: one, permille: 250 })
  await say({ index: one!, permille: 500 })
  await until(() => told()[0]?.permille === 500)
  expect(told()).toEqual([{ index: one, permille: 500 }])
})

it('[VF5] content that a script put into the store is what its CID names, or the activity ends', async () => {
  const script: readonly Command[] = [
    { type: 'deploy' },
    { type: 'start' },
    { type: 'transfer', from: 'file:a', to: 'content:' },
  ]
  const scripted = () =>
    handed(40, undefined, undefined, undefined, { task: () => ({ ...aTask(''), args: [], script }) })
  const [said, other] = [new TextEncoder().encode('said'), new TextEncoder().encode('other')]
  const { stdout: _, ...rest } = goodResult(0)
  const nothing = new Uint8Array(0)
  const command = { status: 'ok', exitCode: 0, stdout: nothing, stderr: nothing, durationUs: 0, fuel: 0n } as const
  const brought = (index: number, content: Uint8Array): WireResult => ({
    ...rest,
    index,
    stdout: nothing,
    commands: script.map(({ type }, at) => ({
      ...command,
      index: at,
      type,
      message: type === 'transfer' ? nameOfFile(said) : '',
      ...(type === 'transfer' && { content }),
    })),
  })
  const honest = await scripted()
  await honest.answer([brought(honest.got[0]!.index, said)])
  await honest.wire.frame('ack')
  expect(await honest.stored()).toEqual([honest.got[0]!.index])
  const lying = await scripted()
  await lying.answer([brought(lying.got[0]!.index, other)])
  await isFoundOut(lying, 'commands-differ')
})

it('[HA4] a receipt that names other data than came with it ends the activity', async () => {
  const it = await handed()
  await it.claim([goodResult(0)], { outputCids: [aCid('another')] })
  await until(() => it.requestor.faults.some((fault) => fault.includes('outputs-differ')))
})

it('[HA5] the logs of a frame are kept as the block that its receipt names, and another one ends the activity', async () => {
  const it = await handed()
  const log = new TextEncoder().encode('info here\n')
  const logged = { ...goodResult(it.got[0]!.index), log }
  await it.answer([logged])
  await it.wire.frame('ack')
  expect(it.kept.map((block) => decode(block))).toMatchObject([{ value: [[logged.index, log]] }])
  const other = await handed()
  await other.claim([goodResult(other.got[0]!.index)], { logsCid: aCid('another') })
  await isFoundOut(other, 'logs-differ')
})
