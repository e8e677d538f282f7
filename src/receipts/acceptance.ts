import { ok, type Result, refuse } from '../kernel/result.ts'
import { minuteMs } from '../kernel/time.ts'
import type { Cid } from '../wire/cid.ts'
import { type BodyOf, event, type Verified } from '../wire/event.ts'
import { cid, count, did } from '../wire/schema.ts'
import type { ReceiptChain } from './chain.ts'
import { mostTasks, type ReceiptBody } from './messages.ts'

/**
 * CS1: the requestor of an activity signs one of its receipts, in the usual case the last. Each receipt names the one before it, so that this is
 * its word on all of them up to there.
 */
export const ReceiptsAccepted = event('receipts/accepted', {
  version: 1,
  maxBytes: 768,
  perPeer: { count: 600, windowMs: minuteMs }, // one an activity: as many as may be created
  fields: {
    /** The provider. */
    to: did,
    agreement: cid,
    activity: cid,
    job: cid,
    receipt: cid,
    /** Of that receipt. */
    sequence: count(Number.MAX_SAFE_INTEGER),
    /** Of the activity, up to and with that receipt. */
    taskCount: count(mostTasks),
  },
})
export type AcceptedBody = BodyOf<typeof ReceiptsAccepted>
export const acceptanceEvents = [ReceiptsAccepted] as const
type Receipt = Pick<Verified<ReceiptBody>, 'id' | 'body'>

/** An envelope around the largest: signature, two names and three lengths. */
export const mostAcceptanceBytes = 1_024

export type AcceptanceRefusal =
  | 'acceptance-not-yours'
  | 'receipt-of-other-activity'
  | 'receipt-not-in-chain'
  | 'acceptance-outdated'

/**
 * CS4: what either side takes as the requestor's word on a chain of receipts.
 * @param before what it signed before
 * @returns whether it says more than that
 */
export function judgeAcceptance(
  chain: ReceiptChain | undefined,
  said: AcceptedBody,
  before: AcceptedBody | undefined,
): Result<boolean, AcceptanceRefusal> {
  const { receipt, sequence, taskCount } = said
  if (!chain) return refuse('receipt-not-in-chain', { receipt, sequence })
  if (said.author !== chain.requestor) return refuse('acceptance-not-yours', { author: said.author })
  const expected = { to: chain.provider, agreement: chain.agreement, job: chain.job }
  for (const field of ['to', 'agreement', 'job'] as const)
    if (said[field] !== expected[field])
      return refuse('receipt-of-other-activity', { field, named: said[field], expected: expected[field] })
  const isIn = chain.recent.some(({ id, body }) => id === receipt && body.sequence === sequence)
  if (!isIn || taskCount !== tasksUpTo(chain, sequence))
    return refuse('receipt-not-in-chain', { receipt, sequence, taskCount })
  if (before && sequence < before.sequence)
    return refuse('acceptance-outdated', { sequence, accepted: before.sequence })
  return ok(before === undefined || sequence > before.sequence)
}

/** Of the whole chain without the frames after that one. */
const tasksUpTo = ({ taskCount, recent }: ReceiptChain, sequence: number): number =>
  recent.reduce((sum, { body }) => (body.sequence > sequence ? sum - body.taskCount : sum), taskCount)

/** A requestor's signature over receipts, as it is told. */
export type Accepted = {
  readonly requestor: AcceptedBody['author']
  readonly event: Cid
  /** The receipt that it names; those before it are meant with it. */
  readonly parent: Cid
  readonly sequence: number
  /** Of all these receipts. */
  readonly tasks: number
}

export const acceptedOf = ({ id, body }: Verified<AcceptedBody>): Accepted => ({
  requestor: body.author,
  event: id,
  parent: body.receipt,
  sequence: body.sequence,
  tasks: body.taskCount,
})

/** CS6: whether it is about this very receipt, by its requestor, to anybody who holds both. */
export const isAcceptanceOf = ({ id, body }: Receipt, said: AcceptedBody): boolean =>
  said.receipt === id &&
  said.author === body.requestor &&
  said.to === body.author &&
  said.agreement === body.agreement &&
  said.activity === body.activity &&
  said.job === body.job &&
  said.sequence === body.sequence &&
  said.taskCount >= body.taskCount

/**
 * CS6, CS7: which of these receipts their requestors have signed for, by their names alone: what one signature names, and what leads to it.
 * @param byId receipts whose signatures hold
 * @param all whose signatures hold
 */
export function acceptedAmong(
  byId: ReadonlyMap<Cid, Receipt>,
  all: readonly Verified<AcceptedBody>[],
): ReadonlyMap<Cid, Accepted> {
  const told = new Map<Cid, Accepted>()
  for (const said of ofEach(byId, all).values()) {
    const newest = said.reduce((one, other) => (other.body.sequence > one.body.sequence ? other : one))
    const places = leadingTo(byId, newest.body.receipt)
    const isContradicted = said.some(
      ({ body }) => places.has(body.sequence) && places.get(body.sequence) !== body.receipt,
    )
    if (!isContradicted) for (const id of places.values()) told.set(id, acceptedOf(newest))
  }
  return told
}

/** Those that count, by the chain that they are about. */
function ofEach(byId: ReadonlyMap<Cid, Receipt>, all: readonly Verified<AcceptedBody>[]) {
  const chains = new Map<string, Verified<AcceptedBody>[]>()
  for (const said of all) {
    const { receipt, activity, author, to } = said.body
    const known = byId.get(receipt)
    if (!known || !isAcceptanceOf(known, said.body)) continue
    const key = `${activity} ${author} ${to}`
    chains.set(key, [...(chains.get(key) ?? []), said])
  }
  return chains
}

/** By place: this receipt and all before it, as far as they are here. */
function leadingTo(byId: ReadonlyMap<Cid, Receipt>, last: Cid): ReadonlyMap<number, Cid> {
  const places = new Map<number, Cid>()
  let next = byId.get(last)
  while (next) {
    const { id, body } = next
    places.set(body.sequence, id)
    const before = body.prev === undefined ? undefined : byId.get(body.prev)
    const isBefore =
      before?.body.sequence === body.sequence - 1 &&
      before.body.author === body.author &&
      before.body.activity === body.activity
    next = isBefore ? before : undefined
  }
  return places
}
