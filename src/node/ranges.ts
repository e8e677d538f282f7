import { setBounded } from '../kernel/bound.ts'
import type { Marks } from '../receipts/independent.ts'
import type { Peer } from './input.ts'
import { mostRanges, type NodeState } from './state.ts'

/** CK4, RV5: two names that come from one range of addresses may be one person's. It stays on this node. */
export function noteRange({ ranges }: Pick<NodeState, 'ranges'>, { did, isRelay, range }: Peer): void {
  if (range !== undefined && !isRelay) setBounded(ranges, did, range, mostRanges)
}

const none: readonly string[] = []

/** Whom this node knows to be one with whom. */
export const marksIn = ({ ranges }: Pick<NodeState, 'ranges'>): Marks => ({
  marksOf(did) {
    const range = ranges.get(did)
    return range === undefined ? none : [range]
  },
})
