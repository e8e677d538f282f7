import type { Answer } from '../activity/checking.ts'
import { leadInDispute, mostInDispute, type Redundancy } from './redundancy.ts'
import { isBelieved, moreNeeded, oddsOf } from './weights.ts'

/** An answer with the weight that its giver had when it came. */
export type Given = Answer & { readonly weight: number }

/** Those who gave the same answer, in the order in which they came. */
export type Group = { readonly digest: string; readonly members: readonly Given[] }

/** The answers of a task, the strongest group first, and how many were asked for when it was handed out. */
export type Answers = { readonly groups: readonly Group[]; readonly count: number; readonly asked: number }

/** When the answers of a task are enough. */
export type Consensus = {
  /** Copies in all beyond which nobody is asked. */
  readonly mostCopies: number
  /** Copies that are wanted beside those that are out, if all to come agree with the strongest group. @param out what those weigh */
  more(answers: Answers, out: readonly number[], usualWeight: number): number
  /** Whether the strongest group has it. */
  isReached(answers: Answers): boolean
  /** The same when nobody else can be asked. */
  isReachedAtLast(answers: Answers): boolean
  /** Equal answers from which on whoever says something else is wrong. */
  readonly leastProof: number
  readonly faultPpm?: number
}

/** CK6: of unknown providers a third of whom lie, 0.99999 takes 17 more on one side than on the other: hardly ever more than these. */
export const mostOfConfidence = 64

const sizeOf = (group: Group | undefined): number => group?.members.length ?? 0
/** CK2: a trap is believed of nobody alone. */
const leastOf = ([best]: readonly Group[], asked: number): number =>
  best?.members[0]?.verdict === 'trapped' ? Math.max(2, asked) : asked

const adaptive: Consensus = {
  mostCopies: mostInDispute,
  leastProof: 2,
  more: ({ groups, count, asked }, out) =>
    groups.length < 2
      ? leastOf(groups, asked) - count - out.length
      : leadInDispute - sizeOf(groups[0]) + sizeOf(groups[1]) - out.length,
  isReached: ({ groups, asked }) =>
    groups.length < 2
      ? sizeOf(groups[0]) >= leastOf(groups, asked)
      : sizeOf(groups[0]) - sizeOf(groups[1]) >= leadInDispute,
  isReachedAtLast: ({ groups }) => sizeOf(groups[0]) >= 2 && sizeOf(groups[0]) > sizeOf(groups[1]),
}

/** CK3: as many copies as were asked for settle nothing: it is disputed like any other. */
function ofQuorum(quorum: number, copies: number): Consensus {
  const leadOf = (groups: readonly Group[]): number => sizeOf(groups[0]) - sizeOf(groups[1])
  const isEnough = ({ groups }: Answers): boolean => sizeOf(groups[0]) >= leastOf(groups, quorum)
  return {
    mostCopies: Math.max(copies, mostInDispute),
    // More than half of all copies: of 2 of 16 the first two may be the only liars.
    leastProof: Math.max(2, Math.floor(copies / 2) + 1),
    more: ({ groups, count }, out) =>
      count < copies
        ? copies - count - out.length
        : Math.max(leadInDispute - leadOf(groups), quorum - sizeOf(groups[0])) - out.length,
    isReached: (answers) => isEnough(answers) && (answers.count <= copies || leadOf(answers.groups) >= leadInDispute),
    isReachedAtLast: (answers) => isEnough(answers) && leadOf(answers.groups) > 0,
  }
}

function ofConfidence(faultPpm: number): Consensus {
  const weightsOf = (group: Group | undefined): number[] => group?.members.map(({ weight }) => weight) ?? []
  const othersOf = (groups: readonly Group[]): bigint =>
    groups.slice(1).reduce((sum, group) => sum + oddsOf(weightsOf(group)), 0n)
  const isReached = ({ groups }: Answers): boolean =>
    groups.length > 0 &&
    sizeOf(groups[0]) >= leastOf(groups, 1) &&
    isBelieved(oddsOf(weightsOf(groups[0])), othersOf(groups), faultPpm)
  return {
    mostCopies: mostOfConfidence,
    leastProof: 2,
    faultPpm,
    more: ({ groups, count }, out, usualWeight) => {
      const odds = oddsOf(weightsOf(groups[0])) * oddsOf(out)
      const more = moreNeeded({ odds, others: othersOf(groups) }, usualWeight, faultPpm)
      return Math.max(leastOf(groups, 1) - count - out.length, more)
    },
    isReached,
    isReachedAtLast: isReached,
  }
}

/** None where nothing is compared: a task ends with its first answer. */
export function consensusOf(policy: Redundancy): Consensus | undefined {
  switch (policy.mode) {
    case 'adaptive':
    case 'witnessed':
      return adaptive
    case 'quorum':
      return ofQuorum(policy.quorum, policy.copies)
    case 'confidence':
      return ofConfidence(policy.faultPpm)
    default:
      return undefined
  }
}

/** The strongest first; of equal ones the one whose first answer came earlier. */
export function grouped(given: readonly Given[], isWeighed: boolean): readonly Group[] {
  if (given.length === 0) return []
  const first = given[0]!.digest
  if (given.every(({ digest }) => digest === first)) return [{ digest: first, members: given }]
  const members = new Map<string, Given[]>()
  for (const one of given) {
    const same = members.get(one.digest)
    if (same) same.push(one)
    else members.set(one.digest, [one])
  }
  const groups = [...members].map(([digest, all]) => ({ digest, members: all }))
  const strength = (group: Group): bigint =>
    isWeighed ? oddsOf(group.members.map(({ weight }) => weight)) : BigInt(group.members.length)
  return groups
    .map((group) => ({ group, strength: strength(group) }))
    .sort((a, b) => (a.strength > b.strength ? -1 : a.strength < b.strength ? 1 : 0))
    .map(({ group }) => group)
}
