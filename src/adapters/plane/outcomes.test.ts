import { afterEach, describe, expect, it } from 'vitest'
import type { WireResult } from '../../activity/messages.ts'
import { handed, stops } from './handed.fixture.ts'
import { goodResult, until } from './plane.fixture.ts'

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const lie = (index: number): WireResult => ({ ...goodResult(index), stdout: new Uint8Array([9]) })

/** One provider has all three tasks of a job whose answers are compared, and its requestor computes the first one itself. */
async function found() {
  const it = await handed(3, undefined, undefined, undefined, { redundancy: { mode: 'adaptive' } })
  const compute = async (index: number): Promise<void> => {
    const own = await it.plane.local(it.job, 1)
    expect(own.take(1)).toEqual([index])
    await own.finish([goodResult(index)])
    own.leave()
  }
  await compute(0)
  const told = async () =>
    (await it.requestor.jobs.results(it.job, 0, 9)).map(({ result }) => ({
      index: result.index,
      isOwn: result.provider === it.requestor.node.me,
      wrong: result.check?.wrong,
    }))
  return { ...it, compute, told }
}

describe('who is found wrong by one of its answers', () => {
  it('[SC15] is not believed in another one of the same frame, which is done again', async () => {
    const it = await found()
    expect(it.got.map(({ index }) => index)).toEqual([0, 1, 2])
    const liar = it.provider.signer.did
    // Nobody else is there to look at the second: alone it would be taken, unverified.
    await it.answer([lie(1), lie(0)])
    const agreement = await until(() => [...it.requestor.node.agreements.values()].find(({ ended }) => ended))
    expect(agreement.ended?.reason).toMatchObject({ code: 'WrongResult' })
    await until(() => it.requestor.faults.includes('check wrong-result'))
    await it.compute(2)
    await it.compute(1)
    const all = [
      { index: 0, isOwn: true, wrong: [liar] },
      { index: 1, isOwn: true, wrong: [] },
      { index: 2, isOwn: true, wrong: [] },
    ]
    expect((await it.told()).sort((a, b) => a.index - b.index)).toEqual(all)
  })
})
