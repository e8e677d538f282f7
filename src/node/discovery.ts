import { setBounded } from '../kernel/bound.ts'
import { after, minuteMs, soonest, type Timestamp } from '../kernel/time.ts'
import { Offer, OfferIds, PullOffers } from '../market/messages.ts'
import type { Cid } from '../wire/cid.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import { heardUntil } from './bidding.ts'
import { withdrawnWord } from './provider.ts'
import type { NodeState } from './state.ts'
import { type Turn, touch } from './turn.ts'

/**
 * OF3: ids that are new here are pulled from whoever sells them, or from whoever passed the word on; gossip is carried by
 * relays and by tabs that have not pulled the offer themselves yet, so what is not had at once is asked for again.
 */
export function hearOfferIds(turn: Turn, heard: { from: Did; by: Did; offers: readonly Cid[] }): void {
  const { node } = turn
  const unknown = heard.offers.filter((id) => !node.offers.has(id) && node.offer?.id !== id && !node.unread.has(id))
  if (unknown.length === 0) return
  const nextAt = after(turn.now, askAgainMs)
  for (const id of unknown) setBounded(node.missing, id, { by: heard.by, tries: 0, nextAt }, mostMissing)
  const askee = [heard.by, heard.from].find((did) => isFellow(node, did)) ?? anyFellow(turn)
  if (askee) pull(turn, askee, unknown)
  wakeForMissing(turn, nextAt)
}

/** One alarm for all, for whatever is due first: a stream of words must not put it off. */
function wakeForMissing({ node, effects }: Turn, at: Timestamp | undefined): void {
  if (at === undefined || (node.missingAt !== undefined && node.missingAt <= at)) return
  node.missingAt = at
  effects.push({ type: 'wake', key: 'missing', at })
}

/** Asks somebody else for what nobody has given yet, three times in all. */
export function askForMissing(turn: Turn): void {
  const { node } = turn
  const asked = new Map<Did, Cid[]>()
  for (const [id, { by, tries, nextAt }] of node.missing) {
    if (node.offers.has(id)) {
      node.missing.delete(id)
      continue
    }
    if (nextAt > turn.now) continue
    if (tries + 1 >= mostTries) node.missing.delete(id)
    else node.missing.set(id, { by, tries: tries + 1, nextAt: after(turn.now, askAgainMs * 4 ** (tries + 1)) })
    const askee = isFellow(node, by) ? by : anyFellow(turn)
    if (askee) asked.set(askee, [...(asked.get(askee) ?? []), id].slice(0, mostPerPull))
  }
  for (const [askee, ids] of asked) pull(turn, askee, ids)
  node.missingAt = undefined
  wakeForMissing(turn, soonest([...node.missing.values()].map(({ nextAt }) => nextAt)))
}

/** Who passed a word on pulls what it speaks of just then, and has it after a round trip or two; each further pause is four times as long. */
const askAgainMs = 500
/** The last pause is eight seconds: a pull takes three at most. */
const mostTries = 3
/** Eight words of eight ids from each of four busy neighbours. */
const mostMissing = 256

const isFellow = ({ peers }: NodeState, did: Did): boolean => peers.get(did)?.isRelay === false

function anyFellow({ node, rng }: Turn): Did | undefined {
  const fellows = [...node.peers.values()].filter(({ isRelay }) => !isRelay)
  return fellows.length > 0 ? fellows[rng.below(fellows.length)]?.did : undefined
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
    turn.effects.push({ type: 'publish', topic: OfferIds, message: { by: node.me, offers: [event.id], withdrawn: [] } })
  } else {
    node.offer = undefined
    turn.effects.push(withdrawnWord(node.me, event))
  }
  touch(turn, 'selling')
  for (const job of node.announcements.keys()) touch(turn, `announcement:${job}`)
}

/** Offers past their time, dropped when the market is looked through. */
export function dropExpired(node: NodeState, now: Timestamp): void {
  for (const [id, { provider, expiresAt }] of node.offers) {
    if (expiresAt > now) continue
    node.offers.delete(id)
    if (node.offerOf.get(provider) === id) node.offerOf.delete(provider)
  }
  for (const [job, heard] of node.announcements) if (heardUntil(heard) <= now) node.announcements.delete(job)
}

export const cleanEveryMs = 5 * minuteMs
