import { after, dayMs, type Timestamp } from '../kernel/time.ts'
import { at, width, worstAt } from './days.ts'
import type { Standing } from './standing.ts'

/**
 * RP15: until when whoever was proven wrong is not asked, however good it was before: a day from the newest of what spoke against it on that day,
 * or until it is forgiven. Undefined: it may be asked.
 */
export function provenWrongUntil(standing: Standing | undefined, now: Timestamp): Timestamp | undefined {
  if (!standing) return undefined
  const { days } = standing.all
  for (let row = days.length - width; row >= 0; row -= width) {
    if (days[row + at.disputed] === 0) continue
    const worst = worstAt(days, row)
    const until = after(worst, dayMs)
    const isForgiven = standing.forgivenAt !== undefined && worst <= standing.forgivenAt
    return until > now && !isForgiven ? until : undefined
  }
  return undefined
}
