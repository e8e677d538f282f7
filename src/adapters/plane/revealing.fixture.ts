import type { WireResult } from '../../activity/messages.ts'
import { peerIdOfDid } from '../../identity/did.ts'
import { aPlan, freeFacts } from '../../node/world.examples.ts'
import { type ClosedBody, commitOf, ResultsCommitted, resultHash } from '../../receipts/commit.ts'
import type { Redundancy } from '../../receipts/redundancy.ts'
import type { Cid } from '../../wire/cid.ts'
import { handed, stops } from './handed.fixture.ts'
import { asProvider, now, type Party, party, until } from './plane.fixture.ts'
import { leafOf } from './results.ts'

const twoOfTwo: Redundancy = { mode: 'quorum', quorum: 2, copies: 2 }
const salt = new Uint8Array(32).fill(7)
type Wire = ReturnType<typeof asProvider>
type About = Parameters<typeof leafOf>[0]

/** A provider, played by hand, of a job whose results are committed to first. */
export async function committing(clock = now, redundancy = twoOfTwo) {
  const it = await handed(40, undefined, undefined, clock, { redundancy })
  return { ...it, by: speaking(it.requestor, it.provider, it.about, it.wire) }
}

/** What a provider says of its results before it shows them. */
export function speaking(requestor: Party, provider: Party, about: About, wire: Wire) {
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
export const shown = (result: WireResult): WireResult => ({ ...result, reveal: salt })

/** The second comes when the first has its tasks; both have the first task. */
export async function both(
  clock = now,
  redundancy = twoOfTwo,
  before: (it: Awaited<ReturnType<typeof committing>>) => Promise<unknown> = () => Promise.resolve(),
) {
  const it = await committing(clock, redundancy)
  await before(it)
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
