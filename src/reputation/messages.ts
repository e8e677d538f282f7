import { hourMs, minuteMs } from '../kernel/time.ts'
import { type BodyOf, event } from '../wire/event.ts'
import { topic } from '../wire/protocol.ts'
import { bytes, cid, count, did, object, oneOf, text } from '../wire/schema.ts'

const own = { version: 1, maxBytes: 1_024, perPeer: { count: 0, windowMs: minuteMs } } // never taken from a peer

/** A sentence or two: what needs more room is no review of one receipt. */
export const mostCommentLength = 280

/** What one party of a receipt says of the other. A later one of the same author for the same receipt names it as `prev` and replaces it. */
export const Review = event('reputation/review', {
  version: 1,
  maxBytes: 2_048,
  perPeer: { count: 20, windowMs: hourMs }, // of one author, whoever brings them: nobody ends more jobs worth a word in an hour
  fields: {
    subject: did,
    receipt: cid,
    job: cid,
    /** The runtime that it was about. */
    tag: text(32),
    ratingPermille: count(1_000),
    comment: text(mostCommentLength),
  },
})
export type ReviewBody = BodyOf<typeof Review>

/** By hand: what stood against somebody until now does not count here any more. */
export const Forgiven = event('reputation/forgiven', { ...own, fields: { subject: did } })
export type ForgivenBody = BodyOf<typeof Forgiven>

export const listRoles = ['provider', 'requestor'] as const
export const listRules = ['block', 'allow', 'only', 'clear'] as const
/** By hand: whom or what this node never takes, always takes, or takes alone. The newest word on a name counts. */
export const Listed = event('reputation/listed', {
  ...own,
  fields: {
    /** What the other side would be to us: whom we ask for work, or whom we work for. */
    role: oneOf(listRoles),
    kind: oneOf(['did', 'module', 'signer']),
    /** A DID, of a peer or of who signed a module, or the CID of a module. */
    name: text(80),
    rule: oneOf(listRules),
  },
})
export type ListedBody = BodyOf<typeof Listed>

export const reputationEvents = [Review, Forgiven, Listed] as const

/** A review with the receipt that it is about: whoever hears both need ask nobody whether the two ever worked together. */
export const Reviews = topic('/tabmesh/reputation/reviews/1', {
  message: object({ review: bytes(2_304), receipt: bytes(4_096) }),
  maxBytes: 8_192,
  perPeer: { count: 60, windowMs: minuteMs }, // one a second: a relay carries those of many
})
