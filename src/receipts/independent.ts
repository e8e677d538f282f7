import type { Did } from '../wire/schema.ts'

/** What is known of whom peers belong to: owner, address range. Two that share a mark are not independent. */
export type Marks = { marksOf(did: Did): readonly string[] }

/** CK4: never two of one owner or one address range, and nobody twice. */
export function areIndependent({ marksOf }: Marks, one: Did, other: Did): boolean {
  if (one === other) return false
  const marks = marksOf(other)
  return marks.length === 0 || !marksOf(one).some((mark) => marks.includes(mark))
}

/** Whether its word counts beside those of all the others. */
export const isIndependentOf = (known: Marks, one: Did, others: Iterable<Did>): boolean =>
  [...others].every((other) => areIndependent(known, one, other))
