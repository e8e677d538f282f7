import { afterEach, describe, expect, it, vi } from 'vitest'
import { hostLimits } from '../../activity/host-abi.ts'
import type { WireTask } from '../../activity/messages.ts'
import type { TaskOutcome } from '../../activity/task.ts'
import { blockBytes } from '../../content/manifest.ts'
import { logsBlock, logsCidOf, verifyLogs } from '../../receipts/logs.ts'
import { inputHash, leafHash, merkleRoot } from '../../receipts/merkle.ts'
import type { ReceiptBody } from '../../receipts/messages.ts'
import { verifyOutputs } from '../../receipts/outputs.ts'
import { cidOf } from '../../wire/cid.ts'
import { eight, opened, secret, someContent, states, stops, tasks } from './opened.fixture.ts'
import { asRequestor, aWhile, goodOutcome, now, openTasks, party, until } from './plane.fixture.ts'
import { leafOf } from './results.ts'

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe('a stream of tasks', () => {
  it('is deployed, ready, and worked on as far as there is room', async () => {
    const { wire, runtime, plane } = await opened()
    expect(states(wire)).toEqual(['Deployed', 'Ready'])
    await wire.send({ type: 'run', tasks: tasks(0, 5) })
    await until(() => runtime.started.length === 2)
    expect(plane.work()).toMatchObject([{ queued: 3, running: 2, done: 0 }])
    runtime.finish('0')
    await until(() => runtime.started.length === 3)
    expect(runtime.started).toEqual(['0', '1', '2'])
  })

  it('[VF4] has as many at work at once as were agreed, where more is lent', async () => {
    const { wire, runtime, plane, activity, provider } = await opened({ slots: 16 })
    provider.node.plan = { ...provider.node.plan!, threads: 16 }
    const { threads } = provider.node.activities.get(activity)!
    await wire.send({ type: 'run', tasks: tasks(0, 10) })
    await until(() => runtime.started.length === threads)
    expect(plane.work()).toMatchObject([{ queued: 10 - threads, running: threads }])
  })

  it('is of its requestor alone', async () => {
    const { open, board, provider, plane } = await opened()
    const stranger = await party(board)
    stops.push(stranger.stop)
    await stranger.network.dial(provider.signer.peerId, [], AbortSignal.timeout(1_000))
    const wire = await open({}, stranger)
    expect(await wire.frame('state')).toMatchObject({ state: 'Terminated', code: 'activity-unknown' })
    expect(await until(() => wire.end.how)).toBe('closed')
    expect(plane.work()).toHaveLength(1)
  })

  it('begins with the name of an activity, and ends with junk', async () => {
    const { requestor, provider, plane, wire } = await opened()
    const nameless = asRequestor(await openTasks(requestor, provider))
    void plane.serve(provider.incoming.at(-1)!)
    await nameless.send({ type: 'run', tasks: tasks(0, 1) })
    expect(await until(() => nameless.end.how)).toBe('closed')
    await wire.stream.send(new Uint8Array([9, 9]))
    expect(await until(() => wire.end.how)).toBe('broken')
  })
})

it('[SR6] a script is a task like another: it keeps its place while its content comes, and its receipt is over its commands', async () => {
  const content = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
  const { wire, runtime, plane, read, activity } = await opened({ slots: 1, content: content.promise })
  const script: WireTask['script'] = [
    { type: 'deploy' },
    { type: 'start' },
    { type: 'transfer', from: `content:${someContent}`, to: 'file:a' },
    { type: 'run', args: ['of the script'] },
  ]
  const scripted = { ...tasks(0, 1)[0]!, args: [], script }
  await wire.send({ type: 'run', tasks: [scripted, ...tasks(1, 2)] })
  await until(() => plane.work()[0]?.running === 1)
  await aWhile()
  expect([runtime.started, plane.work()[0]?.queued]).toEqual([[], 1])
  content.resolve(eight)
  await until(() => runtime.started.length === 1)
  runtime.finish('of the script')
  const frame = await wire.frame('results')
  expect(frame.results[0]).toMatchObject({ index: 0, status: 'ok', fuel: 500n, commands: [{}, {}, {}, { index: 3 }] })
  const leaf = leafOf({ activity, secret, inputs: new Map([[0, inputHash(scripted)]]) }, frame.results[0]!)
  expect((await read(frame)).body.root).toEqual(merkleRoot([leafHash(leaf)]))
  await until(() => runtime.started.length === 2)
  expect(runtime.started).toEqual(['of the script', '1'])
})

describe('more tasks than an honest requestor hands out', () => {
  /** A frame holds 1,024 tasks; two frames and a little more are too many. */
  async function flooded(extra: number) {
    const it = await opened({ slots: 0 })
    for (const from of [0, 1_024]) await it.wire.send({ type: 'run', tasks: tasks(from, from + 1_024) })
    if (extra > 0) await it.wire.send({ type: 'run', tasks: tasks(2_048, 2_048 + extra) }).catch(() => {})
    return it
  }

  it('wait up to 2,048', async () => {
    const { plane, wire } = await flooded(0)
    await until(() => plane.work()[0]?.queued === 2_048)
    await aWhile()
    expect(wire.end.how).toBeUndefined()
  })

  it('break the stream, and none of them waits any longer', async () => {
    const { plane, wire, provider, activity } = await flooded(1)
    expect(await until(() => wire.end.how)).toBe('broken')
    await until(() => provider.node.activities.get(activity)?.state === 'Unresponsive')
    expect(plane.work()).toMatchObject([{ queued: 0, running: 0 }])
  })
})

describe('a task that somebody types into', () => {
  const typed = (sequence: number, sizeBytes: number) =>
    ({ type: 'input', index: 0, start: 0, sequence, bytes: new Uint8Array(sizeBytes), isFinal: false }) as const

  it('[TE3] ends its activity where more is typed than a program may have unread', async () => {
    const { wire, provider, activity } = await opened()
    await wire.send({ type: 'run', tasks: [{ ...tasks(0, 1)[0]!, live: 'terminal' }] })
    expect(await wire.frame('awaiting')).toMatchObject({ index: 0, start: 0, received: 0, isAwaiting: false })
    await wire.send(typed(0, 65_536))
    await aWhile()
    expect(states(wire)).not.toContain('Terminated')
    await wire.send(typed(65_536, 1))
    const ended = await until(() => wire.heard.find((frame) => frame.type === 'state' && frame.state === 'Terminated'))
    expect(ended).toMatchObject({ code: 'input-over-window' })
    await until(() => provider.node.activities.get(activity)?.state === 'Terminated')
  })

  it('[TE2] is told of on a new stream, and keeps its place', async () => {
    const { wire, open, runtime } = await opened()
    await wire.send({ type: 'run', tasks: [{ ...tasks(0, 1)[0]!, live: 'terminal' }] })
    await wire.send(typed(0, 5))
    await wire.frame('awaiting')
    await aWhile()
    const again = await open()
    expect(await again.frame('awaiting')).toMatchObject({ index: 0, start: 0, received: 5 })
    runtime.finish('0')
    expect(await again.frame('results')).toMatchObject({ results: [{ index: 0 }] })
  })

  it('[TE8] tells each second what was used, as long as anything runs', async () => {
    const { wire, runtime } = await opened()
    await wire.send({ type: 'run', tasks: tasks(0, 1) })
    const { durationUs, bytesIn } = await wire.frame('usage')
    expect([durationUs > 500_000, bytesIn > 0]).toEqual([true, true])
    runtime.finish('0')
    await wire.frame('results')
  })
})

it('[SC6] tasks that wait for pay are computed by nobody, kept, and spoken of every two seconds', async () => {
  const { wire, runtime, plane } = await opened({ isPaidFirst: true })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  stops.push(() => vi.useRealTimers())
  await wire.send({ type: 'run', tasks: tasks(0, 5) })
  await until(() => plane.work()[0]?.queued === 5)
  for (const at of [0, 1]) {
    vi.advanceTimersByTime(2_000)
    expect(await wire.frame('returned', at)).toMatchObject({ indexes: [], code: 'not-paid' })
  }
  expect(runtime.started).toEqual([])
  expect(plane.work()).toMatchObject([{ queued: 5, running: 0 }])
})

describe('frames of results', () => {
  it('carry a receipt over exactly what is in them, each the next of its chain', async () => {
    const { wire, runtime, read, activity } = await opened({ slots: 1 })
    const given = tasks(0, 2)
    const inputs = new Map(given.map((task) => [task.index, inputHash(task)]))
    for (const [sequence, task] of given.entries()) {
      await wire.send({ type: 'run', tasks: [task] })
      await until(() => runtime.started.includes(`${task.index}`))
      runtime.finish(`${task.index}`)
      const frame = await wire.frame('results', sequence)
      const { body, indexes } = await read(frame)
      expect(indexes).toEqual([task.index])
      expect(body).toMatchObject({ activity, sequence, taskCount: 1, okCount: 1, failedCount: 0, isFinal: false })
      const leaves = frame.results.map((result) => leafHash(leafOf({ activity, secret, inputs }, result)))
      expect(body.root).toEqual(merkleRoot(leaves))
    }
  })

  it('count bytes both ways, and time, and never less than before', async () => {
    const { wire, runtime, read } = await opened({ slots: 1 })
    const usages: ReceiptBody['usage'][] = []
    for (const at of [0, 1]) {
      await wire.send({ type: 'run', tasks: tasks(at, at + 1) })
      await until(() => runtime.started.length > at)
      runtime.finish(`${at}`)
      usages.push((await read(await wire.frame('results', at))).body.usage)
    }
    const [first, second] = usages
    expect(first!.bytesIn).toBeGreaterThan(0)
    expect(second!.bytesIn).toBe(2 * first!.bytesIn)
    expect(second!.bytesOut).toBe(2 * first!.bytesOut)
    expect(second!.durationUs).toBe(2 * first!.durationUs)
  })

  it('wait for company while more work is queued: 64 go at once, and what is left when nothing is queued', async () => {
    const at = now()
    const { wire, runtime } = await opened({ slots: 1, clock: () => at })
    const endsFrame = [0, 64, 98, 99]
    await wire.send({ type: 'run', tasks: tasks(0, 100) })
    for (let index = 0; index < 100; index++) {
      await until(() => runtime.started.length > index)
      runtime.finish(`${index}`)
      const frame = endsFrame.indexOf(index)
      if (frame >= 0) await wire.frame('results', frame)
    }
    const sizes = wire.heard.flatMap((frame) => (frame.type === 'results' ? [frame.results.length] : []))
    expect(sizes).toEqual([1, 64, 34, 1])
  })

  it('wait for the requestor: with 64 of them untold of, computing pauses, and goes on with its word', async () => {
    const { wire, runtime } = await opened({ slots: 1 })
    for (let at = 0; at < 64; at++) {
      await wire.send({ type: 'run', tasks: tasks(at, at + 1) })
      await until(() => runtime.started.length > at)
      runtime.finish(`${at}`)
      await wire.frame('results', at)
    }
    await wire.send({ type: 'run', tasks: tasks(64, 65) })
    await aWhile()
    expect(runtime.started).toHaveLength(64)
    await wire.send({ type: 'ack', sequence: 0 })
    await until(() => runtime.started.length === 65)
  })
})

describe('a stream that broke', () => {
  it('is taken up by the next: frames that were not stored come again, running tasks are not computed twice', async () => {
    const { wire, runtime, open, read } = await opened({ slots: 1 })
    await wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => runtime.started.length === 1)
    runtime.finish('0')
    const { body: sent } = await read(await wire.frame('results'))
    await wire.send({ type: 'run', tasks: tasks(1, 3) })
    await until(() => runtime.started.length === 2)
    wire.stream.abort('broken')
    const again = await open({ received: 0 })
    const { body } = await read(await again.frame('results'))
    expect(body).toEqual(sent)
    await until(() => states(again).includes('Ready'))
    expect(again.heard.map(({ type }) => type).slice(0, 1)).toEqual(['results'])
    await again.send({ type: 'run', tasks: tasks(1, 3) })
    await aWhile()
    runtime.finish('1')
    await until(() => runtime.started.length === 3)
    runtime.finish('2')
    await until(() => again.heard.flatMap((one) => (one.type === 'results' ? one.results : [])).length === 3)
    expect(runtime.started).toEqual(['0', '1', '2'])
  })

  it('brings nothing again that the requestor says it has', async () => {
    const { wire, runtime, open } = await opened({ slots: 1 })
    await wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => runtime.started.length === 1)
    runtime.finish('0')
    await wire.frame('results')
    const again = await open({ received: 1 })
    expect(await until(() => wire.end.how)).toBe('broken')
    await until(() => states(again).includes('Ready'))
    expect(again.heard.filter(({ type }) => type === 'results')).toEqual([])
  })
})

describe('[PV6] a stream that broke before anything was stored', () => {
  /** What the node then knows of the activity, after `finished` of its two tasks. */
  async function lostAfter(finished: number) {
    const { wire, runtime, provider, activity } = await opened()
    await wire.send({ type: 'run', tasks: tasks(0, 2) })
    await until(() => runtime.started.length === 2)
    for (let n = 0; n < finished; n++) runtime.finish(String(n))
    const sent = () => wire.heard.flatMap((one) => (one.type === 'results' ? one.results : []))
    await until(() => sent().length === finished)
    wire.stream.abort('broken')
    return until(() => {
      const lost = provider.node.activities.get(activity)
      return lost?.state === 'Unresponsive' && lost
    })
  }

  it('had nothing more to bring where all that was asked for had been sent', async () => {
    expect(await lostAfter(2)).toMatchObject({ hasSentAll: true })
  })

  it('had more to bring where something ran, or nothing had come of it yet', async () => {
    expect(await lostAfter(1)).toMatchObject({ hasSentAll: false })
    expect(await lostAfter(0)).toMatchObject({ hasSentAll: false })
  })
})

describe('the end of an activity', () => {
  it('is a last receipt, and nothing is told of what was stopped', async () => {
    const { wire, runtime, read, plane, provider, activity } = await opened()
    const told: unknown[] = []
    plane.onTask((done) => told.push(done))
    await wire.send({ type: 'run', tasks: tasks(0, 5) })
    await until(() => runtime.started.length === 2)
    await wire.send({ type: 'terminate', reason: 'Success' })
    const { body, indexes } = await read(await wire.frame('results'))
    expect(body).toMatchObject({ isFinal: true, outcome: 'CompletedSuccessfully', taskCount: 0, sequence: 0 })
    expect(indexes).toEqual([])
    expect(await until(() => wire.end.how)).toBe('closed')
    await until(() => plane.work().length === 0)
    expect(runtime.started).toHaveLength(2)
    expect(provider.node.activities.get(activity)?.state).toBe('Terminated')
    expect(wire.heard.filter(({ type }) => type === 'results')).toHaveLength(1)
    expect(told).toEqual([])
  })

  it('says that the provider stopped, where it did', async () => {
    const { wire, read, provider } = await opened()
    await provider.shell.command({ type: 'stopSelling', reason: '' })
    await until(() => states(wire).includes('Terminated'))
    expect(wire.heard).toContainEqual(expect.objectContaining({ state: 'Terminated', code: 'Shutdown' }))
    expect((await read(await wire.frame('results'))).body).toMatchObject({ isFinal: true, outcome: 'Cancelled' })
    expect(await until(() => wire.end.how)).toBe('closed')
  })

  it('leaves recalled tasks out', async () => {
    const { wire, runtime, plane } = await opened({ slots: 1 })
    await wire.send({ type: 'run', tasks: tasks(0, 4) })
    await until(() => plane.work()[0]?.queued === 3)
    await wire.send({ type: 'recall', indexes: [0, 2, 3] })
    expect(await wire.frame('returned')).toMatchObject({ code: 'recalled' })
    expect(plane.work()).toMatchObject([{ queued: 1 }])
    runtime.finish('0')
    await until(() => runtime.started.length === 2)
    expect(runtime.started).toEqual(['0', '1'])
  })
})

describe('[HA4] [HA5] what a program says beside its output', () => {
  const data = new Uint8Array([4, 2])
  const log = new TextEncoder().encode('info here\n')
  const saying: TaskOutcome = {
    ...goodOutcome,
    log,
    anchors: [data],
    usage: { ...goodOutcome.usage, custom: { pages: 3n } },
  }

  it('is in the leaf of its task, named in the receipt, and kept as a block', async () => {
    const { wire, runtime, read, kept, activity } = await opened()
    await wire.send({ type: 'run', tasks: tasks(0, 2) })
    await until(() => runtime.started.length === 2)
    for (const arg of ['0', '1']) runtime.finish(arg, saying)
    const frame = await wire.frame('results')
    const { body } = await read(frame)
    expect(frame.results[0]).toMatchObject({ log, anchors: [data], custom: { pages: 3n }, hostUnits: 700n })
    expect(body).toMatchObject({ outputCids: frame.results.map(() => cidOf(data, 'raw')) })
    expect(body.usage).toMatchObject({
      hostUnits: 700n * BigInt(frame.results.length),
      custom: { pages: 3n * BigInt(frame.results.length) },
    })
    expect(kept[0]).toEqual(data)
    const block = kept.find((bytes) => logsCidOf(bytes) === body.logsCid)
    expect(verifyLogs(body, frame.results)).toMatchObject({ ok: true, value: block })
    expect(verifyLogs(body, [])).toMatchObject({ code: 'logs-differ' })
    const inputs = new Map(tasks(0, 2).map((task) => [task.index, inputHash(task)]))
    const leaves = frame.results.map((result) => leafOf({ activity, secret, inputs }, result))
    expect(merkleRoot(leaves.map(leafHash))).toEqual(body.root)
    expect(verifyOutputs(body, frame.results)).toMatchObject({ ok: true })
    expect(verifyOutputs(body, [])).toMatchObject({ code: 'outputs-differ' })
  })

  it('takes frames enough that the logs of each are one block', async () => {
    const { wire, runtime, read } = await opened({ slots: 4 })
    await wire.send({ type: 'run', tasks: tasks(0, 4) })
    await until(() => runtime.started.length === 4)
    const full = new Uint8Array(hostLimits.logBytes)
    for (const arg of ['0', '1', '2', '3']) runtime.finish(arg, { ...goodOutcome, log: full })
    const counts: number[] = []
    while (counts.reduce((sum, count) => sum + count, 0) < 4) {
      const frame = await wire.frame('results', counts.length)
      expect((await read(frame)).body.logsCid).toBe(logsCidOf(logsBlock(frame.results)))
      expect(logsBlock(frame.results)?.length).toBeLessThanOrEqual(blockBytes)
      counts.push(frame.results.length)
    }
    expect(counts.length).toBeGreaterThan(1)
  })

  it('takes frames enough that each receipt can name all of it', async () => {
    const { wire, runtime, read } = await opened({ slots: 4 })
    await wire.send({ type: 'run', tasks: tasks(0, 4) })
    await until(() => runtime.started.length === 4)
    const anchors = Array.from({ length: 32 }, (_, n) => new Uint8Array([n]))
    for (const arg of ['0', '1', '2', '3']) runtime.finish(arg, { ...goodOutcome, anchors })
    for (const at of [0, 1, 2, 3]) {
      const { body, indexes } = await read(await wire.frame('results', at))
      expect([indexes, body.outputCids.length]).toEqual([[at], 32])
    }
  })
})
