import { after, dayMs, type Timestamp, timestamp } from '../kernel/time.ts'
import type { Standing } from './standing.ts'

/**
 * RP15: until when whoever was proven wrong is not asked, however good it was before: a day from the newest of what spoke against it on that day,
 * or until it is forgiven. Undefined: it may be asked.
 */
export function provenWrongUntil(standing: Standing | undefined, now: Timestamp): Timestamp | undefined {
  if (!standing) return undefined
  const worst = standing.all.days.reduce(
    (newest, { disputed, worstAt }) => (disputed > 0 && worstAt > newest ? worstAt : newest),
    timestamp(0),
  )
  const until = after(worst, dayMs)
  const isForgiven = standing.forgivenAt !== undefined && worst <= standing.forgivenAt
  return until > now && !isForgiven ? until : undefined
}
