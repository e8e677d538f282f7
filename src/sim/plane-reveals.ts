import { encodeFrame } from '../activity/frames.ts'
import type { WireResult } from '../activity/messages.ts'
import type { Schedule } from '../activity/schedule.ts'
import { CommitsClosed, type CommittedBody, resultHash } from '../receipts/commit.ts'
import type { Leaf } from '../receipts/merkle.ts'
import { isCommitted } from '../receipts/redundancy.ts'
import { createRounds, type RoundRefusal } from '../receipts/rounds.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { SimStream } from './network.ts'
import type { Host } from './shell.ts'

type CommitSet = { readonly index: number; readonly commits: readonly Uint8Array[] }

const noSalt = new Uint8Array(32)

/** CO2–CO5 of one job, as adapters/plane/revealing keeps them. */
export type SimReveals = NonNullable<ReturnType<typeof createReveals>>

export function createReveals(
  host: Host,
  job: Cid,
  {
    schedule,
    slackMs,
    streamOf,
  }: { schedule: Schedule; slackMs: number; streamOf(activity: Cid): SimStream | undefined },
) {
  const { world, node } = host
  const spec = node.jobs.get(job)?.spec
  if (!spec || !isCommitted(spec.policy.redundancy)) return undefined
  const patienceMs = spec.limits.timeoutMs + slackMs
  const rounds = createRounds(patienceMs, schedule.awaitsCopy)
  const { checks } = world
  checks.rounds.began(job)

  function tell(id: Cid, sets: readonly CommitSet[]): void {
    const activity = node.activities.get(id)
    if (!activity || sets.length === 0) return
    const told = sets.map(({ index, commits }) => ({ index, commits: commits.map((one) => Uint8Array.from(one)) }))
    const fields = { to: activity.provider, agreement: activity.agreement, activity: id, sets: told }
    const event = CommitsClosed.author({ author: host.did, issuedAt: host.now() }, fields)
    const stream = streamOf(id)
    const commits = world.codec.seal(host.signer, event)
    if (stream) world.network.send(stream, host, encodeFrame({ type: 'closed', commits }))
  }

  function close(among?: Iterable<number>): void {
    const told = new Map<Cid, CommitSet[]>()
    for (const { index, commits, to } of rounds.close(world.now, among)) {
      checks.rounds.closed(job, { index, to, out: outOf(index), patienceMs })
      for (const activity of to) told.set(activity, [...(told.get(activity) ?? []), { index, commits }])
    }
    for (const [activity, sets] of told) tell(activity, sets)
  }

  const outOf = (index: number): readonly Cid[] =>
    [...schedule.lanes.values()].filter(({ inFlight }) => inFlight.has(index)).map(({ activity }) => activity)

  /** Its answer counts for nobody. */
  function drop(index: number, { activity, provider }: { activity: Cid; provider: Did }): void {
    rounds.over(index, activity)
    checks.rounds.over(index, activity)
    schedule.answer(activity, index, 'again', 0, world.now, { provider })
  }

  return {
    asked: (activity: Cid, indexes: readonly number[]): void => {
      for (const index of indexes) rounds.asked(index, activity)
    },
    /** @param isOlder of an earlier life of this tab, which alone knew what was asked; @returns whoever contradicts itself is blamed */
    committed(
      session: { readonly activity: Cid; readonly provider: Did; readonly inputs: ReadonlyMap<number, unknown> },
      sealed: Uint8Array,
      isOlder: boolean,
    ): RoundRefusal | 'malformed' | undefined {
      const { activity, provider, inputs } = session
      const opened = world.codec.unseal(sealed)
      if (!opened.ok || opened.value.body.type !== 'receipts/results-committed') return 'malformed'
      const body = opened.value.body as CommittedBody
      if (body.author !== provider || body.to !== host.did || body.activity !== activity) return 'malformed'
      if (schedule.excluded.has(provider)) return undefined
      const again: CommitSet[] = []
      for (const { index, commit } of body.commits) {
        if (isOlder && index < schedule.progress().total && !inputs.has(index)) rounds.asked(index, activity)
        const refusal = rounds.committed(index, activity, commit, world.now)
        const closed = rounds.closedTo(index, activity)
        if (refusal === 'commit-contradicted') return refusal
        if (refusal) {
          again.push({ index, commits: [] })
          if (refusal === 'commit-late') drop(index, session)
          continue
        }
        checks.rounds.committed(job, { index, activity, commit, now: world.now })
        schedule.committed(activity, index)
        if (closed) again.push({ index, commits: closed })
      }
      tell(activity, again)
      close(body.commits.map(({ index }) => index))
      return undefined
    },
    tick(): void {
      close()
      checks.rounds.ticked(job, world.now - patienceMs)
      for (const activity of rounds.waiting()) schedule.returns(activity, world.now)
    },
    /** CO4: which of these are no results, and whether whoever shows them is blamed. */
    refused(
      session: { readonly activity: Cid; readonly provider: Did },
      results: readonly WireResult[],
      { leaves, mayBlame }: { leaves: readonly Leaf[]; mayBlame: boolean },
    ): { readonly refused: ReadonlySet<number>; readonly isBlamed: boolean } {
      const { activity, provider } = session
      const agreement = node.activities.get(activity)?.agreement
      const none = new Map<number, RoundRefusal>()
      for (const [at, { index, reveal = noSalt }] of results.entries()) {
        const shown = { agreement: agreement!, activity, provider, index, salt: reveal }
        const whole = { ...shown, result: resultHash(leaves[at]!) }
        const refusal = rounds.revealed(whole)
        if (refusal) none.set(index, refusal)
        else {
          checks.rounds.accepted(whole)
          rounds.over(index, activity)
          checks.rounds.over(index, activity)
        }
      }
      const isBlamed = [...none.values()].includes('reveal-differs')
      if (none.size > 0 && mayBlame) {
        checks.rounds.refused(host, provider, [...none.values()][0]!)
        if (!isBlamed) schedule.exclude(provider, 'wrong')
      }
      for (const index of none.keys()) drop(index, session)
      return { refused: new Set(none.keys()), isBlamed }
    },
    over: (index: number, activity: Cid): void => {
      rounds.over(index, activity)
      checks.rounds.over(index, activity)
    },
    left: rounds.left,
    holds(activity: Cid, indexes: readonly number[]): void {
      rounds.holds(activity, indexes)
      checks.rounds.holds(activity, indexes)
    },
    ended: (activity: Cid): void => {
      rounds.ended(activity)
      checks.rounds.ended(activity)
    },
  }
}
