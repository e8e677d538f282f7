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
