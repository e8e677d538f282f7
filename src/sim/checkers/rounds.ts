import { equalBytes } from '../../kernel/bytes.ts'
import { type Committed, opensCommit } from '../../receipts/commit.ts'
import type { Cid } from '../../wire/cid.ts'
import type { Did } from '../../wire/schema.ts'
import type { Computed } from '../plane-results.ts'
import type { Host } from '../shell.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

type Copy = {
  readonly job: Cid
  readonly index: number
  readonly commit: Uint8Array
  readonly at: number
  /** When the first of its round was committed to, also if that has gone since. */
  readonly since: number
  isClosed: boolean
}

export type RoundChecks = ReturnType<typeof checkRounds>

/** CO1–CO5 from outside: kept apart from the rounds of the planes, by what was said and when. */
export function checkRounds(world: World) {
  const copies = new Map<string, Copy>()
  /** Also those that were shown since. */
  const closed = new Set<string>()
  /** Copies whose round was closed without them: nobody waits for those again. */
  const late = new Set<string>()
  const refusals = new Map<Did, string>()
  let shownResults = 0
  const keyOf = (activity: Cid, index: number): string => `${index} ${activity}`
  const open = (job: Cid): readonly Copy[] => [...copies.values()].filter((one) => one.job === job && !one.isClosed)

  return {
    /** Results that were shown behind commits and taken. */
    shown: (): number => shownResults,
    /** Who showed something else, by what it was told. */
    refusals: refusals as ReadonlyMap<Did, string>,
    /** In another life of a requestor's tab nothing of it is known. */
    began(job: Cid) {
      for (const [key, copy] of [...copies]) if (copy.job === job) copies.delete(key)
    },
    committed(
      job: Cid,
      { index, activity, commit, now }: { index: number; activity: Cid; commit: Uint8Array; now: number },
    ) {
      const known = copies.get(keyOf(activity, index))
      must(!known || equalBytes(known.commit, commit), () => `a second commit to task ${index} was taken`, job)
      if (known) return
      const since = open(job).find((one) => one.index === index)?.since ?? now
      copies.set(keyOf(activity, index), { job, index, commit, at: now, since, isClosed: false })
    },
    /** No set is closed while a copy is out whose commit may still come in time. */
    closed(
      job: Cid,
      { index, to, out, patienceMs }: { index: number; to: readonly Cid[]; out: readonly Cid[]; patienceMs: number },
    ) {
      const within = to.map((activity) => copies.get(keyOf(activity, index)))
      must(within.every(Boolean), () => `a set of task ${index} has a commit that nobody gave`, job)
      const firstAt = Math.min(...within.map((copy) => copy!.since))
      const missing = out.map((activity) => keyOf(activity, index)).filter((key) => !copies.has(key))
      const areAllIn = missing.every((key) => late.has(key))
      const isDue = areAllIn || world.now >= firstAt + patienceMs
      must(isDue, () => `the set of task ${index} was closed before a copy that was out had committed`, job)
      for (const copy of within) copy!.isClosed = true
      for (const key of missing) late.add(key)
      for (const activity of to) closed.add(keyOf(activity, index))
    },
    /** Nobody shows what was not closed. */
    shows(host: Host, activity: Cid, results: readonly Computed[]) {
      if (!host.actor.isHonest) return
      for (const { result } of results) {
        must(
          closed.has(keyOf(activity, result.index)),
          () => `task ${result.index} is shown before its commits are in`,
          activity,
        )
      }
    },
    /** What is taken is what was committed to, in time. */
    accepted(shown: Committed) {
      const copy = copies.get(keyOf(shown.activity, shown.index))
      must(copy?.isClosed === true, () => `a result of task ${shown.index} was taken without a closed commit`)
      must(opensCommit(copy.commit, shown), () => `a result of task ${shown.index} is not what was committed to`)
      shownResults += 1
    },
    refused(_host: Host, provider: Did, code: string) {
      const isHonest = world.hostOf.get(provider)?.actor.isHonest === true
      must(!isHonest, () => `an honest provider's reveal is refused: ${code}`)
      refusals.set(provider, code)
    },
    /** Every round ends: at each tick none has waited for longer than it may. */
    ticked(job: Cid, before: number) {
      must(
        open(job).every(({ at }) => at > before),
        () => 'a commit waits for longer than the others had time',
        job,
      )
    },
    over(index: number, activity: Cid) {
      copies.delete(keyOf(activity, index))
      late.delete(keyOf(activity, index))
    },
    holds(activity: Cid, indexes: readonly number[]) {
      const held = new Set(indexes.map((index) => keyOf(activity, index)))
      for (const key of [...copies.keys()]) if (key.endsWith(` ${activity}`) && !held.has(key)) copies.delete(key)
    },
    ended(activity: Cid) {
      for (const key of [...copies.keys()]) if (key.endsWith(` ${activity}`)) copies.delete(key)
    },
  }
}
