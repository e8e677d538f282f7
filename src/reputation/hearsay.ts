import type { Timestamp } from '../kernel/time.ts'
import type { Did } from '../wire/schema.ts'
import { dayOf, weightOf } from './decay.ts'
import { type SubjectReviews, standingReviews } from './review.ts'
import { blacklistedUntil, type Hearsay, payerScoreOf, scoreOf } from './score.ts'
import type { Standing } from './standing.ts'

/** What a node knows by which it judges what others say. */
export type Known = {
  readonly standings: ReadonlyMap<Did, Standing>
  readonly reviews: ReadonlyMap<Did, SubjectReviews>
  /** How many subjects an author has a review of here. */
  readonly reviewers: ReadonlyMap<Did, number>
  /** Whether two names are known to be one person's. */
  areOne(a: Did, b: Did): boolean
}

/** Of a weight, in thousandths: what whoever we know ourselves may pass on to those it has reviewed, all of them together. */
const passedOnPermille = 500

/**
 * RV5: what an author's word weighs here, in thousandths: its own score where it has paid us or computed what we found to be right; else what those
 * who have say of it, of whom each passes on half of its own weight, shared among all that it reviewed. So whoever makes up names, and
 * receipts between them, has no weight to give.
 */
export function authorWeight(known: Known, author: Did, now: Timestamp): number {
  const own = ownWeight(known.standings.get(author), now)
  if (own > 0) return own
  let weight = 0
  for (const { body } of standingReviews(known.reviews.get(author))) {
    if (known.areOne(body.author, author)) continue
    const passedOn = ownWeight(known.standings.get(body.author), now) * passedOnPermille
    const shared = Math.floor(passedOn / (1_000 * Math.max(1, known.reviewers.get(body.author) ?? 1)))
    weight += Math.floor((shared * body.ratingPermille) / 1_000)
  }
  return Math.min(weight, passedOnPermille)
}

/** Of one with whom there is a history: paid agreements, or results that a check found right. */
function ownWeight(standing: Standing | undefined, now: Timestamp): number {
  if (!standing || blacklistedUntil(standing, now) !== undefined) return 0
  const { paid, verified } = standing.all
  const asPayer = paid > 0 ? payerScoreOf(standing, now).permille : 0
  const asProvider = verified > 0 ? scoreOf(standing, { now }).permille : 0
  return Math.max(asPayer, asProvider)
}

/** RP14: what reviews add to a score: each author's newest word as one task at most, worn off as deeds are, by the author's weight. */
export function hearsayOf(
  known: Known,
  subject: Did,
  { now, tag }: { now: Timestamp; tag?: string | undefined },
): Hearsay {
  let [good, all] = [0, 0]
  for (const { body } of standingReviews(known.reviews.get(subject))) {
    if (tag !== undefined && body.tag !== tag) continue
    if (known.areOne(body.author, subject)) continue
    const weight = weightOf(dayOf(body.issuedAt), now) * authorWeight(known, body.author, now)
    all += Math.floor(weight / 1_000)
    good += Math.floor((weight * body.ratingPermille) / 1_000_000)
  }
  return { good, all }
}
