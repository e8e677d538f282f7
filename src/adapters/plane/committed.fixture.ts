import type { WireResult } from '../../activity/messages.ts'
import { CommitsClosed, type CommittedBody, commitOf, resultHash } from '../../receipts/commit.ts'
import { inputHash } from '../../receipts/merkle.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import { opened, secret, tasks } from './opened.fixture.ts'
import { now, type Party } from './plane.fixture.ts'
import { leafOf } from './results.ts'

const twoOfThree: Redundancy = { mode: 'quorum', quorum: 2, copies: 3 }

/** A provider of an activity whose results are committed to first; the requestor is played by hand. */
export async function committed() {
  const it = await opened({ redundancy: twoOfThree })
  const { requestor, provider, activity } = it
  const agreement = provider.node.activities.get(activity)!.agreement
  const heard = async (on = it.wire, at = 0): Promise<CommittedBody> => {
    const read = await requestor.shell.sealing.unseal((await on.frame('committed', at)).commits)
    if (!read.ok) throw new Error(read.code)
    return read.value.body as CommittedBody
  }
  const close = async (
    sets: { index: number; commits: Uint8Array[] }[],
    { by = requestor, on = it.wire }: { by?: Party; on?: typeof it.wire } = {},
  ) => {
    const fields = { to: provider.signer.did, agreement, activity, sets }
    const event = CommitsClosed.author({ author: by.signer.did, issuedAt: now() }, fields)
    await on.send({ type: 'closed', commits: await by.shell.sealing.seal(event) })
  }
  const opens = (result: WireResult): Uint8Array => {
    const inputs = new Map([[result.index, inputHash(tasks(result.index, result.index + 1)[0]!)]])
    const about = { agreement, activity, provider: provider.signer.did, index: result.index, salt: result.reveal! }
    return commitOf({ ...about, result: resultHash(leafOf({ activity, secret, inputs }, result)) })
  }
  return { ...it, heard, close, opens }
}
