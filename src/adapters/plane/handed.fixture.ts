import { expect } from 'vitest'
import type { WireResult } from '../../activity/messages.ts'
import type { Signer } from '../../identity/signing.ts'
import type { Amount } from '../../kernel/amount.ts'
import { inputHash } from '../../receipts/merkle.ts'
import { ExecutionReceipt, type ReceiptBody } from '../../receipts/messages.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Verified } from '../../wire/event.ts'
import { sealed, signedMessage } from '../../wire/gate.ts'
import type { JobStore } from '../storage.port.ts'
import type { SteadyTimers } from '../timer-worker.ts'
import { type Asked, asProvider, aTask, now, pair, summary, until } from './plane.fixture.ts'
import { createRequestorPlane } from './requestor.ts'

/** What a test has opened: ended after it, the newest first. */
export const stops: (() => unknown)[] = []

/** A job of so many tasks whose provider is played by hand: it was opened, and has been handed its first tasks. */
export async function handed(
  tasks = 40,
  disk: (jobs: JobStore) => JobStore = (jobs) => jobs,
  slow?: SteadyTimers,
  clock = now,
  { redundancy, task = (n) => aTask(`task ${n}`) }: Asked = {},
) {
  const both = await pair(tasks, slow, false, { redundancy, task })
  const { requestor, provider } = both
  const { node, shell, network, signer, timers, report } = requestor
  const store = disk(requestor.jobs)
  const kept: Uint8Array[] = []
  const keep = async (bytes: Uint8Array) => kept.push(bytes)
  const plane = createRequestorPlane({ node, shell, network, store, signer, timers, now: clock, keep, report })
  stops.push(both.stop, plane.stop)
  requestor.attach(plane)
  const job = await both.submit()
  await plane.extended(job)
  const wire = asProvider(await until(() => provider.incoming[0]))
  const { activity, secret } = await wire.frame('open')
  await wire.send({ type: 'state', state: 'Ready', progressPermille: 1_000 })
  const { tasks: got } = await wire.frame('run')
  const inputs = new Map(got.map((task) => [task.index, inputHash(task)]))
  const about = { activity: activity as Cid, secret, inputs }

  /** Results with the receipt that our own node makes of them, as an honest provider sends them. */
  const answer = async (results: readonly WireResult[], told = about, on = wire, by = provider) => {
    const before = by.node.chains.get(told.activity)?.latest.body.usage
    const receipt = await by.shell.attest(told.activity, summary(results, told, before))
    if (!receipt) throw new Error('no receipt')
    await on.send({ type: 'results', results: [...results], receipt: await by.shell.sealing.seal(receipt) })
    return receipt
  }
  /** Results with a receipt of anybody's about anything. */
  const claim = async (results: readonly WireResult[], told: Partial<ReceiptBody>, by: Signer = provider.signer) => {
    const made = node.activities.get(about.activity)!
    const fields = {
      ...summary(results, about),
      agreement: made.agreement,
      activity: about.activity,
      job,
      module: made.module,
      requestor: signer.did,
      sequence: 0,
      outputCids: [],
      cost: 0n as Amount,
      ...told,
    }
    const event = ExecutionReceipt.author({ author: by.did, issuedAt: now(), prev: told.prev }, fields)
    const receipt = sealed(event.bytes, await by.sign(signedMessage(event.body.type, event.bytes)))
    await wire.send({ type: 'results', results: [...results], receipt })
    return event as Verified<ReceiptBody>
  }
  const stored = async () => (await store.results(job, 0, 1_000)).map(({ result }) => result.index)
  return { ...both, plane, job, wire, got, about, answer, claim, stored, kept, keep }
}
type Handed = Awaited<ReturnType<typeof handed>>

/** The provider is found out: nothing of it is kept, its stream ends, and so does its agreement, for good. */
export async function isFoundOut({ requestor, wire, stored, plane, job }: Handed, code: string): Promise<void> {
  await until(() => wire.end.how)
  const agreement = await until(() => [...requestor.node.agreements.values()].find(({ ended }) => ended))
  expect(requestor.faults.filter((fault) => fault.startsWith('receipt'))).toEqual([`receipt ${code}`])
  expect(agreement.ended?.reason).toMatchObject({ code: 'wrong-receipt', isFinal: true })
  expect(await stored()).toEqual([])
  expect(plane.lanes(job)).toEqual([])
}
