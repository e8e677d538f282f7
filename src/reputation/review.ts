import { compareStrings } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { hourMs, minuteMs, type Timestamp } from '../kernel/time.ts'
import type { ReceiptBody } from '../receipts/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import type { Did } from '../wire/schema.ts'
import type { ReviewBody } from './messages.ts'

export type ReviewRefusal =
  | 'review-of-another'
  | 'review-not-yours'
  | 'review-of-oneself'
  | 'review-too-early'
  | 'review-ahead'
  | 'review-outdated'

/** Clocks of tabs differ; those of two that worked together differ by less. */
const clockMs = 10 * minuteMs
const receiptClockMs = hourMs

/**
 * RV1..RV3: whether this is a review of that receipt, by one of its two parties of the other, in its time. Depends on nothing but the two and the clock,
 * so that a refusal holds for everybody.
 */
export function judgeReview(
  { body }: Verified<ReviewBody>,
  receipt: Verified<ReceiptBody>,
  now: Timestamp,
): Result<void, ReviewRefusal> {
  const { author, subject, issuedAt } = body
  const { author: provider, requestor, job } = receipt.body
  if (body.receipt !== receipt.id || body.job !== job)
    return refuse('review-of-another', { named: body.receipt, receipt: receipt.id })
  if (author === subject || provider === requestor) return refuse('review-of-oneself', { author })
  const areParties = [provider, requestor].includes(author) && [provider, requestor].includes(subject)
  if (!areParties) return refuse('review-not-yours', { author, subject })
  if (issuedAt < receipt.body.issuedAt - receiptClockMs)
    return refuse('review-too-early', { issuedAt, receiptAt: receipt.body.issuedAt })
  if (issuedAt > now + clockMs) return refuse('review-ahead', { issuedAt, now })
  return ok(undefined)
}

/** What one author says of one receipt. */
export type KeptReview = {
  readonly newest: Verified<ReviewBody>
  /** Reviews that name none before them: two of them contradict each other, and neither counts. At most two are kept. */
  readonly firsts: readonly Cid[]
}
/** By `keyOf`: the reviews of one subject. */
export type SubjectReviews = ReadonlyMap<string, KeptReview>

/** RV6: as many as a person reads. */
export const mostOfSubject = 32
/** RV6: of one author, so that it pushes nobody else out. */
const mostOfAuthor = 4

const keyOf = ({ author, receipt }: ReviewBody): string => `${author} ${receipt}`

/** RV4: folds a review; the same ones in any order leave the same, as long as they are not more than are kept. */
export function evolveReviews(
  known: SubjectReviews | undefined,
  review: Verified<ReviewBody>,
): Result<SubjectReviews, ReviewRefusal> {
  const key = keyOf(review.body)
  const before = known?.get(key)
  if (!before) return ok(bounded(new Map(known).set(key, { newest: review, firsts: firstsOf([], review) }), review))
  const firsts = firstsOf(before.firsts, review)
  const isNewer = compareReviews(review, before.newest) > 0
  if (!isNewer && firsts.length === before.firsts.length)
    return refuse('review-outdated', { newest: before.newest.id, issuedAt: review.body.issuedAt })
  return ok(new Map(known).set(key, { newest: isNewer ? review : before.newest, firsts }))
}

/** RV4: two words on one receipt that both claim to be the first. */
export const isContradicted = ({ firsts }: KeptReview): boolean => firsts.length > 1

const firstsOf = (firsts: readonly Cid[], { id, body }: Verified<ReviewBody>): readonly Cid[] =>
  body.prev !== undefined || firsts.includes(id) ? firsts : [...firsts, id].sort(compareStrings).slice(0, 2)

/** Older first; equal times by name. */
const compareReviews = (a: Verified<ReviewBody>, b: Verified<ReviewBody>): number =>
  a.body.issuedAt - b.body.issuedAt || compareStrings(a.id, b.id)

function bounded(reviews: Map<string, KeptReview>, { body }: Verified<ReviewBody>): SubjectReviews {
  const ofAuthor = [...reviews].filter(([, { newest }]) => newest.body.author === body.author)
  for (const [key] of oldest(ofAuthor, ofAuthor.length - mostOfAuthor)) reviews.delete(key)
  for (const [key] of oldest([...reviews], reviews.size - mostOfSubject)) reviews.delete(key)
  return reviews
}

const oldest = (all: [string, KeptReview][], many: number): [string, KeptReview][] =>
  many <= 0 ? [] : all.sort(([, a], [, b]) => compareReviews(a.newest, b.newest)).slice(0, many)

/** The newest word of each author that does not contradict itself, newest first. */
export function standingReviews(reviews: SubjectReviews | undefined): readonly Verified<ReviewBody>[] {
  const byAuthor = new Map<Did, Verified<ReviewBody>>()
  for (const kept of reviews?.values() ?? []) {
    const { newest } = kept
    const other = byAuthor.get(newest.body.author)
    if (!isContradicted(kept) && (!other || compareReviews(newest, other) > 0)) byAuthor.set(newest.body.author, newest)
  }
  return [...byAuthor.values()].sort((a, b) => compareReviews(b, a))
}
