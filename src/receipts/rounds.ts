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

type Copy = { readonly activity: Cid; commit: Digest | undefined; isClosed: boolean }
type Round = { readonly copies: Map<Cid, Copy>; firstAt: number | undefined }

/**
 * CO3: who has committed to what of a job, and when all may show it. A pure object, stepped by the data plane. Copies that are asked for
 * after the others were shown make a round of their own: nothing of those left the requestor.
 * @param patienceMs from the first commit to a task to the last that is waited for
 */
export function createRounds(patienceMs: number) {
  const rounds = new Map<number, Round>()

  const closable = (round: Round, now: number): boolean => {
    const open = [...round.copies.values()].filter(({ isClosed }) => !isClosed)
    const committed = open.filter(({ commit }) => commit)
    if (committed.length === 0) return false
    return committed.length === open.length || (round.firstAt !== undefined && now >= round.firstAt + patienceMs)
  }

  return {
    /** A copy of a task was handed out. */
    asked(index: number, activity: Cid): void {
      const round = rounds.get(index) ?? { copies: new Map(), firstAt: undefined }
      rounds.set(index, round)
      if (round.copies.size < mostCopies) round.copies.set(activity, { activity, commit: undefined, isClosed: false })
    },
    /** Whoever held it has it no more: it is not waited for. What it committed stays. */
    left(index: number, activity: Cid): void {
      const round = rounds.get(index)
      if (round?.copies.get(activity)?.commit === undefined) round?.copies.delete(activity)
    },
    /** @returns why not, where the commit is not taken */
    committed(index: number, activity: Cid, commit: Digest, now: number): RoundRefusal | undefined {
      const copy = rounds.get(index)?.copies.get(activity)
      if (!copy) return 'commit-not-asked'
      if (copy.commit) return equalBytes(copy.commit, commit) ? undefined : 'commit-contradicted'
      if (copy.isClosed) return 'commit-late'
      copy.commit = commit
      const round = rounds.get(index)
      if (round) round.firstAt ??= now
      return undefined
    },
    /** Tasks of which every commit is in or late, each told once. Whoever is late is out of the round. */
    close(now: number): readonly ClosedRound[] {
      const closed: ClosedRound[] = []
      for (const [index, round] of rounds) {
        if (!closable(round, now)) continue
        const fresh = [...round.copies.values()].filter(({ isClosed }) => !isClosed)
        for (const copy of fresh) copy.isClosed = true
        const within = fresh.filter(({ commit }) => commit)
        const commits = within.flatMap(({ commit }) => commit ?? []).sort(compareBytes)
        closed.push({ index, commits, to: within.map(({ activity }) => activity) })
        round.firstAt = undefined
      }
      return closed
    },
    /** CO4: whether a result may be taken: its set was closed, its commit is in it, and opens with what is shown. */
    revealed(shown: Committed): RoundRefusal | undefined {
      const copy = rounds.get(shown.index)?.copies.get(shown.activity)
      if (!copy) return 'commit-not-asked'
      if (!copy.isClosed) return 'reveal-early'
      if (!copy.commit) return 'commit-late'
      return opensCommit(copy.commit, shown) ? undefined : 'reveal-differs'
    },
    /** The task has its result: nothing more of it is waited for. */
    ended(index: number): void {
      rounds.delete(index)
    },
    /** By which moment `close` has something to do again. */
    nextAt(): number | undefined {
      const waits = [...rounds.values()].flatMap(({ firstAt }) => firstAt ?? [])
      return waits.length > 0 ? Math.min(...waits) + patienceMs : undefined
    },
  }
}
export type Rounds = ReturnType<typeof createRounds>
