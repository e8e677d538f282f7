import { sha256 } from '@noble/hashes/sha2.js'
import { jobId } from '../activity/job.ts'
import type { JobSpec } from '../activity/messages.ts'
import type { TaskInput } from '../activity/task.ts'
import { type Amount, zero } from '../kernel/amount.ts'
import { minuteMs } from '../kernel/time.ts'
import { creditsPlatform, freePlatform } from '../market/demand.ts'
import type { Dispute } from '../receipts/dispute.ts'
import { mostJurors } from '../receipts/dispute-messages.ts'
import type { TaskProof } from '../receipts/task-proof.ts'
import type { Cid } from '../wire/cid.ts'
import { encode } from '../wire/codec.ts'
import type { Did } from '../wire/schema.ts'
import type { TaskRequest } from './api.ts'
import { encodeFinding } from './dispute-finding.ts'
import type { createJobs } from './jobs.ts'
import type { Parts } from './mesh.ts'
import type { ReceiptsApi } from './receipts-api.ts'

export type JuryTask = {
  readonly spec: JobSpec
  readonly input: TaskInput
  readonly place: { readonly job: Cid; readonly index: number }
  /** Of all jurors together. */
  readonly maxPrice: Amount
}

/** A juror that is not found, or does not come back, within this is done without. */
const jurorMs = 2 * minuteMs

/** DS5: asks one provider after the other, none of them a party, for the same task in the same place: each a job of its own. */
export function createJury(
  parts: Parts,
  {
    jobs,
    proof,
  }: { jobs: Pick<ReturnType<typeof createJobs>, 'handle' | 'take' | 'seal'> } & Pick<ReceiptsApi, 'proof'>,
) {
  const { node, shell, timers } = parts

  /** The same each time, so that a reload finds the juror who was asked before. */
  const nonceOf = (dispute: Cid, nth: number): Uint8Array =>
    sha256(encode(['tabmesh juror', dispute, nth])).slice(0, 16)

  async function ask(task: JuryTask, { nonce, avoid }: { nonce: Uint8Array; avoid: readonly Did[] }): Promise<Cid> {
    const job = jobId(node.me, nonce)
    if (!node.jobs.has(job)) {
      const submitted = await shell.command({ type: 'submitJob', job, nonce, spec: specFor(task, avoid) })
      if (submitted.ok) await jobs.take(job, [asGiven(task.input)], 0)
      if (submitted.ok) await jobs.seal(job, false)
    }
    const handle = jobs.handle(job)
    const forget = timers.after(jurorMs, () => void handle?.cancel('no-juror'))
    await handle?.done
    forget()
    return job
  }

  /** What a juror signed, with the word under which limits: a block that proves it to anybody. */
  async function foundBy(job: Cid): Promise<Uint8Array | undefined> {
    const proven = await proof(job, 0)
    if (!proven.ok) return undefined
    const activity = await activityOf(proven.value.proof)
    const created = activity && node.activities.get(activity)?.created
    return created && encodeFinding(proven.value.bytes, await shell.sealing.seal(created))
  }

  async function activityOf({ receipt }: TaskProof): Promise<Cid | undefined> {
    const event = await shell.sealing.unseal(receipt)
    return event.ok && 'activity' in event.value.body ? (event.value.body.activity as Cid) : undefined
  }

  return {
    /** Blocks of findings, one juror after the other, until whoever asked has heard enough. */
    async *findings({ id, opener, respondent }: Dispute, task: JuryTask): AsyncGenerator<Uint8Array> {
      const avoid: Did[] = [opener, respondent]
      for (let nth = 0; nth < mostJurors; nth++) {
        const job = await ask(task, { nonce: nonceOf(id, nth), avoid })
        const block = await foundBy(job)
        avoid.push(
          ...[...(node.links.get(job)?.agreements ?? [])].flatMap((one) => node.agreements.get(one)?.provider ?? []),
        )
        if (!block) return
        yield block
      }
    },
  }
}

function specFor({ spec, place, maxPrice }: JuryTask, avoid: readonly Did[]): JobSpec {
  const { isSealed: _isSealed, channels: _channels, outbound: _outbound, ...kept } = spec
  const { maxFuel: _maxFuel, ...policy } = spec.policy
  const share = (maxPrice / BigInt(mostJurors)) as Amount
  return {
    ...kept,
    name: 'A disputed task',
    policy: {
      ...policy,
      redundancy: { mode: 'once' },
      maxPrice: share,
      avoid: [...new Set(avoid)],
      mostProviders: 1,
      door: 'offers',
    },
    platform: share > zero ? creditsPlatform : freePlatform,
    standsFor: place,
    runHere: false,
    isInteractive: false,
    capture: 'atEnd',
  }
}

/** A stored task, as it was submitted. */
const asGiven = (input: TaskInput): TaskRequest =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as TaskRequest
