import { millionth } from './redundancy.ts'

/** WT1: an unknown provider is believed two to one: at most a third of those who are independent lie. */
const leastWeight = 2
/**
 * WT1: no track makes a provider more than this: whoever was honest for long may stop at any moment, and all together. With seven, results that
 * are to be wrong once in 100,000 need six equal answers.
 */
export const mostWeight = 7

/** Below this, what is compared is exact in the machine's own numbers: 10⁶ times it stays under 2⁵³. */
const mostExact = 2 ** 32

/** WT1: the odds at which a provider with this track is believed, after iExec's proof of contribution: max(⌊track/3⌋, 3) − 1. */
export const weightOf = (track: number): number =>
  Math.min(mostWeight, Math.max(leastWeight, Math.floor(track / 3) - 1))

/** A group's odds are the product of its members' (Sarmenta's credibility, in whole numbers). */
export function oddsOf(weights: readonly number[]): bigint {
  let odds = 1n
  let part = 1
  for (const weight of weights) {
    part *= weight
    if (part < mostExact) continue
    odds *= BigInt(part)
    part = 1
  }
  return odds * BigInt(part)
}

/**
 * WT2: whether a group's answer is wrong at most so often: Wg · trust > (1 + ΣW) · (trust − 1), with trust = 10⁶ / faultPpm and ΣW over all
 * groups, which is Wg · fault > (1 + Σ of the others) · (10⁶ − fault).
 */
export function isBelieved(odds: bigint, others: bigint, faultPpm: number): boolean {
  return odds * BigInt(faultPpm) > (1n + others) * BigInt(millionth - faultPpm)
}

/** WT3: how many more equal answers of this weight a group needs. */
export function moreNeeded(group: { odds: bigint; others: bigint }, weight: number, faultPpm: number): number {
  let more = 0
  if (group.odds < mostExact && group.others < mostExact) {
    const least = (1 + Number(group.others)) * (millionth - faultPpm)
    for (let odds = Number(group.odds); odds * faultPpm <= least; more++) odds *= weight
    return more
  }
  for (let { odds } = group; !isBelieved(odds, group.others, faultPpm); more++) odds *= BigInt(weight)
  return more
}

/** WT4: what is the least fault that this many independent providers can give when all agree, in a million, rounded up. */
export function bestFaultPpm(tracks: readonly number[], mostCopies: number): number {
  const weights = tracks.map(weightOf).sort((a, b) => b - a)
  const odds = oddsOf(weights.slice(0, mostCopies))
  return Number(BigInt(millionth) / (odds + 1n)) + 1
}
