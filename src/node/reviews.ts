import { compareStrings } from '../kernel/bytes.ts'
import { ok, type Result, refuse } from '../kernel/result.ts'
import { areIndependent } from '../receipts/independent.ts'
import { ExecutionReceipt, type ReceiptBody } from '../receipts/messages.ts'
import { authorWeight, type Known } from '../reputation/hearsay.ts'
import { mostPulled, PullReviews, Review, type ReviewBody, Reviews } from '../reputation/messages.ts'
import { evolveReviews, judgeReview, type SubjectReviews, standingReviews } from '../reputation/review.ts'
import type { Cid } from '../wire/cid.ts'
import { state } from '../wire/effect.ts'
import type { Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Verdict } from '../wire/protocol.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import { isWithinQuota } from './deliveries.ts'
import type { Command, Input } from './input.ts'
import { marksIn } from './ranges.ts'
import type { NodeState } from './state.ts'
import { isNew, type Novelty, say, type Turn } from './turn.ts'

/** RV6: subjects with reviews kept at once: as many as a market that one requestor asks has lively providers. */
const mostSubjects = 1_024

/** RV8: neighbours who are asked what was said meanwhile: the first ones after a start, and after everybody was gone. */
const mostAsked = 4

/** By which this node judges what others say. */
export function knownTo(node: NodeState): Known {
  const { standings, reviews, reviewers } = node
  const marks = marksIn(node)
  return { standings, reviews, reviewers, areOne: (a, b) => !areIndependent(marks, a, b) }
}

/** RV7: somebody's review and the receipt that it is about, by gossip: what is passed on, dropped, or held against whoever brought it. */
export function hearReview(turn: Turn, { review, receipt, token }: Extract<Input, { type: 'reviewed' }>): void {
  turn.effects.push({ type: 'respond', token, body: verdictOn(turn, review, receipt) })
}

function verdictOn(turn: Turn, review: Verified<AnyBody>, receipt: Verified<AnyBody>): Verdict {
  const { node, now } = turn
  if (review.body.type !== Review.type || receipt.body.type !== ExecutionReceipt.type) return 'reject'
  const event = review as Verified<ReviewBody>
  const { author, subject } = event.body
  const judged = judgeReview(event, receipt as Verified<ReceiptBody>, now)
  if (!judged.ok) return judged.code === 'review-ahead' ? 'ignore' : 'reject'
  if (author === node.me || !isWithinQuota(turn, author, Review.type)) return 'ignore'
  const known = knownTo(node)
  const says = known.areOne(author, subject) ? 0 : authorWeight(known, author, now)
  if (subject !== node.me && says === 0) return 'ignore'
  const kept = keep(turn, event)
  if (!isNew(kept)) return 'ignore'
  turn.stated.push(event)
  // Whoever asks for it later gets its receipt too; of our own work it is here already.
  if (subject !== node.me) turn.stated.push(receipt)
  return 'accept'
}

/** RV8: what was said while we were away is heard from the first neighbours there are. */
export function askForReviews({ node, effects }: Turn, did: Did): void {
  const fellows = [...node.peers.values()].filter(({ isRelay }) => !isRelay)
  if (fellows.length > mostAsked) return
  effects.push({ type: 'request', to: did, protocol: PullReviews, body: {}, key: `pull-reviews:${did}` })
}

/** RV8: the newest that are kept here, with the names of their receipts. */
export const newestReviews = ({ reviews }: NodeState): readonly Verified<ReviewBody>[] =>
  [...reviews.values()]
    .flatMap(standingReviews)
    .sort((a, b) => b.body.issuedAt - a.body.issuedAt || compareStrings(a.id, b.id))
    .slice(0, mostPulled)

/** From our own log, or our own word: a review of somebody else comes with its receipt, or not at all. */
export function foldReview(turn: Turn, event: Verified<ReviewBody>): Result<Novelty> {
  if (event.body.author !== turn.node.me && !turn.isReplay) return refuse('not-taken-here', { type: event.body.type })
  return keep(turn, event)
}

function keep({ node, changed }: Turn, event: Verified<ReviewBody>): Result<Novelty> {
  const { subject } = event.body
  const before = node.reviews.get(subject)
  if ([...(before?.values() ?? [])].some(({ newest }) => newest.id === event.id)) return ok('known')
  const next = evolveReviews(before, event)
  if (!next.ok) return next
  replaceReviews(node, subject, next.value)
  const oldest = node.reviews.size > mostSubjects ? node.reviews.keys().next().value : undefined
  if (oldest !== undefined) replaceReviews(node, oldest, undefined)
  changed.add(`reputation:${subject}`)
  return ok('new')
}

/** Keeps count of how many subjects each author has reviewed. */
function replaceReviews({ reviews, reviewers }: NodeState, subject: Did, next: SubjectReviews | undefined): void {
  for (const author of authorsOf(reviews.get(subject))) {
    const left = (reviewers.get(author) ?? 1) - 1
    if (left > 0) reviewers.set(author, left)
    else reviewers.delete(author)
  }
  reviews.delete(subject)
  if (!next) return
  reviews.set(subject, next)
  for (const author of authorsOf(next)) reviewers.set(author, (reviewers.get(author) ?? 0) + 1)
}

const authorsOf = (reviews: SubjectReviews | undefined): ReadonlySet<Did> =>
  new Set([...(reviews?.values() ?? [])].map(({ newest }) => newest.body.author))

/** RV1..RV4 for our own word: stated, and told to whoever listens. */
export function review(
  turn: Turn,
  { receipt, ratingPermille, comment }: Extract<Command, { type: 'review' }>,
): Result<Cid> {
  const { node, now } = turn
  const { author: provider, requestor, agreement, job } = receipt.body
  const subject = provider === node.me ? requestor : provider
  const fields = {
    subject,
    receipt: receipt.id,
    job,
    tag: node.agreements.get(agreement)?.terms.runtime ?? node.jobs.get(job)?.spec.runtime ?? '',
    ratingPermille,
    comment,
  }
  const prev = [...(node.reviews.get(subject)?.values() ?? [])]
    .map(({ newest }) => newest)
    .find(({ body }) => body.author === node.me && body.receipt === receipt.id)
  const draft = Review.author({ author: node.me, issuedAt: now, prev: prev?.id }, fields)
  const judged = judgeReview(draft, receipt, now)
  if (!judged.ok) return judged
  if (prev && prev.body.issuedAt >= now) return refuse('review-outdated', { newest: prev.id, issuedAt: now })
  const event = say(turn, state(Review, fields, prev?.id))
  turn.effects.push(saying(event, receipt))
  return ok(event.id)
}

const saying = (event: Verified<AnyBody>, receipt: Verified<AnyBody>) =>
  ({
    type: 'publish',
    topic: Reviews,
    message: { review: new ToSeal(event), receipt: new ToSeal(receipt) },
  }) as const
