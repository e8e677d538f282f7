import type { ChoiceFigures } from '../../sdk/api-market.ts'
import { points, rankWords } from '../parts/choice-words.ts'
import { credits } from '../parts/credits.ts'
import { wordsFor } from '../words.ts'

/** The words for a code are said to whoever asks for work; to whoever lends some are other words. */
const mine: Readonly<Record<string, string>> = {
  'not-chosen': 'Others suited it better.',
  'price-over-limit': 'You asked for more than it pays.',
  'reputation-too-low': 'It takes only tabs with a better name.',
  'provider-blocked': 'It has blocked you.',
  'provider-not-listed': 'It takes only tabs on a list of its own.',
  'provider-blacklisted': 'Too much of what you did for it was bad: it leaves you alone for a day.',
  'region-not-wanted': 'It looks for tabs in another region.',
  'over-budget': 'You asked for more than it pays.',
  'no-answer': 'Your answer came too late.',
  'bidding-closed': 'Others had it before your bid came.',
}
export const mineFor = (code: string): string => (Object.hasOwn(mine, code) ? mine[code]! : wordsFor(code).what)

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
