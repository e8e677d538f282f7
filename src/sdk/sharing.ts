import { isOpen } from '../activity/activity.ts'
import type { Exchange } from '../adapters/content/exchange.ts'
import type { EventLog } from '../adapters/storage.port.ts'
import { didOfPeerId } from '../identity/did.ts'
import type { NodeState } from '../node/state.ts'
import { disputeMachine } from '../receipts/dispute.ts'
import type { OpenedBody } from '../receipts/dispute-messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { PeerId } from '../wire/schema.ts'

/** Who may read which block: whoever works for us the module of that work and what its tasks may read, and everybody what was added to be shared. */
export type Sharing = {
  /** Makes a file readable for whoever asks, over reloads too. */
  share(file: Cid): Promise<void>
  /** Knows the names of all blocks behind what this peer may ask for. */
  prepare(peer: PeerId): Promise<void>
  mayRead(cid: Cid, peer: PeerId): boolean
}

const setting = 'shared'
/** Files shared by hand: beyond, the oldest is no longer served. */
const mostShared = 1_000

export async function createSharing(node: NodeState, content: Exchange, log: EventLog): Promise<Sharing> {
  const shared = new Set<Cid>(((await log.readSetting(setting).catch(() => undefined)) as Cid[] | undefined) ?? [])
  const blocksOf = new Map<Cid, ReadonlySet<Cid>>()

  async function learn(file: Cid): Promise<void> {
    if (blocksOf.has(file)) return
    const names = await content.namesOf(file)
    if (names.ok) blocksOf.set(file, new Set(names.value))
  }

  function filesFor(peer: PeerId): Cid[] {
    const did = didOfPeerId(peer)
    const theirs = [...node.activities.values()].filter((one) => one.provider === did && one.requestor === node.me)
    const disputed = [...node.disputes.values()].filter(
      (one) => one.respondent === did && !disputeMachine.isFinal(one.state),
    )
    return [
      ...new Set([
        ...theirs.filter(isOpen).flatMap(({ module, content: read }) => [module, ...read]),
        ...disputed.flatMap(({ opened: { body } }) => filesOfDispute(node, body)),
      ]),
    ]
  }

  /** What its receipt is over, for whoever has to run it again. */
  function filesOfDispute({ activities }: NodeState, { activity, input }: OpenedBody): Cid[] {
    const about = activities.get(activity)
    return [...(input ? [input] : []), ...(about ? [about.module, ...about.content] : [])]
  }

  return {
    async share(file) {
      shared.delete(file)
      shared.add(file)
      for (const oldest of [...shared].slice(0, Math.max(0, shared.size - mostShared))) shared.delete(oldest)
      await Promise.all([learn(file), log.writeSetting(setting, [...shared])])
    },
    async prepare(peer) {
      await Promise.all([...filesFor(peer), ...shared].map(learn))
    },
    mayRead: (cid, peer) => [...filesFor(peer), ...shared].some((file) => blocksOf.get(file)?.has(cid) === true),
  }
}
