import type { Seller } from './crowd-sellers.ts'

/** How a crowd's job came out. */
export type CrowdFigures = {
  readonly tasks: number
  /** Results that count as checked as the policy wants, and those of them that are wrong, at the end of the job. */
  readonly accepted: number
  readonly wrongAccepted: number
  readonly unverified: number
  readonly unverifiedWrong: number
  /** Results of one provider that nobody compared, and those of them that are wrong. */
  readonly single: number
  readonly singleWrong: number
  readonly copiesPerTask: number
  /** Tasks that were computed although their answer was known, of all that were computed. */
  readonly knownShare: number
  readonly caughtLiars: number
  readonly caughtHonest: number
  /** Credits earned less those spent, per provider. */
  readonly honestProfit: number
  readonly liarProfit: number
  /** What a liar has beyond what the same tasks, honestly done, would have brought it: what lying itself gains. */
  readonly liarGain: number
  /** Of what liars were paid, what they did nothing for. */
  readonly liarUnearned: number
  readonly virtualMs: number
}

/** How a task ended, beside whether it did. */
export const codes = { single: 0, agreed: 2, known: 2, unverified: 4 } as const

/** @param ends of each task 1 + a code, and one more where it is wrong */
export function figuresOf(run: {
  readonly sellers: readonly Seller[]
  readonly ends: Uint8Array
  readonly answers: number
  readonly knownAnswers: number
  readonly now: number
}): CrowdFigures {
  const counts = new Array<number>(7).fill(0)
  for (const end of run.ends) counts[end]! += 1
  const [, single = 0, singleWrong = 0, agreed = 0, agreedWrong = 0, unverified = 0, unverifiedWrong = 0] = counts
  const liars = run.sellers.filter(({ isLiar }) => isLiar)
  const honest = run.sellers.filter(({ isLiar }) => !isLiar)
  const mean = (of: readonly Seller[], value: (seller: Seller) => number): number =>
    of.length === 0 ? 0 : of.reduce((sum, seller) => sum + value(seller), 0) / of.length
  const profit = ({ income, spent }: Seller): number => income - spent
  return {
    tasks: run.ends.length,
    accepted: agreed + agreedWrong,
    wrongAccepted: agreedWrong,
    unverified: unverified + unverifiedWrong,
    unverifiedWrong,
    single: single + singleWrong,
    singleWrong,
    copiesPerTask: run.answers / run.ends.length,
    knownShare: run.knownAnswers / run.answers,
    caughtLiars: liars.filter(({ isCaught }) => isCaught).length,
    caughtHonest: honest.filter(({ isCaught }) => isCaught).length,
    honestProfit: mean(honest, profit),
    liarProfit: mean(liars, profit),
    liarGain: mean(liars, (liar) => profit(liar) - liar.fair),
    liarUnearned: mean(liars, ({ unearned }) => unearned),
    virtualMs: run.now,
  }
}
