import type { ChoiceFigures } from '../../sdk/api-market.ts'
import { credits } from './credits.ts'
import { whole } from './format.ts'

/** Points of a thousand as people read them: '70 of 100'. */
export const points = (permille: number): string => `${Math.round(permille / 10)} of 100`

/** 'First of 5', 'Third of 5', '12th of 20'; 'Passed over' where it was not ranked. */
export function rankWords({ rank, of }: Pick<ChoiceFigures, 'rank' | 'of'>): string {
  if (rank === 0) return 'Passed over'
  const first = ['First', 'Second', 'Third'][rank - 1] ?? `${whole(rank)}th`
  return `${first} of ${whole(of)}`
}

/** A price for a standard minute. */
export const minuteWords = (price: bigint): string => (price === 0n ? 'Free' : `${credits(price)} a minute`)

/** The figures behind a no, in sentences that a lender understands. */
export function refusalFigures({ rank, of, score, bestScore, price, reputationPermille }: ChoiceFigures): string {
  const asked = price === 0n ? 'You asked for nothing' : `You asked for ${credits(price)} a minute`
  const place = rank === 0 ? '' : ` You came ${rankWords({ rank, of }).toLowerCase()}.`
  const scores =
    score === undefined || bestScore === undefined
      ? ''
      : ` Together that made ${points(score)}; the best had ${points(bestScore)}.`
  return `${asked}, and your good name there was ${points(reputationPermille)}.${place}${scores}`
}
