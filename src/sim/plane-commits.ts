import { encodeFrame, exitCodeOf } from '../activity/frames.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { type ClosedBody, commitOf, mostCommits, ResultsCommitted, resultHash } from '../receipts/commit.ts'
import { outputHash } from '../receipts/merkle.ts'
import type { Cid } from '../wire/cid.ts'
import type { Computed } from './plane-results.ts'
import type { Host } from './shell.ts'
import { randomBytes } from './signing.ts'

type Kept = { readonly computed: Computed; readonly commit: Uint8Array; readonly salt: Uint8Array; toldAt: number }

/** Results of an activity that wait for the word that others have committed too. */
export type Keeping = { readonly waiting: Map<number, Kept>; untold: number[]; isTelling: boolean }
export const newKeeping = (): Keeping => ({ waiting: new Map(), untold: [], isTelling: false })

type Session = { readonly activity: Cid; readonly keeping: Keeping | undefined; readonly isEnding: boolean }

/** The numbers of adapters/plane/committing.ts. */
const gatherMs = 50
const patienceMs = 30_000

/** CO1, CO2 as adapters/plane/committing does them. */
export function createCommits<One extends Session>(
  host: Host,
  ports: { send(session: One, bytes: Uint8Array): void; released(session: One, all: readonly Computed[]): void },
) {
  const { world, rng } = host
  const made = ({ activity }: Session) => host.node.activities.get(activity)

  function tellSoon(session: One, keeping: Keeping): void {
    if (keeping.isTelling || session.isEnding || keeping.untold.length === 0) return
    keeping.isTelling = true
    world.plan(gatherMs, 'commit', host, () => {
      keeping.isTelling = false
      tell(session, keeping)
      tellSoon(session, keeping)
    })
  }

  function tell(session: One, keeping: Keeping): void {
    const activity = made(session)
    const commits = keeping.untold.splice(0, mostCommits).flatMap((index) => {
      const one = keeping.waiting.get(index)
      if (!one) return []
      one.toldAt = world.now
      return [{ index, commit: one.commit as Uint8Array<ArrayBuffer> }]
    })
    if (!activity || commits.length === 0 || session.isEnding) return
    const { agreement, id, requestor } = activity
    const event = ResultsCommitted.author(
      { author: host.did, issuedAt: host.now() },
      { to: requestor, agreement, activity: id, commits },
    )
    ports.send(session, encodeFrame({ type: 'committed', commits: world.codec.seal(host.signer, event) }))
    world.plan(activity.limits.timeoutMs + patienceMs, 'notClosed', host, () => giveBack(session, keeping))
  }

  /** What the requestor never closed. */
  function giveBack(session: One, keeping: Keeping): void {
    const before = world.now - (made(session)?.limits.timeoutMs ?? 0) - patienceMs
    const indexes = [...keeping.waiting].filter(([, { toldAt }]) => toldAt <= before).map(([index]) => index)
    for (const index of indexes) keeping.waiting.delete(index)
    if (indexes.length === 0 || session.isEnding) return
    ports.send(session, encodeFrame({ type: 'returned', indexes, code: 'not-closed' }))
    ports.released(session, [])
  }

  return {
    /** @returns whether it is kept back */
    keepsBack(session: One, computed: Computed): boolean {
      const { keeping } = session
      const activity = made(session)
      if (!keeping || !activity) return false
      const { result } = computed
      const { index, status, fuel, hostUnits } = result
      const hash = resultHash({
        status,
        exitCode: exitCodeOf(result),
        outputHash: outputHash(result),
        fuel,
        hostUnits,
      })
      const salt = randomBytes(rng, 32)
      const bound = { agreement: activity.agreement, activity: activity.id, provider: host.did, index, salt }
      keeping.waiting.set(index, { computed, commit: commitOf({ ...bound, result: hash }), salt, toldAt: world.now })
      keeping.untold.push(index)
      tellSoon(session, keeping)
      return true
    },
    /** CO7: on a new stream what waits is told again, as it was. */
    again(session: One): void {
      const { keeping } = session
      if (!keeping) return
      keeping.untold = [...keeping.waiting.keys()]
      tellSoon(session, keeping)
    },
    /** @returns false where it is not what the requestor of this activity may say */
    closed(session: One, commits: Uint8Array): boolean {
      const { keeping, activity } = session
      const opened = world.codec.unseal(commits)
      if (!keeping || !opened.ok || opened.value.body.type !== 'receipts/commits-closed') return false
      const { author, to, activity: of, sets } = opened.value.body as ClosedBody
      if (author !== made(session)?.requestor || to !== host.did || of !== activity) return false
      const shown = sets.flatMap(({ index, commits: all }) => {
        const one = keeping.waiting.get(index)
        keeping.waiting.delete(index)
        if (!one?.salt || !all.some((commit) => equalBytes(commit, one.commit))) return []
        const { inputHash, result } = one.computed
        return [{ inputHash, result: { ...(host.actor.shows?.(result, host) ?? result), reveal: one.salt } }]
      })
      world.checks.rounds.shows(host, activity, shown)
      ports.released(session, shown)
      return true
    },
  }
}
