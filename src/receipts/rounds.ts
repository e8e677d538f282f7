import { compareBytes, equalBytes } from '../kernel/bytes.ts'
import type { Cid } from '../wire/cid.ts'
import { type Committed, mostCopies, opensCommit } from './commit.ts'
import type { Digest } from './digest.ts'

/** Why something that a copy's provider said is not taken. */
export type RoundRefusal =
  | 'commit-not-asked'
  | 'commit-late'
  | 'commit-contradicted'
  | 'reveal-early'
  | 'reveal-differs'
/** What is to be told: the set of a task, to everybody whose commit is in it. */
export type ClosedRound = { readonly index: number; readonly commits: readonly Digest[]; readonly to: readonly Cid[] }

/** Whoever is to have another copy has it within this, or is done without. */
const joinMs = 3_000

type Copy = { commit: Digest | undefined; closed: readonly Digest[] | undefined }
type Round = { readonly copies: Map<Cid, Copy>; firstAt: number | undefined }

/**
 * CO3: who has committed to what of a job, and when all may show it. A pure object, stepped by the data plane. Copies that are asked for
 * after the others were shown make a round of their own: nothing of those left the requestor.
 * @param patienceMs from the first commit to a task to the last that is waited for
 * @param awaitsCopy whether another copy of a task is still to be handed out: whoever is to have it must not come when the others were shown
 */
export function createRounds(patienceMs: number, awaitsCopy: (index: number) => boolean = () => false) {
  /** As many as tasks are out, or committed to and not shown. */
  const rounds = new Map<number, Round>()

  const closable = (index: number, { copies, firstAt }: Round, now: number): boolean => {
    const open = [...copies.values()].filter(({ closed }) => !closed)
    const committed = open.filter(({ commit }) => commit)
    if (committed.length === 0 || firstAt === undefined) return false
    if (now >= firstAt + patienceMs) return true
    return committed.length === open.length && (now >= firstAt + joinMs || !awaitsCopy(index))
  }

  function drop(index: number, activity: Cid): void {
    const round = rounds.get(index)
    if (!round?.copies.delete(activity)) return
    if (round.copies.size === 0) rounds.delete(index)
    // Whoever commits next must not find the others late already.
    if (![...round.copies.values()].some(({ commit, closed }) => commit && !closed)) round.firstAt = undefined
  }

  return {
    /** A copy of a task was handed out. What its provider committed to before stays. */
    asked(index: number, activity: Cid): void {
      const round = rounds.get(index) ?? { copies: new Map<Cid, Copy>(), firstAt: undefined }
      rounds.set(index, round)
      const isNew = round.copies.get(activity)?.commit === undefined && round.copies.size < mostCopies
      if (isNew) round.copies.set(activity, { commit: undefined, closed: undefined })
    },
    /** It has none of its tasks any more: it is not waited for. What it committed to stays. */
    left(activity: Cid): void {
      for (const [index, { copies }] of [...rounds])
        if (copies.get(activity)?.commit === undefined) drop(index, activity)
    },
    /**
     * CO7: on a new stream it says what it has at hand. What it had committed to and has no more, it lost in a reload: it computes that again, and
     * commits to it anew. Nobody was shown anything meanwhile, so that changes nothing.
     */
    holds(activity: Cid, indexes: readonly number[]): void {
      const held = new Set(indexes)
      for (const [index, { copies }] of [...rounds])
        if (copies.get(activity)?.commit && !held.has(index)) drop(index, activity)
    },
    /** @returns why not, where the commit is not taken */
    committed(index: number, activity: Cid, commit: Digest, now: number): RoundRefusal | undefined {
      const round = rounds.get(index)
      const copy = round?.copies.get(activity)
      if (!round || !copy) return 'commit-not-asked'
      if (copy.commit) return equalBytes(copy.commit, commit) ? undefined : 'commit-contradicted'
      if (copy.closed) return 'commit-late'
      copy.commit = commit
      round.firstAt ??= now
      return undefined
    },
    /** Tasks of which every commit is in or late, each told once. Whoever is late is out of the round. @param among all, unless said */
    close(now: number, among: Iterable<number> = rounds.keys()): readonly ClosedRound[] {
      const all: ClosedRound[] = []
      for (const index of among) {
        const round = rounds.get(index)
        if (!round || !closable(index, round, now)) continue
        const fresh = [...round.copies].filter(([, { closed }]) => !closed)
        const within = fresh.filter(([, { commit }]) => commit)
        const commits = within.flatMap(([, { commit }]) => commit ?? []).sort(compareBytes)
        for (const [, copy] of fresh) copy.closed = commits
        all.push({ index, commits, to: within.map(([activity]) => activity) })
        round.firstAt = undefined
      }
      return all
    },
    /** The set that was told to this copy, or is to be told again. */
    closedTo: (index: number, activity: Cid): readonly Digest[] | undefined =>
      rounds.get(index)?.copies.get(activity)?.closed,
    /** CO4: whether a result may be taken: its set was closed, its commit is in it, and opens with what is shown. */
    revealed(shown: Committed): RoundRefusal | undefined {
      const copy = rounds.get(shown.index)?.copies.get(shown.activity)
      if (!copy) return 'commit-not-asked'
      if (!copy.commit) return copy.closed ? 'commit-late' : 'reveal-early'
      if (!copy.closed) return 'reveal-early'
      return opensCommit(copy.commit, shown) ? undefined : 'reveal-differs'
    },
    /** This copy was shown, or never will be: nothing more of it is waited for. */
    over: drop,
    /** Whoever waits to show what it committed to. */
    waiting(): ReadonlySet<Cid> {
      const all = new Set<Cid>()
      for (const { copies } of rounds.values())
        for (const [activity, { commit, closed }] of copies) if (commit && !closed) all.add(activity)
      return all
    },
    /** An activity is over. */
    ended(activity: Cid): void {
      for (const index of [...rounds.keys()]) drop(index, activity)
    },
  }
}
export type Rounds = ReturnType<typeof createRounds>
