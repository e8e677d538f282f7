import { afterEach, describe, expect, it } from 'vitest'
import { stops } from './handed.fixture.ts'
import { asProvider, aWhile, goodResult, now, until } from './plane.fixture.ts'
import { both, committing, shown, speaking } from './revealing.fixture.ts'

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const isLetGo = async ({ requestor, stored }: Awaited<ReturnType<typeof committing>>): Promise<void> => {
  const agreement = await until(() => [...requestor.node.agreements.values()].find(({ ended }) => ended))
  expect(agreement.ended?.reason).toMatchObject({ code: 'WrongResult' })
  expect(await stored()).toEqual([])
}

describe('a result that is committed to first', () => {
  it('[CO2] [CO4] is taken when it was told that all commits are in, and opens its own', async () => {
    const it = await committing()
    const one = goodResult(it.got[0]!.index)
    await it.by.commit([one])
    const { sets, author, to } = await it.by.closed()
    expect([author, to]).toEqual([it.requestor.signer.did, it.provider.signer.did])
    expect(sets).toEqual([{ index: one.index, commits: [it.by.commitTo(one)] }])
    await it.answer([shown(one)])
    await it.wire.frame('ack')
    // Of two that are asked for, one has answered.
    expect((await it.requestor.jobs.answers(it.job)).map(({ index }) => index)).toEqual([one.index])
    expect(it.requestor.faults).toEqual([])
  })

  it('[CO6] keeps nobody from getting more tasks while it waits', async () => {
    const it = await committing()
    await it.by.commit(it.got.map(({ index }) => goodResult(index)))
    const { tasks } = await it.wire.frame('run', 1)
    expect(tasks.some(({ index }) => it.got.some((had) => had.index === index))).toBe(false)
  })

  it('[CO4] [CO8] counts for nobody when it is shown before its time, and no more tasks are handed out for it', async () => {
    const it = await committing()
    const one = goodResult(it.got[0]!.index)
    await it.answer([shown(one)])
    await until(() => it.requestor.faults.includes('check reveal-early'))
    await it.wire.frame('ack')
    await aWhile()
    expect(await it.requestor.jobs.answers(it.job)).toEqual([])
    expect(it.wire.heard.filter(({ type }) => type === 'run')).toHaveLength(1)
  })

  it('[CO4] [CO8] proves its provider wrong when it is not what was committed to', async () => {
    const it = await committing()
    const one = goodResult(it.got[0]!.index)
    await it.by.commit([one])
    await it.by.closed()
    await it.answer([shown({ ...one, stdout: new Uint8Array([2]) })])
    await isLetGo(it)
    expect(it.requestor.faults).toContain('check reveal-differs')
    expect(await it.requestor.jobs.answers(it.job)).toEqual([])
  })

  it('[CO5] [CO8] proves its provider wrong when it is committed to a second time, as something else', async () => {
    const it = await committing()
    const one = goodResult(it.got[0]!.index)
    await it.by.commit([one])
    await it.by.commit([one])
    await aWhile()
    expect(it.requestor.faults).toEqual([])
    await it.by.commit([{ ...one, stdout: new Uint8Array([2]) }])
    await isLetGo(it)
    expect(it.requestor.faults).toContain('check commit-contradicted')
  })

  it('[CO3] is not committed to where it was not asked for: the provider is told to keep it', async () => {
    const it = await committing()
    const index = 39
    expect(it.got.map((task) => task.index)).not.toContain(index)
    await it.by.commit([goodResult(index)])
    expect((await it.by.closed()).sets).toEqual([{ index, commits: [] }])
    expect(it.requestor.faults).toEqual(['check commit-not-asked'])
  })

  it('[CO1] breaks the stream where it is brought by another than its provider, be it forged or repeated', async () => {
    const it = await both()
    const theirs = speaking(it.requestor, it.other.party, it.about, it.wire)
    await theirs.commit([goodResult(it.index)])
    expect(await until(() => it.wire.end.how)).toBe('broken')
    expect(it.requestor.faults).not.toContain('check commit-contradicted')
  })

  it('breaks the stream where its commit is not of this activity', async () => {
    const it = await committing()
    await it.by.commit([goodResult(0)], { activity: it.job })
    expect(await until(() => it.wire.end.how)).toBe('broken')
  })

  it('[CO7] is committed to again on a new stream, and what was closed is told again', async () => {
    const it = await committing()
    const one = goodResult(it.got[0]!.index)
    await it.by.commit([one])
    const before = await it.by.closed()
    it.wire.stream.abort('lost')
    const wire = asProvider(await until(() => it.provider.incoming[1]))
    await wire.frame('open')
    const by = speaking(it.requestor, it.provider, it.about, wire)
    await by.commit([one])
    expect((await by.closed()).sets).toEqual(before.sets)
    await wire.send({ type: 'state', state: 'Ready', progressPermille: 1_000 })
    await it.answer([shown(one)], it.about, wire)
    await wire.frame('ack')
    expect(await it.requestor.jobs.answers(it.job)).toHaveLength(1)
  })
})

describe('two providers of one task', () => {
  it('[CO2] hear of one another when both have committed, and not of who it was', async () => {
    const it = await both()
    const one = goodResult(it.index)
    await it.by.commit([one])
    await aWhile()
    const heard = [...it.wire.heard, ...it.other.wire.heard].map(({ type }) => type)
    expect(heard).not.toContain('closed')
    await it.other.by.commit([one])
    const [mine, theirs] = [await it.by.closed(), await it.other.by.closed()]
    expect(mine.sets).toEqual(theirs.sets)
    expect(mine.sets[0]!.commits).toHaveLength(2)
    await it.answer([shown(one)])
    await it.answer([shown(one)], it.other.about, it.other.wire, it.other.party)
    await until(() => it.plane.fresh(it.job, 0, 10)?.length === 1)
    expect(it.plane.fresh(it.job, 0, 10)?.[0]?.result.check).toMatchObject({ how: 'agreed' })
  })

  it('[CO3] wait for one another for a bounded time: who is late shows nothing', async () => {
    let passed = 0
    const clock = () => (now() + passed) as ReturnType<typeof now>
    const it = await both(clock)
    const one = goodResult(it.index)
    await it.by.commit([one])
    await aWhile()
    passed = 10 * 60_000
    expect((await it.by.closed()).sets[0]!.commits).toHaveLength(1)
    await it.other.by.commit([one])
    expect((await it.other.by.closed()).sets).toEqual([{ index: it.index, commits: [] }])
  })
})
