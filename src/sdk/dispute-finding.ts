import { ActivityCreated } from '../activity/messages.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { proveTask, readTaskProof } from '../receipts/task-proof.ts'
import type { Finding } from '../receipts/verdict.ts'
import type { Cid } from '../wire/cid.ts'
import { decode, encode } from '../wire/codec.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import { bytes, check, object } from '../wire/schema.ts'
import type { Parts } from './mesh.ts'
import type { Receipt, ReceiptSources } from './receipt-sources.ts'

type Created = Verified<BodyOf<typeof ActivityCreated>>
/** A finding as a block: the juror's proof, and the requestor's word under which limits it was found. */
const block = object({ proof: bytes(8_192), created: bytes(8_192) })
/** What a block of it may weigh. */
export const mostFindingBytes = 20_000

export const encodeFinding = (proof: Uint8Array, created: Uint8Array): Uint8Array<ArrayBuffer> =>
  encode({ proof, created })

/** Reads what somebody signed that a task came to; every signature in it is checked. */
export function findings({ shell }: Pick<Parts, 'shell'>, sources: Pick<ReceiptSources, 'proven'>) {
  /** DS1: what a receipt says of one task, under the limits of its activity. */
  async function ofProof(
    given: Uint8Array,
    created: Created,
  ): Promise<Result<Finding & { readonly receipt: Receipt }>> {
    const read = readTaskProof(given)
    if (!read.ok) return read
    const { leaf } = read.value
    const receipt = await sources.proven(read.value.receipt)
    if (!receipt) return refuse('proof-not-signed', { task: leaf.index })
    const proven = proveTask(receipt.body, read.value)
    if (!proven.ok) return proven
    const { author, activity, module, job } = receipt.body
    if (activity !== created.id || created.body.to !== author) return refuse('proof-not-signed', { task: leaf.index })
    const { limits, standsFor = { job, index: 0 } } = created.body
    const { status, exitCode, outputHash, fuel = 0n, hostUnits } = leaf
    return ok({
      receipt,
      by: author,
      module,
      inputHash: leaf.inputHash,
      limits,
      place: { job: standsFor.job, index: standsFor.index + leaf.index },
      run: { status, exitCode, outputHash, fuel, hostUnits },
    })
  }

  async function createdIn(sealed: Uint8Array): Promise<Created | undefined> {
    const event = await shell.sealing.unseal(sealed)
    return event.ok && event.value.body.type === ActivityCreated.type ? (event.value as Created) : undefined
  }

  return {
    ofProof,
    async ofBlock(given: Uint8Array): Promise<Result<Finding>> {
      const decoded = decode(given)
      const read = decoded.ok ? check(block, decoded.value) : decoded
      if (!read.ok) return read
      const created = await createdIn(read.value.created)
      return created ? ofProof(read.value.proof, created) : refuse('proof-not-signed')
    },
    /** By name: the only one there is. */
    isNamed: (finding: Finding & { receipt: Receipt }, receipt: Cid): boolean => finding.receipt.id === receipt,
  }
}
