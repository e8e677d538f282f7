import { afterEach, describe, expect, it, vi } from 'vitest'
import { committed } from './committed.fixture.ts'
import { states, stops, tasks } from './opened.fixture.ts'
import { aWhile, goodOutcome, until } from './plane.fixture.ts'

afterEach(async () => {
  vi.useRealTimers()
  for (const stop of stops.splice(0).reverse()) await stop()
})

const results = ({ wire }: Awaited<ReturnType<typeof committed>>) => wire.heard.filter(({ type }) => type === 'results')

describe('what a provider has computed', () => {
  it('[CO1] [CO2] [CO6] is committed to and not shown before all have committed; meanwhile it computes on', async () => {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 3) })
    await until(() => it.runtime.started.length === 2)
    it.runtime.finish('0')
    await until(() => it.runtime.started.length === 3)
    const { commits, author, to } = await it.heard()
    expect([author, to, commits.map(({ index }) => index)]).toEqual([
      it.provider.signer.did,
      it.requestor.signer.did,
      [0],
    ])
    await aWhile()
    expect(results(it)).toEqual([])
    const others = new Uint8Array(32).fill(9)
    await it.close([{ index: 0, commits: [others, commits[0]!.commit] }])
    it.runtime.finish('1')
    it.runtime.finish('2')
    const { results: come } = await it.wire.frame('results')
    expect(come.map(({ index }) => index)).toEqual([0])
    expect(it.opens(come[0]!)).toEqual(commits[0]!.commit)
  })

  it('[CO3] is never shown where the others were shown without it', async () => {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 2) })
    await until(() => it.runtime.started.length === 2)
    it.runtime.finish('0')
    it.runtime.finish('1')
    const { commits } = await it.heard()
    const rest = commits.length === 2 ? commits : [...commits, ...(await it.heard(it.wire, 1)).commits]
    await it.close([
      { index: 0, commits: [new Uint8Array(32)] },
      { index: 1, commits: [rest.find(({ index }) => index === 1)!.commit] },
    ])
    expect((await it.wire.frame('results')).results.map(({ index }) => index)).toEqual([1])
    await aWhile()
    expect(results(it)).toHaveLength(1)
  })

  it('[CO2] is shown on the word of its requestor alone', async () => {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => it.runtime.started.length === 1)
    it.runtime.finish('0')
    const { commits } = await it.heard()
    await it.close([{ index: 0, commits: [commits[0]!.commit] }], { by: it.provider })
    expect(await until(() => it.wire.end.how)).toBe('broken')
    expect(results(it)).toEqual([])
  })

  it('[CO7] is committed to again on a new stream, alike', async () => {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => it.runtime.started.length === 1)
    it.runtime.finish('0')
    const before = await it.heard()
    const again = await it.open()
    expect((await it.heard(again)).commits).toEqual(before.commits)
    await until(() => states(again).includes('Ready'))
    expect(again.heard.find((frame) => frame.type === 'state' && frame.state === 'Ready')).toMatchObject({ holds: [0] })
    await it.close([{ index: 0, commits: [before.commits[0]!.commit] }], { on: again })
    expect((await again.frame('results')).results).toMatchObject([{ index: 0 }])
  })

  it('[CO6] is given back where the requestor never says that it may be shown', async () => {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => it.runtime.started.length === 1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] })
    it.runtime.finish('0')
    await aWhile()
    await vi.advanceTimersByTimeAsync(100)
    // It is signed in a thread of its own: only then its time begins.
    await it.wire.frame('committed')
    await aWhile()
    for (let passed = 0; passed < 20; passed++) await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    expect(await it.wire.frame('returned')).toMatchObject({ indexes: [0], code: 'not-closed' })
    expect(results(it)).toEqual([])
  })

  it('[CO6] waits up to a bound: beyond it nothing is begun', async () => {
    const it = await committed()
    const large = { ...goodOutcome, stdout: new Uint8Array(7 * 1_048_576) }
    await it.wire.send({ type: 'run', tasks: tasks(0, 8) })
    for (let n = 0; n < 5; n++) {
      await until(() => it.runtime.started.includes(`${n}`))
      it.runtime.finish(`${n}`, large)
    }
    await aWhile()
    // Two were at work when the fifth came.
    expect(it.runtime.started).not.toContain('7')
  })
})
