import type { ActivityCreated } from '../activity/messages.ts'
import { equalBytes } from '../kernel/bytes.ts'
import { after, hourMs, minuteMs, secondMs, soonest, type Timestamp } from '../kernel/time.ts'
import type { Agreement } from '../market/agreement.ts'
import { answerWith, standardNegotiators } from '../market/answer.ts'
import { type Resources, remaining, reserve } from '../market/capacity.ts'
import { allOf, where } from '../market/constraints-build.ts'
import { printConstraint } from '../market/constraints-print.ts'
import { termsOf } from '../market/demand.ts'
import { Offer, OfferIds, OfferWithdrawn, Proposal, ProposalRejected, type Reason } from '../market/messages.ts'
import type { Negotiation } from '../market/negotiation.ts'
import type { OfferFacts } from '../market/offer-properties.ts'
import { buildOfferProperties } from '../market/offer-properties-build.ts'
import { propertyNames } from '../market/offer-properties-names.ts'
import type { Properties } from '../market/property.ts'
import type { ProgramBar } from '../reputation/lists.ts'
import { encode } from '../wire/codec.ts'
import { type Owed, state } from '../wire/effect.ts'
import type { BodyOf, Verified } from '../wire/event.ts'
import type { AnyBody } from '../wire/gate.ts'
import type { Did } from '../wire/schema.ts'
import { ToSeal } from '../wire/sealing.ts'
import type { Plan } from './input.ts'
import { whyNoCredit } from './money.ts'
import { hasWork, idleSince, isOutsold, nextYieldAt, onSale } from './reservations.ts'
import { gracesOf, isAllSilent } from './shares.ts'
import type { NodeState } from './state.ts'
import { keepsOut } from './trust.ts'

/** OF1: an offer lives an hour and is made anew before that (B3.4.6). */
const offerMs = hourMs
const renewMs = 50 * minuteMs
/** OF2: its id is said again every four minutes, give or take half (B3.4.3). */
const sayAgainMs = 4 * minuteMs

/** What a provider owes the market: one offer of what is left, withdrawn when nothing is. */
export function reactSelling(node: NodeState, now: Timestamp, spreadMs: number): Owed[] {
  const { plan, offer } = node
  const free = plan ? remaining(onSale(node, plan, now)) : { threads: 0, memoryMb: 0 }
  const sold = plan && free.threads > 0 ? soldBy(plan, free) : undefined
  if (!sold) return [...(offer ? [withdrawal(offer)] : []), ...wakeAt(nextYieldAt(node, now))]
  const isCurrent =
    offer && now < offer.body.issuedAt + renewMs && equalBytes(encode(offer.body.properties), encode(sold.properties))
  if (!isCurrent) return [state(Offer, { ...sold, expiresAt: after(now, offerMs) })]
  const said: Owed[] =
    (node.offerSaidAt ?? 0) + sayAgainMs / 2 <= now
      ? [{ type: 'publish', topic: OfferIds, message: { by: node.me, offers: [offer.id], withdrawn: [] } }]
      : []
  return [...said, ...wakeAt(after(now, sayAgainMs / 2 + spreadMs), nextYieldAt(node, now))]
}

function wakeAt(...times: readonly (Timestamp | undefined)[]): Owed[] {
  const at = soonest(times)
  return at === undefined ? [] : [{ type: 'wake', key: 'selling', at }]
}

/** The span within which the next word is said: half to one and a half of the mean. */
export const saySpreadMs = sayAgainMs

function withdrawal(offer: NonNullable<NodeState['offer']>): Owed {
  return state(OfferWithdrawn, { offer: offer.id })
}
export const withdrawnWord = (by: Did, event: Verified<AnyBody>): Extract<Owed, { type: 'publish' }> => ({
  type: 'publish',
  topic: OfferIds,
  message: { by, offers: [], withdrawn: [new ToSeal(event)] },
})

/** What an offer of so much of this plan says. */
export function soldBy(plan: Plan, free: Resources): { properties: Properties; constraints: string } | undefined {
  const built = buildOfferProperties(factsOf(plan, free))
  return built.ok ? { properties: built.value, constraints: offerConstraints(plan) } : undefined
}

function factsOf({ facts, threads }: Plan, free: Resources): OfferFacts {
  const loadPermille = Math.floor(((threads - free.threads) * 1000) / Math.max(1, threads))
  return { ...facts, hardware: { ...facts.hardware, threads: free.threads, memoryMib: free.memoryMb, loadPermille } }
}

function offerConstraints({ facts }: Plan): string {
  const subnet = where(propertyNames.subnet, '=', facts.node.subnet)
  return printConstraint(allOf(subnet.ok ? [subnet.value] : []))
}

/** PV1: what a provider answers in a thread that a requestor opened. */
export function reactProviderThread(node: NodeState, thread: Negotiation, now: Timestamp): Owed[] {
  const { latest, id, offer } = thread
  const requestor = thread.opener === node.me ? thread.other : thread.opener
  if (latest.body.author === node.me) {
    if (thread.state !== 'open' && thread.state !== 'agreed') return []
    return [{ type: 'deliver', to: requestor, event: latest, until: latest.body.expiresAt }]
  }
  if (thread.state !== 'open') return []
  const reject = (reason: Reason): Owed[] => [state(ProposalRejected, { to: requestor, thread: id, reason })]
  const { plan } = node
  if (!plan || !node.offer) return reject(soldOut)
  if (offer !== undefined && offer !== node.offer.id)
    return reject({
      code: 'offer-outdated',
      message: 'The offer has changed: ask again.',
      isFinal: false,
      retryAfterMs: secondMs,
    })
  const answer = answerWith(standardNegotiators, {
    from: requestor,
    demand: latest.body.properties,
    offer: node.offer.body.properties,
    ...askedOf(node, plan, now),
  })
  if (answer.type === 'reject') return reject(answer.reason)
  const platform = String(latest.body.properties[propertyNames.chosenPlatform])
  const noCredit = whyNoCredit(node, { requestor, platform }, now)
  if (noCredit) return reject(noCredit)
  const { demand, body } = { demand: thread.demand, body: node.offer.body }
  return [
    state(
      Proposal,
      {
        to: requestor,
        thread: id,
        offer: node.offer.id,
        demand,
        properties: answer.properties,
        constraints: body.constraints,
        expiresAt: after(now, minuteMs),
      },
      latest.id,
    ),
  ]
}

const askedOf = (node: NodeState, plan: Plan, now: Timestamp) => ({
  free: remaining(onSale(node, plan, now)),
  now,
  onlyModules: plan.onlyModules && new Set<string>(plan.onlyModules),
  blocked: new Set<string>(plan.blocked),
  keepsOut: keepsOut(node),
})

const soldOut: Reason = {
  code: 'sold-out',
  message: 'Nothing is on sale here now.',
  isFinal: false,
  retryAfterMs: 10 * secondMs,
}

/** CP1, TM1: signs what it can keep, and only the terms that follow from what was proposed. */
export function whyNotApprove(node: NodeState, agreement: Agreement, now: Timestamp): Reason | undefined {
  const { plan } = node
  if (!plan) return soldOut
  const thread = [...node.threads.values()].find(({ latest }) => latest.id === agreement.proposal)
  if (!thread?.previous)
    return { code: 'proposal-unknown', message: 'That proposal is not known here any more.', isFinal: false }
  const [demand, offer] =
    thread.latest.body.author === node.me ? [thread.previous, thread.latest] : [thread.latest, thread.previous]
  const terms = termsOf(demand.body.properties, offer.body.properties)
  if (!terms.ok) return { code: terms.code, message: 'The terms do not follow from what was proposed.', isFinal: true }
  if (!equalBytes(encode(terms.value), encode(agreement.terms)))
    return { code: 'terms-differ', message: 'These are not the terms that were proposed.', isFinal: true }
  if (node.offer) {
    const asked = {
      from: agreement.requestor,
      demand: demand.body.properties,
      offer: offer.body.properties,
      ...askedOf(node, plan, now),
    }
    const answer = answerWith(standardNegotiators, asked)
    if (answer.type === 'reject') return answer.reason
  }
  const {
    requestor,
    terms: { platform },
  } = agreement
  const noCredit = whyNoCredit(node, { requestor, platform }, now)
  if (noCredit) return noCredit
  const reserved = reserve(onSale(node, plan, now), agreement.id, agreement.terms)
  return reserved.ok ? undefined : soldOut
}

/** PV9: what it would not have agreed to run, it does not run under an agreement that was made for something else. Who signed it, its bytes will say. */
export function whyNotRun(
  node: NodeState,
  { author, module }: Pick<BodyOf<typeof ActivityCreated>, 'author' | 'module'>,
): 'ready-made-only' | 'requestor-blocked' | ProgramBar | undefined {
  const isSold = node.plan?.onlyModules?.includes(module) ?? true
  return isSold ? keepsOut(node)(author, { module, signers: undefined }) : 'ready-made-only'
}

/** PV3: why a provider ends an agreement: stopped, over, idle, or nobody there. */
export function whyProviderEnds(node: NodeState, agreement: Agreement, now: Timestamp): Reason | undefined {
  const { terms } = agreement
  if (hasShutDown(node, terms, now)) return { code: 'Shutdown', message: 'The provider stopped.', isFinal: false }
  if (now >= terms.expiresAt) return { code: 'Expired', message: 'The agreed time is over.', isFinal: true }
  if (isAllSilent(node, agreement, now))
    return { code: 'RequestorUnreachable', message: 'Nothing was heard within the agreed grace.', isFinal: false }
  if (isOutsold(node, agreement, now))
    return hasWork(node, agreement)
      ? { code: 'RequestorUnreachable', message: 'Nothing was heard while others waited.', isFinal: false }
      : { code: 'NoActivity', message: 'Nothing was left to do while others waited.', isFinal: true }
  const idle = idleSince(node, agreement)
  if (idle !== undefined && now >= idle + terms.idleMs)
    return { code: 'NoActivity', message: 'Nothing was run for the agreed time.', isFinal: true }
  return undefined
}

/** After a reload the page sells again within moments: until then, and no longer than the grace, agreements stand. */
function hasShutDown(
  { plan, hasStopped, startedAt }: NodeState,
  { graceMs }: Agreement['terms'],
  now: Timestamp,
): boolean {
  return !plan && (hasStopped === true || startedAt === undefined || now >= startedAt + graceMs)
}

/** When `whyProviderEnds` may change its mind without anybody saying anything. */
export function providerLooksAgainAt(node: NodeState, agreement: Agreement): Timestamp | undefined {
  const idle = idleSince(node, agreement)
  return soonest([agreement.terms.expiresAt, ...gracesOf(node, agreement), idle && after(idle, agreement.terms.idleMs)])
}
