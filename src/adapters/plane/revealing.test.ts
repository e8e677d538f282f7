import { afterEach, describe, expect, it } from 'vitest'
import type { WireResult } from '../../activity/messages.ts'
import { peerIdOfDid } from '../../identity/did.ts'
import { aPlan, freeFacts } from '../../node/world.examples.ts'
import { type ClosedBody, commitOf, ResultsCommitted, resultHash } from '../../receipts/commit.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import type { Cid } from '../../wire/cid.ts'
import { handed, stops } from './handed.fixture.ts'
import { asProvider, aWhile, goodResult, now, type Party, party, until } from './plane.fixture.ts'
import { leafOf } from './results.ts'

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const twoOfTwo: Redundancy = { mode: 'quorum', quorum: 2, copies: 2 }
const salt = new Uint8Array(32).fill(7)
type Wire = ReturnType<typeof asProvider>
type About = Parameters<typeof leafOf>[0]

/** A provider, played by hand, of a job whose results are committed to first. */
async function committing(clock = now) {
  const it = await handed(40, undefined, undefined, clock, { redundancy: twoOfTwo })
  return { ...it, by: speaking(it.requestor, it.provider, it.about, it.wire) }
}

/** What a provider says of its results before it shows them. */
function speaking(requestor: Party, provider: Party, about: About, wire: Wire) {
  const agreement = () => requestor.node.activities.get(about.activity)!.agreement
  const commitTo = (result: WireResult) =>
    commitOf({
      agreement: agreement(),
      activity: about.activity,
      provider: provider.signer.did,
      index: result.index,
      salt,
      result: resultHash(leafOf(about, result)),
    })
  return {
    commit: async (results: readonly WireResult[], told: { activity?: Cid } = {}) => {
      const commits = results.map((result) => ({ index: result.index, commit: commitTo(result) }))
      const fields = { to: requestor.signer.did, agreement: agreement(), activity: about.activity, commits, ...told }
      const event = ResultsCommitted.author({ author: provider.signer.did, issuedAt: now() }, fields)
      await wire.send({ type: 'committed', commits: await provider.shell.sealing.seal(event) })
    },
    closed: async (at = 0): Promise<ClosedBody> => {
      const opened = await provider.shell.sealing.unseal((await wire.frame('closed', at)).commits)
      if (!opened.ok) throw new Error(opened.code)
      return opened.value.body as ClosedBody
    },
    commitTo,
  }
}
const shown = (result: WireResult): WireResult => ({ ...result, reveal: salt })

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
  /** The second comes when the first has its tasks; both have the first task. */
  async function both(clock = now) {
    const it = await committing(clock)
    const other = await party(it.board)
    stops.push(other.stop)
    await other.shell.command({ type: 'sell', plan: aPlan({ facts: freeFacts }) })
    await it.requestor.network.dial(peerIdOfDid(other.signer.did)!, [], AbortSignal.timeout(1_000))
    const wire = asProvider(await until(() => other.incoming[0]))
    const { activity, secret } = await wire.frame('open')
    await wire.send({ type: 'state', state: 'Ready', progressPermille: 1_000 })
    const { tasks } = await wire.frame('run')
    const { index } = tasks.find((task) => it.got.some((had) => had.index === task.index))!
    const about = { activity: activity as Cid, secret, inputs: it.about.inputs }
    return { ...it, index, other: { party: other, wire, about, by: speaking(it.requestor, other, about, wire) } }
  }

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
