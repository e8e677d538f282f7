import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hourMs, minuteMs, timestamp } from '../kernel/time.ts'
import { exampleCid, exampleDid, provider, receipt, requestor } from '../receipts/receipt.examples.ts'
import type { Cid } from '../wire/cid.ts'
import type { Verified } from '../wire/event.ts'
import { check, type Did } from '../wire/schema.ts'
import { authorWeight, hearsayOf, type Known } from './hearsay.ts'
import { mostCommentLength, Review, type ReviewBody } from './messages.ts'
import { ofCheck, ofSettled } from './observation.ts'
import { evolveReviews, judgeReview, mostOfSubject, type SubjectReviews, standingReviews } from './review.ts'
import { scoreOf } from './score.ts'
import { evolveStanding, type Standing } from './standing.ts'

const at = timestamp(10 * hourMs)
const about = receipt({ issuedAt: at })
type Told = Partial<ReviewBody> & { prev?: Cid | undefined }

function review({ author = requestor, issuedAt = at, prev, ...told }: Told = {}): Verified<ReviewBody> {
  const { subject = provider, job = about.body.job, tag = 'wasi-p1', ratingPermille = 1_000, comment = '' } = told
  const fields = { subject, receipt: told.receipt ?? about.id, job, tag, ratingPermille, comment }
  return Review.author({ author, issuedAt, prev }, fields)
}
const kept = (all: readonly Verified<ReviewBody>[]): SubjectReviews =>
  all.reduce<SubjectReviews>((reviews, one) => {
    const next = evolveReviews(reviews, one)
    return next.ok ? next.value : reviews
  }, new Map())
const stranger = exampleDid('S')

describe('a review', () => {
  const refusals: [string, Told, string][] = [
    ['of another receipt', { receipt: exampleCid('other') }, 'review-of-another'],
    ['of another job', { job: exampleCid('other') }, 'review-of-another'],
    ['by somebody who took no part', { author: stranger }, 'review-not-yours'],
    ['of somebody who took no part', { subject: stranger }, 'review-not-yours'],
    ['of its own author', { author: provider }, 'review-of-oneself'],
    ['of what is still to come', { issuedAt: timestamp(at - 2 * hourMs) }, 'review-too-early'],
    ['dated ahead', { issuedAt: timestamp(at + 11 * minuteMs) }, 'review-ahead'],
  ]
  it.each(refusals)('[RV1] [RV2] [RV3] %s is refused', (_, told, code) => {
    expect(judgeReview(review(told), about, at)).toMatchObject({ ok: false, code })
  })

  it('[RV2] is either party’s of the other, and of no work between somebody and itself', () => {
    expect(judgeReview(review(), about, at).ok).toBe(true)
    expect(judgeReview(review({ author: provider, subject: requestor }), about, at).ok).toBe(true)
    const alone = receipt({ issuedAt: at, requestor: provider })
    const praised = review({ receipt: alone.id, author: provider, subject: provider })
    expect(judgeReview(praised, alone, at)).toMatchObject({ code: 'review-of-oneself' })
  })

  it('[RV2] has a comment of 280 characters at most', () => {
    const said = (comment: string) => check(Review.body, review({ comment }).body).ok
    expect(said('x'.repeat(mostCommentLength))).toBe(true)
    expect(said('x'.repeat(mostCommentLength + 1))).toBe(false)
  })
})

describe('what is kept', () => {
  const first = review({ ratingPermille: 100 })
  const second = review({ ratingPermille: 900, issuedAt: timestamp(at + 1), prev: first.id })

  it('[RV4] is the newest word of an author on a receipt; an older one is refused', () => {
    expect(standingReviews(kept([first, second]))).toEqual([second])
    expect(evolveReviews(kept([first, second]), first)).toMatchObject({ code: 'review-outdated' })
    expect(evolveReviews(kept([first]), first)).toMatchObject({ code: 'review-outdated' })
  })

  it('[RV4] is nothing where its author contradicts itself', () => {
    const twin = review({ ratingPermille: 900 })
    expect(standingReviews(kept([first, twin]))).toEqual([])
    expect(standingReviews(kept([first, twin, second]))).toEqual([])
  })

  it('[RV4] is the same whatever the order', () => {
    const other = review({ author: stranger, receipt: exampleCid('other') })
    const all = [first, second, review({ ratingPermille: 3 }), other, review({ prev: exampleCid('lost') })]
    const entries = (reviews: SubjectReviews) => [...reviews].sort(([a], [b]) => (a < b ? -1 : 1))
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (any) => {
        expect(entries(kept(any))).toEqual(entries(kept(all)))
      }),
    )
  })

  it('[RV6] is bounded: of an author the four newest, of a subject the 32 newest', () => {
    const many = Array.from({ length: 50 }, (_, i) =>
      review({ receipt: exampleCid(`r${i}`), issuedAt: timestamp(at + i) }),
    )
    expect([...kept(many).values()].map(({ newest }) => newest.id)).toEqual(many.slice(46).map(({ id }) => id))
    const authors = many.map((_, i) => review({ author: exampleDid(letters[i]!), issuedAt: timestamp(at + i) }))
    expect(kept(authors).size).toBe(mostOfSubject)
  })
})

const letters = [...'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789']

describe('what it weighs', () => {
  const payer = exampleDid('Y')
  const worker = exampleDid('W')
  const paid = (did: Did): Standing => {
    const settled = { ...ofSettled({ body: { issuedAt: at } } as never, { requestor: did } as never) }
    return evolveStanding(evolveStanding(undefined, settled), settled)
  }
  const checked = (did: Did): Standing =>
    evolveStanding(undefined, ofCheck(did, { at, tag: 'wasi-p1', verified: 20, disputed: 0 }))
  function known(standings: Standing[], reviews: Verified<ReviewBody>[] = []): Known {
    const subjects = new Set(reviews.map(({ body }) => body.subject))
    const of = (subject: Did) => kept(reviews.filter(({ body }) => body.subject === subject))
    const reviewers = new Map<Did, number>()
    for (const subject of subjects)
      for (const author of new Set([...of(subject).values()].map(({ newest }) => newest.body.author)))
        reviewers.set(author, (reviewers.get(author) ?? 0) + 1)
    return {
      standings: new Map(standings.map((one) => [one.did, one])),
      reviews: new Map([...subjects].map((subject) => [subject, of(subject)])),
      reviewers,
      areOne: (a, b) => a === b || (a === 'me-one' && b === 'me-two'),
    }
  }

  it('[RV5] is what its author has earned here, by paying us or by results that were found right', () => {
    expect(authorWeight(known([paid(payer)]), payer, at)).toBe(750)
    expect(authorWeight(known([checked(worker)]), worker, at)).toBe(500)
    expect(authorWeight(known([]), stranger, at)).toBe(0)
  })

  it('[RV5] [RP14] is nothing for names without a history, however many praise one another', () => {
    const names = letters.slice(26).map(exampleDid)
    const circle = names.flatMap((author, i) => [
      review({ author, subject: provider, receipt: exampleCid(`p${i}`) }),
      review({ author, subject: names[(i + 1) % names.length]!, receipt: exampleCid(`c${i}`) }),
    ])
    expect(hearsayOf(known([paid(payer)], circle), provider, { now: at })).toEqual({ good: 0, all: 0 })
  })

  it('[RV5] is passed on once, by half, and shared among all that were vouched for', () => {
    const vouched = letters.slice(0, 10).map(exampleDid)
    const one = known([paid(payer)], [review({ author: payer, subject: vouched[0]! })])
    expect(authorWeight(one, vouched[0]!, at)).toBe(375)
    const all = known(
      [paid(payer)],
      vouched.map((subject) => review({ author: payer, subject })),
    )
    expect(vouched.map((did) => authorWeight(all, did, at))).toEqual(vouched.map(() => 37))
    const further = known(
      [paid(payer)],
      [review({ author: payer, subject: vouched[0]! }), review({ author: vouched[0]!, subject: vouched[1]! })],
    )
    expect(authorWeight(further, vouched[1]!, at)).toBe(0)
  })

  it('[RV5] is nothing where author and subject are one person’s', () => {
    const mine = 'me-one' as Did
    const praise = review({ author: mine, subject: 'me-two' as Did })
    expect(hearsayOf(known([paid(mine)], [praise]), 'me-two' as Did, { now: at })).toEqual({ good: 0, all: 0 })
  })

  it('[RP14] moves a score by one task at most for each author, less as it ages, and blacklists nobody', () => {
    const word = (ratingPermille: number) => known([paid(payer)], [review({ author: payer, ratingPermille })])
    const done = evolveStanding(undefined, {
      about: provider,
      at,
      deeds: { completed: 5 },
      terminated: 'ProviderUnreachable', // weighs as five
    })
    const score = (ratingPermille: number, now = at) =>
      scoreOf(done, { now, hearsay: hearsayOf(word(ratingPermille), provider, { now }) }).permille
    expect([score(1_000), score(0)]).toEqual([529, 470])
    expect(score(1_000, timestamp(at + 70 * 24 * hourMs))).toBe(500)
    expect(hearsayOf(word(1_000), provider, { now: at, tag: 'function' })).toEqual({ good: 0, all: 0 })
  })
})
