import type { Amount } from '../kernel/amount.ts'
import { compareStrings } from '../kernel/bytes.ts'
import type { Cid } from '../wire/cid.ts'
import type { Did } from '../wire/schema.ts'

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
}

export type Selection = 'lowest-price' | 'reputation' | 'hybrid'
export type Policy = {
  readonly selection: Selection
  readonly maxPrice: Amount
  readonly minReputationPermille: number
  /** Empty: anywhere. */
  readonly regions: readonly string[]
  readonly priceWeightPermille: number
  readonly reputationWeightPermille: number
}

export type Passed = { readonly candidate: Candidate; readonly score: number }
export type PassedOver = {
  readonly candidate: Candidate
  readonly why: 'price-over-limit' | 'reputation-too-low' | 'region-not-wanted'
}
export type Choice = { readonly ranked: readonly Passed[]; readonly passedOver: readonly PassedOver[] }

/**
 * SL1: orders candidates, best first; a pure function, so that anybody can ask why. Scores are whole numbers.
 * SL2: hybrid = reputation · 0.7 − price · 0.3 by default, prices normalised by the highest bid (ICN's rule without its magic 10⁶);
 * a loaded provider loses up to 100 points of 1000, a distant one up to 50.
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

function unfit({ price, reputationPermille, region }: Candidate, policy: Policy): PassedOver['why'] | undefined {
  if (price > policy.maxPrice) return 'price-over-limit'
  if (reputationPermille < policy.minReputationPermille) return 'reputation-too-low'
  if (policy.regions.length > 0 && !policy.regions.includes(region)) return 'region-not-wanted'
  return undefined
}

const loadPoints = 100
const distancePoints = 50
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
  const load = Math.trunc((candidate.loadPermille * loadPoints) / 1000)
  const distance = Math.trunc((Math.min(candidate.rttMs ?? distantMs, distantMs) * distancePoints) / distantMs)
  return worth - load - distance
}
