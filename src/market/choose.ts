import type { Amount } from '../kernel/amount.ts'
import { compareStrings } from '../kernel/bytes.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'
import type { Figures } from './messages.ts'

/** What is known of somebody who could do the job, whichever door they came through. */
export type Candidate = {
  /** Of the offer or the bid: breaks ties alike on every engine. */
  readonly id: Cid
  readonly provider: Did
  /** SL3: of the standard minute. */
  readonly price: Amount
  readonly reputationPermille: number
  readonly region: string
  readonly loadPermille: number
  readonly rttMs?: number | undefined
  /** Why it is not taken, whatever it offers. */
  readonly barred?: Bar | undefined
  /** By hand: taken also where its reputation is below the floor. */
  readonly isAllowed?: boolean | undefined
}
/** By hand, or for what it did. */
export type Bar = 'provider-blocked' | 'provider-not-listed' | 'provider-blacklisted'

export type Selection = 'lowest-price' | 'reputation' | 'hybrid'
export type Policy = {
  readonly selection: Selection
  readonly maxPrice: Amount
  readonly minReputationPermille: number
  /** Empty: anywhere. */
  readonly regions: readonly string[]
  readonly priceWeightPermille: number
  readonly reputationWeightPermille: number
  /** Of a thousand, what full load and a distance of half a second take. */
  readonly loadPoints: number
  readonly distancePoints: number
}

export type Passed = { readonly candidate: Candidate; readonly score: number }
export type PassedOver = {
  readonly candidate: Candidate
  readonly why: Bar | 'price-over-limit' | 'reputation-too-low' | 'region-not-wanted'
}
export type Choice = { readonly ranked: readonly Passed[]; readonly passedOver: readonly PassedOver[] }

/**
 * SL1: orders candidates, best first; a pure function, so that anybody can ask why. Scores are whole numbers.
 * SL2: hybrid = reputation · 0.7 − price · 0.3 by default, prices normalised by the highest bid (ICN's rule without its magic 10⁶);
 * a loaded provider loses up to 100 points of 1000, a distant one up to 50, or what the policy says (SL4).
 */
export function choose(candidates: readonly Candidate[], policy: Policy): Choice {
  const passedOver: PassedOver[] = []
  const eligible: Candidate[] = []
  for (const candidate of candidates) {
    const why = unfit(candidate, policy)
    if (why) passedOver.push({ candidate, why })
    else eligible.push(candidate)
  }
  const highest = eligible.reduce((most, { price }) => (price > most ? price : most), 0n)
  const ranked = eligible.map((candidate) => ({ candidate, score: score(candidate, policy, highest) }))
  ranked.sort((a, b) => b.score - a.score || compareStrings(a.candidate.id, b.candidate.id))
  return { ranked, passedOver }
}

function unfit(candidate: Candidate, policy: Policy): PassedOver['why'] | undefined {
  const { price, reputationPermille, region, barred, isAllowed = false } = candidate
  if (barred) return barred
  if (price > policy.maxPrice) return 'price-over-limit'
  if (!isAllowed && reputationPermille < policy.minReputationPermille) return 'reputation-too-low'
  if (policy.regions.length > 0 && !policy.regions.includes(region)) return 'region-not-wanted'
  return undefined
}

const distantMs = 500 // beyond half a second every round trip is far

function score(candidate: Candidate, policy: Policy, highest: bigint): number {
  const pricePermille = highest === 0n ? 0 : Number((candidate.price * 1000n) / highest)
  const weights: Record<Selection, readonly [price: number, reputation: number]> = {
    'lowest-price': [1000, 0],
    reputation: [0, 1000],
    hybrid: [policy.priceWeightPermille, policy.reputationWeightPermille],
  }
  const [priceWeight, reputationWeight] = weights[policy.selection]
  const worth = Math.trunc((candidate.reputationPermille * reputationWeight - pricePermille * priceWeight) / 1000)
  const load = Math.trunc((candidate.loadPermille * policy.loadPoints) / 1000)
  const distance = Math.trunc((Math.min(candidate.rttMs ?? distantMs, distantMs) * policy.distancePoints) / distantMs)
  return worth - load - distance
}

/** SL5: where one of the candidates stood in a choice, and why: the rest of them shows as a number and the best score. */
export function figuresOf({ ranked, passedOver }: Choice, id: Cid): Figures | undefined {
  const place = ranked.findIndex(({ candidate }) => candidate.id === id)
  const known = ranked[place]?.candidate ?? passedOver.find(({ candidate }) => candidate.id === id)?.candidate
  if (!known) return undefined
  const { price, reputationPermille } = known
  return {
    rank: place + 1,
    of: ranked.length + passedOver.length,
    ...(place >= 0 && { score: ranked[place]!.score }),
    ...(ranked[0] && { bestScore: ranked[0].score }),
    price,
    reputationPermille,
  }
}
