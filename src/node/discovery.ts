import { minuteMs, type Timestamp } from '../kernel/time.ts'
import { Offer, OfferIds, PullOffers } from '../market/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import { withdrawnWord } from './provider.ts'
import type { NodeState } from './state.ts'
import { type Turn, touch } from './turn.ts'

/** OF3: ids that are new here are pulled from whoever said them. */
export function hearOfferIds(turn: Turn, from: Did, ids: readonly Cid[]): void {
  const unknown = ids.filter((id) => !turn.node.offers.has(id) && turn.node.offer?.id !== id)
  if (unknown.length > 0) pull(turn, from, unknown)
}

/** OF4: a new neighbour is asked at once for all that it sells or has lately heard of. */
export function meet(turn: Turn, did: Did): void {
  pull(turn, did, [])
}

function pull(turn: Turn, to: Did, ids: readonly Cid[]): void {
  turn.effects.push({
    type: 'request',
    to,
    protocol: PullOffers,
    body: { ids },
    key: `pull-offers:${to}:${ids[0] ?? 'all'}`,
  })
}

const mostPerPull = 64 // the protocol's own bound: a megabyte of offers

/** Answers a pull with our own offer first, then those of others that still live. */
export function servePull(turn: Turn, ids: readonly Cid[], token: number): void {
  const { node, now } = turn
  const known =
    ids.length > 0 ? ids.flatMap((id) => node.offers.get(id) ?? []) : firstOf(node.offers.values(), mostPerPull)
  const others = known.filter(({ expiresAt }) => expiresAt > now).map(({ event }) => event)
  const own = node.offer && (ids.length === 0 || ids.includes(node.offer.id)) ? [node.offer] : []
  const offers = [...own, ...others].slice(0, mostPerPull)
  turn.effects.push({ type: 'respond', token, body: { offers: offers.map((event) => new ToSeal(event)) } })
}

function firstOf<T>(all: Iterable<T>, most: number): T[] {
  const first: T[] = []
  for (const one of all) {
    if (first.length >= most) break
    first.push(one)
  }
  return first
}

/** Our own offer was stated or withdrawn: the market is told. */
export function sayOffer(turn: Turn, event: Verified<AnyBody>): void {
  const { node, now } = turn
  if (event.body.type === Offer.type) {
    node.offer = event as Verified<BodyOf<typeof Offer>>
    node.offerSaidAt = now
    turn.effects.push({ type: 'publish', topic: OfferIds, message: { offers: [event.id], withdrawn: [] } })
  } else {
    node.offer = undefined
    turn.effects.push(withdrawnWord(event) as never)
  }
  touch(turn, 'selling')
}

/** Offers past their time, dropped when the market is looked through. */
export function dropExpired(node: NodeState, now: Timestamp): void {
  for (const [id, { provider, expiresAt }] of node.offers) {
    if (expiresAt > now) continue
    node.offers.delete(id)
    if (node.offerOf.get(provider) === id) node.offerOf.delete(provider)
  }
  for (const [job, { event }] of node.announcements) if (event.body.closesAt <= now) node.announcements.delete(job)
}

export const cleanEveryMs = 5 * minuteMs
