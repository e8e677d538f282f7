import { valueText } from '../activity/value-text.ts'
import { leafOf, secretOf } from '../adapters/plane/results.ts'
import type { StoredResult } from '../adapters/storage.port.ts'
import type { Signer } from '../identity/signing.ts'
import { setBounded } from '../kernel/bound.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { ok, refuse } from '../kernel/result.ts'
import { inputHash, type Leaf, type TaskOutput } from '../receipts/merkle.ts'
import { encodeTaskProof, proveTask, readTaskProof, taskProofOf } from '../receipts/task-proof.ts'
import { type Cid, cidOf } from '../wire/cid.ts'
import type { Parts } from './mesh.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'
import type { ClaimedTask, ReceiptsApi } from './receipts-api.ts'
import type { StoredFrames } from './stored-frames.ts'
import { inputOf } from './task-source.ts'

/** Envelopes that were checked: proofs of one job come with a few of them, many times over. */
const mostEnvelopes = 256

export function createProofs(
  { jobs: disk, signer }: Pick<Parts, 'jobs' | 'signer'>,
  sources: Pick<ReceiptSources, 'proven' | 'ownLog' | 'seal'>,
  frames: StoredFrames,
): Pick<ReceiptsApi, 'proof' | 'checkProof'> {
  const checked = new Map<Cid, Promise<Receipt | undefined>>()
  /** Proofs come by the frame: to compare is cheaper than to name. */
  let last: { readonly envelope: Uint8Array; readonly checking: Promise<Receipt | undefined> } | undefined

  /** The signature of one envelope is checked once, in whatever many proofs it comes. */
  function signed(envelope: Uint8Array): Promise<Receipt | undefined> {
    if (last && equalBytes(last.envelope, envelope)) return last.checking
    const name = cidOf(envelope, 'raw')
    const checking = checked.get(name) ?? sources.proven(envelope)
    setBounded(checked, name, checking, mostEnvelopes)
    last = { envelope, checking }
    return checking
  }

  return {
    async proof(job, index) {
      const result = await frames.ofTask(job, index)
      if (!result) return refuse('result-not-stored', { task: index })
      if (!result.receipt) return refuse('result-without-receipt', { task: index })
      if (!result.proof) return refuse('proof-not-stored', { task: index })
      const receipt = await sources.ownLog(result.receipt)
      if (!receipt) return refuse('receipt-not-found', { receipt: result.receipt })
      const leaf = await leafOfStored({ disk, signer }, receipt, result)
      const proof = taskProofOf(await sources.seal(receipt), leaf, result.proof)
      return ok({ proof, bytes: encodeTaskProof(proof) })
    },
    async checkProof(given, claimed = {}) {
      const read = readTaskProof(given)
      if (!read.ok) return read
      const { receipt: envelope, leaf, path } = read.value
      const receipt = await signed(envelope)
      if (!receipt) return refuse('proof-not-signed', { task: leaf.index })
      const input = inputOfClaimed(claimed)
      if (input && !input.ok) return input
      const proven = proveTask(receipt.body, read.value, { input: input?.value, output: outputOf(claimed) })
      if (!proven.ok) return proven
      return ok({
        receipt: { id: receipt.id, body: receipt.body },
        leaf,
        position: path.position,
        isInputProven: input !== undefined,
        isOutputProven: claimed.output !== undefined,
      })
    },
  }
}

const inputOfClaimed = ({ input }: ClaimedTask): ReturnType<typeof inputOf> | undefined => input && inputOf(input)

/** Values of commands as they were signed. */
const outputOf = ({ output }: ClaimedTask): TaskOutput | undefined =>
  output && {
    ...output,
    commands: output.commands?.map((one) => ({ ...one, values: one.values?.map(valueText) })),
  }

/** What the provider signed for, made again of what is stored here. */
export async function leafOfStored(
  { disk, signer }: { disk: Parts['jobs']; signer: Signer },
  { body: { job, activity } }: Receipt,
  result: StoredResult,
): Promise<Leaf> {
  const { index, number = index } = result
  const [input] = await disk.tasks(job, [index])
  const inputs = new Map([[number, inputHash(input!)]])
  return leafOf({ activity, secret: await secretOf(signer, activity), inputs }, result)
}
