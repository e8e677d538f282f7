import { afterEach, describe, expect, it } from 'vitest'
import type { FrameOf } from '../../activity/frames.ts'
import type { WireResult } from '../../activity/messages.ts'
import type { Amount } from '../../kernel/amount.ts'
import { inputHash, leafHash, merkleRoot } from '../../receipts/merkle.ts'
import { ExecutionReceipt } from '../../receipts/messages.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import { encodeTaskProof, readTaskProof, taskProofOf } from '../../receipts/task-proof.ts'
import { type AttestedBody, ResultAttested, WitnessAsked } from '../../receipts/witness.ts'
import type { Cid } from '../../wire/cid.ts'
import { committed } from './committed.fixture.ts'
import { stops } from './handed.fixture.ts'
import { stops as openedStops, tasks } from './opened.fixture.ts'
import { goodOutcome, goodResult, now, party, summary, until } from './plane.fixture.ts'
import { leafOf } from './results.ts'
import { both, shown } from './revealing.fixture.ts'

afterEach(async () => {
  for (const stop of [...stops.splice(0), ...openedStops.splice(0)].reverse()) await stop()
})

const witnessed: Redundancy = { mode: 'witnessed', witnesses: 1, samplePermille: 1_000 }
const two = new Uint8Array([2])

/** Two of the same task: the first has shown its result, the other shows its own. */
async function answered({ theirs = {}, range }: { theirs?: Partial<WireResult>; range?: string } = {}) {
  const it = await both(now, witnessed, async ({ got, by, answer, wire }) => {
    const first = goodResult(got[0]!.index)
    await by.commit([first])
    await by.closed()
    await answer([shown(first)])
    await wire.frame('ack')
  })
  const one = goodResult(it.index)
  const { other } = it
  await other.by.commit([{ ...one, ...theirs }])
  await other.by.closed()
  if (range) for (const { signer } of [it.provider, other.party]) it.requestor.node.ranges.set(signer.did, range)
  await it.answer([shown({ ...one, ...theirs })], other.about, other.wire, other.party)
  return { ...it, one }
}

/** The other is asked whether it stands for the first one's receipt. */
async function asked(theirs: Partial<WireResult> = {}) {
  const it = await answered({ theirs })
  const { other } = it
  const frame = await other.wire.frame('attest')
  const sign = async (positions: readonly number[] = [0]) => {
    const proof = readTaskProof(frame.proofs[0])
    if (!proof.ok) throw new Error(proof.code)
    const receipt = await other.party.shell.sealing.unseal(proof.value.receipt)
    if (!receipt.ok) throw new Error(receipt.code)
    const fields = {
      to: it.requestor.signer.did,
      receipt: receipt.value.id,
      job: it.job,
      activity: it.about.activity,
      positions: [...positions],
      asked: frame.asked,
    }
    const event = ResultAttested.author({ author: other.party.signer.did, issuedAt: now() }, fields)
    const attestation = await other.party.shell.sealing.seal(event)
    await other.wire.send({ type: 'attested', id: frame.id, attestation })
    return receipt.value.id
  }
  return { ...it, frame, sign }
}

describe('a witness', () => {
  it('[WN1] [WN2] [WN4] is shown a receipt when it has shown its own result, and its word is kept beside it', async () => {
    const it = await asked()
    const receipt = await it.sign()
    const kept = await until(() => it.requestor.node.attestations.get(receipt))
    expect(kept).toMatchObject([{ body: { author: it.other.party.signer.did, positions: [0] } }])
    expect(it.requestor.written.flat()).toContain('receipts/attested')
    expect(it.requestor.faults).toEqual([])
  })

  it('[WN3] is found wrong when it signs for a result that is not its own', async () => {
    const it = await asked({ stdout: two })
    const receipt = await it.sign()
    await until(() => it.requestor.faults.includes('check attested-blindly'))
    const ended = await until(() => [...it.requestor.node.agreements.values()].find(({ ended }) => ended))
    expect([ended.provider, ended.ended?.reason?.code]).toEqual([it.other.party.signer.did, 'WrongResult'])
    expect(it.requestor.node.attestations.get(receipt)).toBeUndefined()
  })

  it('[WN3] says nothing of tasks that it was not shown', async () => {
    const it = await asked()
    const receipt = await it.sign([0, 1])
    await until(() => it.requestor.faults.includes('check attestation-not-asked'))
    expect(it.requestor.node.attestations.get(receipt)).toBeUndefined()
  })

  it('[WN3] is not heard with another question than it was asked', async () => {
    const it = await asked()
    it.frame.asked[it.frame.asked.length - 1]! ^= 1
    const receipt = await it.sign()
    await until(() => it.requestor.faults.includes('check attestation-not-asked'))
    expect(it.requestor.node.attestations.get(receipt)).toBeUndefined()
  })

  it('[WN3] is not heard by who did not ask', async () => {
    const it = await asked()
    await it.other.wire.send({ type: 'attested', id: it.frame.id + 1, code: 'not-witnessed' })
    await until(() => it.requestor.faults.includes('check attestation-not-asked'))
  })
})

it('[WN8] nobody is asked to stand for what somebody of its address range computed', async () => {
  // Where they are comes out when both have the task.
  const { other, requestor } = await answered({ range: '203.0.113.0/24' })
  await other.wire.frame('ack')
  await other.wire.send({ type: 'attested', id: 0, code: 'not-witnessed' })
  await until(() => requestor.faults.includes('check attestation-not-asked'))
})

describe('a provider that is asked to witness', () => {
  /** It has computed task 0, and is shown what somebody else signed of it. */
  async function shownTo(theirs: Partial<WireResult> = {}) {
    const it = await committed()
    await it.wire.send({ type: 'run', tasks: tasks(0, 1) })
    await until(() => it.runtime.started.length === 1)
    it.runtime.finish('0')
    await it.heard()
    const other = await party(it.board)
    openedStops.push(other.stop)
    const { agreement, job, module } = it.provider.node.activities.get(it.activity)!
    const result = { ...goodResult(0), stdout: goodOutcome.stdout, ...theirs }
    const about = {
      activity: job as Cid,
      secret: new Uint8Array(16),
      inputs: new Map([[0, inputHash(tasks(0, 1)[0]!)]]),
    }
    const leaf = leafOf(about, result)
    const fields = {
      ...summary([result], about),
      root: merkleRoot([leafHash(leaf)]),
      agreement,
      activity: about.activity,
      job,
      module,
      requestor: it.requestor.signer.did,
      sequence: 0,
      outputCids: [],
      cost: 0n as Amount,
    }
    const event = ExecutionReceipt.author({ author: other.signer.did, issuedAt: now() }, fields)
    const receipt = await other.shell.sealing.seal(event)
    const path = { position: 0, leafCount: 1, siblings: new Uint8Array(0) }
    type Asking = { positions?: readonly number[]; elsewhere?: boolean }
    const ask = async (
      change: Partial<typeof leaf> = {},
      { positions = [0], elsewhere = false }: Asking = {},
    ): Promise<FrameOf<'attested'>> => {
      const proof = encodeTaskProof(taskProofOf(receipt, { ...leaf, ...change }, path))
      const asking = {
        to: it.provider.signer.did,
        receipt: event.id,
        job,
        activity: about.activity,
        positions: [...positions],
      }
      const by = elsewhere ? other : it.requestor
      const question = WitnessAsked.author({ author: by.signer.did, issuedAt: now() }, asking)
      const asked = await by.shell.sealing.seal(question)
      await it.wire.send({ type: 'attest', id: 7, asked, proofs: [proof] })
      return it.wire.frame('attested')
    }
    return { ...it, ask, receipt: event.id }
  }

  it('[WN2] signs for what came to the same here', async () => {
    const it = await shownTo()
    const { id, attestation } = await it.ask()
    const opened = await it.requestor.shell.sealing.unseal(attestation!)
    expect([id, opened.ok && (opened.value.body as AttestedBody)]).toMatchObject([
      7,
      { author: it.provider.signer.did, receipt: it.receipt, positions: [0] },
    ])
  })

  it('[WN2] signs for nothing else, nor for a leaf that is not in the receipt', async () => {
    const it = await shownTo({ stdout: two })
    expect(await it.ask()).toMatchObject({ code: 'not-witnessed' })
    const another = await shownTo()
    expect(await another.ask({ salt: new Uint8Array(16) })).toMatchObject({ code: 'not-witnessed' })
  })

  it('[WN2] signs only what its requestor asked it itself', async () => {
    const it = await shownTo()
    expect(await it.ask({}, { elsewhere: true })).toMatchObject({ code: 'not-witnessed' })
    const another = await shownTo()
    expect(await another.ask({}, { positions: [1] })).toMatchObject({ code: 'not-witnessed' })
  })

  it('[WN4] [WN5] keeps what it signed, and the receipt, and says that it holds it', async () => {
    const it = await shownTo()
    await it.ask()
    expect(it.provider.written.flat()).toEqual(expect.arrayContaining(['receipts/attested', 'receipts/execution']))
    expect(it.provider.node.attestations.get(it.receipt)).toMatchObject([{ body: { author: it.provider.signer.did } }])
  })
})
